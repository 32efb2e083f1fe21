//! `unused --live`: the events, properties and flags that reach an account, compared with the declared ones.

use super::asked::{self, SentQuestion};
use super::declared::DeclaredHere;
use crate::args::Global;
use crate::deadline::duration;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::{sample, stage};
use clap::Args;
use plg_codegen::{AppNames, Ids};
use plg_core::{Account, AccountName, Stack};
use plg_flags::sent::{SentClass, SentDifference, differences};
use plg_runtime::declared::graph::StackGraph;
use plg_runtime::error::Error;
use plg_runtime::strangers::inline;
use serde_json::json;
use std::time::Duration;

/// A day, in seconds.
const DAY: u64 = 86_400;

/// The longest time that can be asked about, in days.
const MOST_DAYS: u64 = 3_650;

/// What is asked of accounts.
#[derive(Debug, Args)]
pub(crate) struct LiveArgs {
    /// Compare the events, properties and flags that reach the stage's accounts with the declared ones.
    #[arg(long, hide = sample::without_flags())]
    pub(crate) live: bool,
    /// How far back to look, such as 30d, 12h or 90m.
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "30d",
        value_parser = since,
        requires = "live",
        hide = sample::without_flags()
    )]
    since: SentSince,
    /// Only this account, if several accounts of the stack receive events.
    #[arg(long, value_name = "NAME", requires = "live", hide = sample::without_flags())]
    account: Option<String>,
}

/// How far back to look, and as it was written.
#[derive(Debug, Clone)]
struct SentSince {
    time: Duration,
    written: String,
}

/// `30d`, `1d12h`, `90m`.
fn since(text: &str) -> Result<SentSince, String> {
    let wrong = || "a duration is a number with d, h, m or s, such as 30d, 12h or 1d12h".to_owned();
    let written = text.trim().to_owned();
    let (days, rest) = match written.split_once('d') {
        Some((days, rest)) => (days.parse::<u64>().map_err(|_| wrong())?, rest),
        None => (0, written.as_str()),
    };
    let rest = if rest.is_empty() && days > 0 { Duration::ZERO } else { duration(rest).map_err(|_| wrong())? };
    if days > MOST_DAYS {
        return Err(format!("a duration is {MOST_DAYS} days at most"));
    }
    Ok(SentSince { time: Duration::from_secs(days * DAY) + rest, written })
}

/// Says every difference; gives how many there are.
pub(super) async fn run(
    stack: &'static Stack,
    global: &Global,
    args: &LiveArgs,
    output: &Output,
) -> Result<usize, CommandFailure> {
    let graph = StackGraph::of(stack, &global.stage).map_err(|e| CommandFailure::from(Error::Stack(e)))?;
    let names = AppNames::of(stack, &Ids::new());
    let (opened, asked) = chosen(stack, global, args)?;
    let opened = stage::open_with(stack, opened, global, "unused", true).await?;
    let mut found: Vec<(AccountName, DeclaredHere, Vec<SentDifference>)> = Vec::new();
    for account in &asked {
        let here = DeclaredHere::of(&graph, &names, *account);
        let question = SentQuestion { session: &opened.session, account: *account, since: args.since.time };
        let looks = output.during(format!("stage {}: querying the events that {} received", global.stage, account.0));
        let there = asked::sent(question, &here.declared).await?;
        drop(looks);
        there.unknown.iter().for_each(|sentence| output.warn(sentence));
        let all = differences(&here.declared, &there.sent);
        found.push((*account, here, all));
    }
    let lines = lines(&found, output);
    if !lines.is_empty() {
        output.data(&lines.join("\n"));
    }
    let count = found.iter().map(|(.., all)| all.len()).sum();
    let differ = match count {
        0 => "as declared".to_owned(),
        1 => "1 difference from the declarations".to_owned(),
        count => format!("{count} differences from the declarations"),
    };
    let (stage, since) = (&global.stage, &args.since.written);
    output.say(&format!("Events, properties and flags of stage {stage} in the last {since}: {differ}."));
    Ok(count)
}

/// The accounts that the session is opened on, and those of them that are asked.
fn chosen(
    stack: &'static Stack,
    global: &Global,
    args: &LiveArgs,
) -> Result<(Vec<Account>, Vec<AccountName>), CommandFailure> {
    let every = stage::every_account(stack, global)?;
    let is_asked = |account: &&Account| account.provider.word == sample::OF_FLAGS;
    let mut asked: Vec<AccountName> = every.iter().filter(is_asked).map(|account| account.name).collect();
    if asked.is_empty() {
        return Err(CommandFailure::usage(
            format!("stage {} has no account that receives events", global.stage),
            "name a folder with an application's sources instead: `unused --in app`",
        ));
    }
    if let Some(only) = &args.account {
        let names = asked.iter().map(|name| name.0).collect::<Vec<_>>().join(", ");
        asked.retain(|name| name.0 == only);
        if asked.is_empty() {
            return Err(CommandFailure::usage(
                format!("no account `{only}` of stage {} receives events", global.stage),
                format!("the accounts that receive events are {names}"),
            ));
        }
    }
    // The keys of others are not asked for; a sandbox takes any key, and is opened with all it has.
    let is_sandbox = stage::choose(stack, global)?.is_local();
    let opened = every.into_iter().filter(|account| is_sandbox || asked.contains(&account.name)).collect();
    Ok((opened, asked))
}

/// Every difference as a line below its class, and as an event.
fn lines(found: &[(AccountName, DeclaredHere, Vec<SentDifference>)], output: &Output) -> Vec<String> {
    let is_named = found.len() > 1;
    let mut lines = Vec::new();
    for class in SentClass::ALL {
        let mut rows: Vec<[String; 4]> = Vec::new();
        for (account, here, all) in found {
            for one in all.iter().filter(|one| one.class == class) {
                let declared = here.place(one);
                output.event(
                    "live",
                    json!({
                        "account": account.0, "class": class.word(), "subject": one.subject.word(), "name": one.name,
                        "of_event": one.event, "address": declared.as_ref().map(|declared| &declared.address),
                        "declared": declared.as_ref().map(|declared| &declared.place), "near": one.near,
                        "count": one.times.count, "last_seen": one.times.last, "expected": one.expected,
                        "found": one.found, "optional": one.optional,
                    }),
                );
                let of = if is_named { format!("{} {}", account.0, one.subject) } else { one.subject.to_string() };
                let place =
                    declared.map(|declared| format!("{}  {}", declared.address, declared.place)).unwrap_or_default();
                // Names come from whoever sends events: they do not end a line.
                rows.push([of, inline(&one.full_name()).into_owned(), inline(&one.says()).into_owned(), place]);
            }
        }
        if rows.is_empty() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(format!("{}: {}", class.title(), class.means()));
        let wide = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths = [wide(0), wide(1), wide(2)];
        for [of, name, says, place] in &rows {
            let [first, second, third] = widths;
            let line = format!("  {of:first$}  {name:second$}  {says:third$}  {place}");
            lines.push(line.trim_end().to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_back() {
        for (text, seconds) in [("30d", 30 * DAY), ("1d12h", DAY + 43_200), ("90m", 5_400), (" 7d ", 7 * DAY)] {
            assert_eq!(since(text).map(|since| since.time), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "d", "0d", "-1d", "30", "1.5d", "1h1d", "9999d", "1d1", "99999999999999999999d"] {
            assert!(since(text).is_err(), "{text}");
        }
    }
}
