//! A small HTML sanitiser: scripts go, harmless markup stays, what was left open is closed.

use super::markup::{Piece, attributes, pieces};

/// Elements that stay.
const ALLOWED: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "area",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "map",
    "mark",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Elements without content.
const VOID: &[&str] = &["area", "br", "col", "hr", "img", "wbr"];

/// Attributes every element may have, and those of some.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("*", &["lang", "title", "style"]),
    ("a", &["href", "hreflang", "target"]),
    ("img", &["src", "alt", "width", "height", "align"]),
    ("ol", &["start"]),
    ("time", &["datetime"]),
    ("td", &["align", "colspan", "rowspan"]),
    ("th", &["align", "colspan", "rowspan", "scope"]),
];

const SCHEMES: &[&str] = &["http", "https", "mailto", "tel"];

/// Whether a text has any markup.
fn is_html(text: &str) -> bool {
    pieces(text).iter().any(|piece| !matches!(piece, Piece::Text(_)))
}

/// The text without what could do harm; a text without markup stays as it is.
pub(crate) fn clean(text: &str) -> String {
    if !is_html(text) {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut open: Vec<String> = Vec::new();
    let mut muted: Option<String> = None;
    for piece in pieces(text) {
        if let Some(name) = &muted {
            if matches!(&piece, Piece::Close(closed) if closed == name) {
                muted = None;
            }
            continue;
        }
        match piece {
            Piece::Text(text) => escape(text, &mut out),
            Piece::Open { name, .. } if name == "script" || name == "style" => muted = Some(name),
            Piece::Open { name, attributes } if ALLOWED.contains(&name.as_str()) => {
                out.push('<');
                out.push_str(&name);
                write_attributes(&name, attributes, &mut out);
                out.push('>');
                if !VOID.contains(&name.as_str()) {
                    open.push(name);
                }
            }
            Piece::Close(name) => {
                if let Some(depth) = open.iter().rposition(|o| *o == name) {
                    close(&mut open, depth, &mut out);
                }
            }
            Piece::Open { .. } | Piece::Other => {}
        }
    }
    close(&mut open, 0, &mut out);
    out
}

fn close(open: &mut Vec<String>, depth: usize, out: &mut String) {
    for name in open.drain(depth..).rev() {
        out.push_str("</");
        out.push_str(&name);
        out.push('>');
    }
}

fn write_attributes(element: &str, text: &str, out: &mut String) {
    for (name, value) in attributes(text) {
        let known =
            ATTRIBUTES.iter().any(|(of, names)| (*of == "*" || *of == element) && names.contains(&name.as_str()));
        let harmful = (name == "href" || name == "src") && !is_harmless(&value);
        if known && !harmful {
            out.push(' ');
            out.push_str(&name);
            out.push_str("=\"");
            out.push_str(&value.replace('&', "&amp;").replace('"', "&quot;"));
            out.push('"');
        }
    }
    if element == "a" {
        out.push_str(" rel=\"noopener\"");
    }
}

/// A relative address, or one with a harmless scheme.
fn is_harmless(address: &str) -> bool {
    let scheme = address.trim_start().split(['/', '?', '#']).next().and_then(|head| head.split_once(':'));
    scheme.is_none_or(|(scheme, _)| SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()))
}

/// Text as HTML writes it; the entities it already has stay.
fn escape(text: &str, out: &mut String) {
    for (at, c) in text.char_indices() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' if ["&amp;", "&lt;", "&gt;", "&nbsp;"].iter().any(|e| text[at..].starts_with(e)) => out.push('&'),
            '&' => out.push_str("&amp;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_go_and_markup_stays() {
        assert_eq!(clean("<script>alert(0)</script>check?"), "check?");
        assert_eq!(clean("<b>What</b> do you think"), "<b>What</b> do you think");
        assert_eq!(clean("<b>notebooks better.<script>alert(0)</script>"), "<b>notebooks better.</b>");
        assert_eq!(clean("<i>a<b>b</i>c"), "<i>a<b>b</b></i>c");
        assert_eq!(clean("<p onclick=\"x()\" title='t'>a & b</p><!-- c -->"), "<p title=\"t\">a &amp; b</p>");
        assert_eq!(clean("<a href=\"javascript:x\">a</a>"), "<a rel=\"noopener\">a</a>");
        assert_eq!(clean("<blink>a</blink><br/>"), "a<br>");
    }

    #[test]
    fn text_without_markup_is_left_alone() {
        for text in ["a & b", "1 < 2 > 0", "I <3 you", "ä < ö", "x <"] {
            assert!(!is_html(text));
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn broken_markup_never_panics() {
        for text in ["<", "</", "<a", "<a href=", "<a href='", "<!--", "<b =x>", "</b>ü<ü>", "<a \"'>é", "<a/ / =>"]
        {
            clean(text);
        }
    }
}
