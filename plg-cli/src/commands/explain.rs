//! `explain`: what an error means, and what to do about it.

use crate::failure::CommandFailure;
use crate::output::Output;
use clap::Args;
use plg_core::codes::{Code, Example};
use plg_core::linked::{code as find, codes as all};
use plg_runtime::exit::Exit;
use serde_json::json;

/// Say what an error means, by its code; without one, list them all.
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
            "codes of this plg start with P; for one of the Rust compiler's own: `rustc --explain`"
        } else {
            "`explain` without a code lists them all"
        };
        CommandFailure::usage(format!("there is no error {name}"), hint)
    })?;
    event(code, output);
    let mut text = format!("{}: {}\n\n{}\n\n{}", code.code, code.title, code.cause, code.cure);
    if let Some(Example { fails, works, .. }) = plg_core::linked::example(code) {
        text.push_str(&format!("\n\nThis is refused:\n\n{}\n\nThis is taken:\n\n{}", indented(fails), indented(works)));
    }
    output.data(&text);
    Ok(Exit::Done)
}

fn event(code: &Code, output: &Output) {
    let example =
        plg_core::linked::example(code).map(|example| json!({ "fails": example.fails, "works": example.works }));
    output.event(
        "explained",
        json!({ "code": code.code, "title": code.title, "cause": code.cause, "cure": code.cure, "example": example }),
    );
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use crate::commands::Cli;
    use clap::Parser;
    use plg_core::codes::{self, examples};

    /// What is typed in an example: the words of each command of this program, without variables before it.
    fn typed(example: &str) -> Vec<Vec<&str>> {
        let lines = example.lines().filter_map(|line| line.strip_prefix("$ "));
        let words = lines.map(|line| line.split(' ').skip_while(|word| word.contains('=')).collect());
        words.filter(|words: &Vec<&str>| words.first() == Some(&"plg-stack")).collect()
    }

    #[test]
    fn what_is_typed_in_examples_are_commands() {
        let mut count = 0;
        for example in examples() {
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
