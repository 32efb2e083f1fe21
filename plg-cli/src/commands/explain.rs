//! `explain`: what an error means, and what to do about it.

use super::completions::program;
use crate::failure::CommandFailure;
use crate::output::Output;
use clap::Args;
use plg_core::codes::{Code, Example};
use plg_core::linked::{code as find, codes as all, example};
use plg_runtime::exit::Exit;
use serde_json::json;

/// Explain an error by its code; without a code, list all of them.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The code, such as P0201.
    pub(crate) code: Option<String>,
}

pub(crate) fn run(args: &ExplainArgs, output: &Output) -> Result<Exit, CommandFailure> {
    let Some(name) = &args.code else {
        let lines: Vec<String> = all().map(|code| format!("{}  {}", code.code, code.title)).collect();
        all().for_each(|code| event(code, output));
        output.data(&lines.join("\n"));
        return Ok(Exit::Done);
    };
    let code = find(name).ok_or_else(|| {
        let hint = if name.starts_with(['E', 'e']) {
            "plg's codes start with P; for a code of the Rust compiler, run `rustc --explain`"
        } else {
            "`explain` without a code lists all codes"
        };
        CommandFailure::usage(format!("no error has the code {name}"), hint)
    })?;
    event(code, output);
    let mut text = format!("{}: {}\n\n{}\n\n{}", code.code, code.title, code.cause, code.cure);
    if let Some(Example { fails, works, .. }) = example(code) {
        let (fails, works) = (typed_here(fails), typed_here(works));
        text.push_str(&format!(
            "\n\nThis is refused:\n\n{}\n\nThis is taken:\n\n{}",
            indented(&fails),
            indented(&works)
        ));
    }
    output.data(&text);
    Ok(Exit::Done)
}

fn event(code: &Code, output: &Output) {
    let example = example(code).map(|one| json!({ "fails": typed_here(one.fails), "works": typed_here(one.works) }));
    output.event(
        "explained",
        json!({ "code": code.code, "title": code.title, "cause": code.cause, "cure": code.cure, "example": example }),
    );
}

/// With commands as they are typed for this program.
fn typed_here(text: &str) -> String {
    text.replace("plg-stack ", &format!("{} ", program()))
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use crate::commands::Cli;
    use clap::Parser;
    use plg_core::codes;
    use plg_core::linked::{every_example, link};

    /// What is typed in an example: the words of each command of this program, without variables before it.
    fn typed(example: &str) -> Vec<Vec<&str>> {
        let lines = example.lines().filter_map(|line| line.strip_prefix("$ "));
        let words = lines.map(|line| line.split(' ').skip_while(|word| word.contains('=')).collect());
        words.filter(|words: &Vec<&str>| words.first() == Some(&"plg-stack")).collect()
    }

    #[test]
    fn what_is_typed_in_examples_are_commands() {
        link(&[&plg_attio::PROVIDER, &plg_posthog::PROVIDER]);
        let mut count = 0;
        for example in every_example() {
            for (text, is_refused) in
                [(example.fails, example.code == codes::COMMAND_LINE.code), (example.works, false)]
            {
                for words in typed(text) {
                    count += 1;
                    assert_eq!(Cli::try_parse_from(&words).is_err(), is_refused, "{}: {words:?}", example.code);
                }
            }
        }
        assert!(count > 40, "{count}");
    }
}
