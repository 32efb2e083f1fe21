//! Names and strings of a source, with their lines. Rough where a language is: what could be a name
//! is taken for one, so that nothing in use is called unused.

use super::Syntax;
use std::borrow::Cow;

/// What a scan looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lexeme<'a> {
    /// A name in code.
    Word(&'a str),
    /// What stands in a string.
    Text(Cow<'a, str>),
}

pub(super) fn lexemes(syntax: Syntax, source: &str) -> Vec<(Lexeme<'_>, u32)> {
    let mut lexer = Lexer { syntax, source, at: 0, line: 1, found: Vec::new() };
    while lexer.at < source.len() {
        lexer.step();
    }
    lexer.found
}

struct Lexer<'a> {
    syntax: Syntax,
    source: &'a str,
    at: usize,
    line: u32,
    found: Vec<(Lexeme<'a>, u32)>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Goes on by so many bytes and counts their lines.
    fn skip(&mut self, bytes: usize) -> &'a str {
        let end = (self.at + bytes).min(self.source.len());
        let passed = self.source.get(self.at..end).unwrap_or_default();
        self.line += u32::try_from(passed.matches('\n').count()).unwrap_or(u32::MAX);
        self.at = end;
        passed
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        if let Some(comment) = comment(self.syntax, rest) {
            self.skip(comment);
        } else if self.syntax == Syntax::Rust && raw(rest).is_some() {
            self.raw_string();
        } else if first.is_alphabetic() || first == '_' || first == '$' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
            let line = self.line;
            let word = self.skip(length);
            self.found.push((Lexeme::Word(word), line));
        } else if first.is_ascii_digit() {
            // `1e5` is no name.
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            self.skip(length);
        } else if first == '\'' && self.syntax == Syntax::Rust {
            self.character();
        } else if matches!(first, '"' | '\'') || (first == '`' && self.syntax == Syntax::Typescript) {
            self.string(first);
        } else {
            self.skip(first.len_utf8());
        }
    }

    /// A string with escapes. In TypeScript and Python a plain one ends with its line, so that a
    /// quote in a regular expression does not swallow the rest of the file.
    fn string(&mut self, quote: char) {
        let rest = self.rest();
        let triple = quote.to_string().repeat(3);
        let close = if self.syntax == Syntax::Python && rest.starts_with(&triple) { &triple } else { &triple[..1] };
        let lines = close.len() == 3 || quote == '`' || self.syntax == Syntax::Rust;
        let line = self.line;
        self.skip(close.len());
        let body = self.rest();
        let mut end = 0;
        while let Some(letter) = body.get(end..).and_then(|b| b.chars().next()) {
            if body[end..].starts_with(close) || (letter == '\n' && !lines) {
                break;
            }
            end += letter.len_utf8();
            if letter == '\\' {
                end += body.get(end..).and_then(|b| b.chars().next()).map_or(0, char::len_utf8);
            }
        }
        let inside = self.skip(end);
        if self.rest().starts_with(close) {
            self.skip(close.len());
        }
        self.found.push((Lexeme::Text(unescaped(inside)), line));
        // Code stands in templates, and types stand in quotes.
        if inside.contains('{') {
            self.words(inside, line);
        }
    }

    fn raw_string(&mut self) {
        let rest = self.rest();
        let Some((open, close)) = raw(rest) else { return };
        let line = self.line;
        self.skip(open);
        let body = self.rest();
        let end = body.find(&close).unwrap_or(body.len());
        let inside = self.skip(end);
        self.skip(close.len().min(self.source.len() - self.at));
        self.found.push((Lexeme::Text(Cow::Borrowed(inside)), line));
    }

    /// A character, or a lifetime.
    fn character(&mut self) {
        let mut letters = self.rest().char_indices().skip(1);
        let length = match (letters.next(), letters.next()) {
            (Some((_, '\\')), _) => {
                let rest = self.rest().get(3..).unwrap_or_default();
                3 + rest.find('\'').map_or(0, |end| end + 1)
            }
            (Some(_), Some((end, '\''))) => end + 1,
            _ => 1,
        };
        self.skip(length);
    }

    fn words(&mut self, inside: &'a str, line: u32) {
        let words =
            inside.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').filter(|word| !word.is_empty());
        self.found.extend(words.map(|word| (Lexeme::Word(word), line)));
    }
}

/// How long the comment is that starts here, if one does.
fn comment(syntax: Syntax, rest: &str) -> Option<usize> {
    let line = || rest.find('\n').unwrap_or(rest.len());
    match syntax {
        Syntax::Python => rest.starts_with('#').then(line),
        Syntax::Rust | Syntax::Typescript if rest.starts_with("//") => Some(line()),
        Syntax::Rust | Syntax::Typescript => {
            rest.starts_with("/*").then(|| rest.find("*/").map_or(rest.len(), |end| end + 2))
        }
    }
}

/// The length of what opens a raw string here, and what closes it; `r#name` is none.
fn raw(rest: &str) -> Option<(usize, String)> {
    let start = ["br", "cr", "r"].into_iter().find(|prefix| rest.starts_with(prefix))?;
    let hashes = rest[start.len()..].chars().take_while(|c| *c == '#').count();
    let open = start.len() + hashes;
    rest[open..].starts_with('"').then(|| (open + 1, format!("\"{}", "#".repeat(hashes))))
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => out.extend(letters.next()),
            letter => out.push(letter),
        }
    }
    Cow::Owned(out)
}
