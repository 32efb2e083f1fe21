//! Text as pieces of HTML: tags, their attributes, and what is between them.

/// One piece of a text.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Open {
        name: String,
        attributes: &'a str,
    },
    Close(String),
    /// A comment, a doctype or a processing instruction.
    Other,
}

pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = text[at..].find('<') {
        let start = at + found;
        let rest = &text[start + 1..];
        let is_tag = rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '?')
            || (rest.starts_with('/') && rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()));
        if !is_tag {
            at = start + 1;
            continue;
        }
        if start > from {
            out.push(Piece::Text(&text[from..start]));
        }
        let end = if rest.starts_with("!--") { rest.find("-->").map(|e| e + 3) } else { tag_end(rest) };
        // A tag that never ends swallows the rest.
        let end = end.unwrap_or(rest.len());
        out.push(tag(rest[..end].trim_end_matches('>')));
        at = start + 1 + end;
        from = at;
    }
    if from < text.len() {
        out.push(Piece::Text(&text[from..]));
    }
    out
}

/// Where a tag ends, looking past quoted values.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    rest.find('>').map(|at| at + 1)
}

fn tag(inner: &str) -> Piece<'_> {
    if inner.starts_with(['!', '?']) {
        return Piece::Other;
    }
    let (closing, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let end = inner.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inner.len());
    let name = inner[..end].to_ascii_lowercase();
    if closing { Piece::Close(name) } else { Piece::Open { name, attributes: &inner[end..] } }
}

pub(crate) fn attributes(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            if let Some(quote) = after.chars().next().filter(|c| *c == '"' || *c == '\'') {
                let inner = &after[1..];
                let end = inner.find(quote).unwrap_or(inner.len());
                value = &inner[..end];
                rest = inner[end..].strip_prefix(quote).unwrap_or("");
            } else {
                let end = after.find(char::is_whitespace).unwrap_or(after.len());
                value = &after[..end];
                rest = &after[end..];
            }
        }
        if !name.is_empty() {
            out.push((name, value.replace("&amp;", "&").replace("&quot;", "\"")));
        }
        rest = rest.strip_prefix('=').unwrap_or(rest).trim_start_matches(|c: char| c.is_whitespace() || c == '/');
    }
    out
}
