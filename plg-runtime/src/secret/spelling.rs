//! How a text can be spelled: percent-encoded, escaped as in JSON or HTML, and several times over.

/// How often a text is read anew: a value that was escaped more often than this is nobody's to read.
const DEEPEST: usize = 5;

/// A text in another spelling, with the place in the first text that each of its bytes comes from.
pub(super) struct Reading {
    pub(super) bytes: Vec<u8>,
    /// Where each byte's spelling begins and ends.
    pub(super) places: Vec<(u32, u32)>,
}

/// What an escape begins with.
const MARKS: [u8; 3] = [b'%', b'\\', b'&'];

/// What a text says with one more layer of escapes taken off, again and again, until nothing is left to take off; and
/// with one layer of some kinds of them, as a value may itself have what looks like another kind.
pub(super) fn readings(text: &[u8], mut see: impl FnMut(&Reading)) {
    let there: Vec<u8> = MARKS.into_iter().filter(|mark| text.contains(mark)).collect();
    if there.is_empty() {
        return;
    }
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let mut reading =
        Reading { bytes: text.to_vec(), places: (0..text.len()).map(|at| (place(at), place(at + 1))).collect() };
    for some in 1..(1 << there.len()) - 1 {
        let marks: Vec<u8> =
            there.iter().enumerate().filter(|(n, _)| some & (1 << n) != 0).map(|(_, mark)| *mark).collect();
        if let Some(next) = unescaped(&reading, &marks) {
            see(&next);
        }
    }
    for _ in 0..DEEPEST {
        let Some(next) = unescaped(&reading, &MARKS) else { return };
        see(&next);
        reading = next;
    }
}

/// A value without its escapes, if it has any.
pub(super) fn plainer(value: &str) -> Vec<String> {
    let mut all = Vec::new();
    readings(value.as_bytes(), |reading| all.extend(String::from_utf8(reading.bytes.clone())));
    all
}

/// One layer less of the escapes that begin so; none where there is nothing to take off.
fn unescaped(reading: &Reading, marks: &[u8]) -> Option<Reading> {
    let (bytes, places) = (&reading.bytes, &reading.places);
    let mut next = Reading { bytes: Vec::with_capacity(bytes.len()), places: Vec::with_capacity(bytes.len()) };
    let (mut at, mut any) = (0, false);
    while at < bytes.len() {
        let found = match bytes[at] {
            mark if !marks.contains(&mark) => None,
            b'%' => percent(&bytes[at..]),
            b'\\' => backslash(&bytes[at..]),
            b'&' => entity(&bytes[at..]),
            _ => None,
        };
        match found {
            Some((said, length)) => {
                let span = (places[at].0, places[at + length - 1].1);
                next.bytes.extend_from_slice(said.as_bytes());
                next.places.extend(std::iter::repeat_n(span, said.as_bytes().len()));
                (at, any) = (at + length, true);
            }
            None => {
                next.bytes.push(bytes[at]);
                next.places.push(places[at]);
                at += 1;
            }
        }
    }
    any.then_some(next)
}

/// What an escape says: one byte, or a character.
enum Said {
    Byte([u8; 1]),
    Letter([u8; 4], usize),
}

impl Said {
    fn letter(number: u32) -> Option<Said> {
        let mut bytes = [0; 4];
        let length = char::from_u32(number)?.encode_utf8(&mut bytes).len();
        Some(Said::Letter(bytes, length))
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Said::Byte(byte) => byte,
            Said::Letter(bytes, length) => &bytes[..*length],
        }
    }
}

/// Digits as a number.
fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| b.is_ascii_alphanumeric()))?;
    u32::from_str_radix(text, radix).ok()
}

/// `%2F`.
fn percent(text: &[u8]) -> Option<(Said, usize)> {
    let byte = number(text.get(1..3)?, 16)?;
    Some((Said::Byte([u8::try_from(byte).ok()?]), 3))
}

/// `\/`, `\n`, `\u002f`, `\u{2f}`, `\x2f`.
fn backslash(text: &[u8]) -> Option<(Said, usize)> {
    let plain = |byte: u8| Some((Said::Byte([byte]), 2));
    match *text.get(1)? {
        b'n' => plain(b'\n'),
        b'r' => plain(b'\r'),
        b't' => plain(b'\t'),
        b'b' => plain(8),
        b'f' => plain(12),
        b'0' => plain(0),
        b'x' => Some((Said::Byte([u8::try_from(number(text.get(2..4)?, 16)?).ok()?]), 4)),
        b'u' if text.get(2) == Some(&b'{') => {
            let end = text.iter().take(12).position(|byte| *byte == b'}')?;
            Some((Said::letter(number(&text[3..end], 16)?)?, end + 1))
        }
        b'u' => {
            let first = number(text.get(2..6)?, 16)?;
            if !(0xd800..0xdc00).contains(&first) {
                return Some((Said::letter(first)?, 6));
            }
            let second = text.get(6..8).filter(|next| *next == b"\\u").and_then(|_| number(text.get(8..12)?, 16))?;
            let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
            Some((Said::letter(0x1_0000 + ((first - 0xd800) << 10) + low)?, 12))
        }
        byte if byte.is_ascii_punctuation() => plain(byte),
        _ => None,
    }
}

/// Names of characters in HTML, as far as a key, a password or an address has any.
const ENTITIES: &[(&[u8], u8)] = &[
    (b"amp", b'&'),
    (b"AMP", b'&'),
    (b"lt", b'<'),
    (b"LT", b'<'),
    (b"gt", b'>'),
    (b"GT", b'>'),
    (b"quot", b'"'),
    (b"QUOT", b'"'),
    (b"apos", b'\''),
    (b"sol", b'/'),
    (b"bsol", b'\\'),
    (b"plus", b'+'),
    (b"equals", b'='),
    (b"lowbar", b'_'),
    (b"UnderBar", b'_'),
    (b"period", b'.'),
    (b"colon", b':'),
    (b"semi", b';'),
    (b"quest", b'?'),
    (b"num", b'#'),
    (b"percnt", b'%'),
    (b"commat", b'@'),
    (b"dollar", b'$'),
    (b"excl", b'!'),
    (b"ast", b'*'),
    (b"comma", b','),
    (b"lpar", b'('),
    (b"rpar", b')'),
    (b"grave", b'`'),
];

/// `&amp;`, `&#47;`, `&#x2F;`.
fn entity(text: &[u8]) -> Option<(Said, usize)> {
    let end = text.iter().take(12).position(|byte| *byte == b';')?;
    let name = text.get(1..end)?;
    let said = match name {
        [b'#', b'x' | b'X', digits @ ..] => Said::letter(number(digits, 16)?)?,
        [b'#', digits @ ..] => Said::letter(number(digits, 10)?)?,
        _ => Said::Byte([ENTITIES.iter().find(|(known, _)| *known == name)?.1]),
    };
    Some((said, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_layer_after_the_other() {
        assert!(plainer("nothing is escaped here").is_empty());
        for spelled in ["a%2Fb", "a\\/b", "a\\u002fb", "a\\u{2f}b", "a&#47;b", "a&#x2F;b", "a&sol;b", "a%252Fb"] {
            assert_eq!(plainer(spelled).last().map(String::as_str), Some("a/b"), "{spelled}");
        }
        assert_eq!(plainer("\\ud83d\\ude00").last().map(String::as_str), Some("😀"));
        assert_eq!(plainer("%41%2541").len(), 2);
        // What only looks like an escape stays as it is.
        for odd in ["%", "%4", "%zz", "\\", "\\u12", "\\ud83d", "&", "&#;", "&nothing;", "100 % & more", "%+1"] {
            let _ = plainer(odd);
        }
    }

    #[test]
    fn a_byte_knows_where_it_was_spelled() {
        let mut seen = Vec::new();
        readings(b"x%2541y", |reading| seen.push((reading.bytes.clone(), reading.places.clone())));
        assert_eq!(seen.last(), Some(&(b"xAy".to_vec(), vec![(0, 1), (1, 6), (6, 7)])));
    }
}
