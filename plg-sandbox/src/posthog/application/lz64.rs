//! What browsers sent in the time of `compression=lz64`: text that LZString packed, in base64.
//!
//! Every entry of its dictionary is a piece of the text so far, so that nothing but the text is kept, and the text has an
//! end: a few bytes can stand for a text that no machine holds.

/// A text that is longer than it may be, or that nothing can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LzFailure {
    TooLong,
    Broken,
}

/// The bits of the letters of base64, the highest of each first.
struct LzBits<'t> {
    letters: std::slice::Iter<'t, u8>,
    held: u8,
    left: u8,
}

impl LzBits<'_> {
    /// A number of so many bits, of which the lowest comes first.
    fn take(&mut self, many: u32) -> Option<u32> {
        let mut number = 0;
        for at in 0..many {
            if self.left == 0 {
                self.held = six(*self.letters.next()?)?;
                self.left = 6;
            }
            self.left -= 1;
            number |= u32::from(self.held >> self.left & 1) << at;
        }
        Some(number)
    }
}

/// What a letter of base64 stands for; what fills it up stands for nothing.
fn six(letter: u8) -> Option<u8> {
    Some(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        b'=' => 0,
        _ => return None,
    })
}

/// The text, of no more than so many UTF-16 units.
pub(super) fn unpacked(packed: &str, most: usize) -> Result<String, LzFailure> {
    let units = units(packed, most)?;
    String::from_utf16(&units).map_err(|_| LzFailure::Broken)
}

fn units(packed: &str, most: usize) -> Result<Vec<u16>, LzFailure> {
    let mut bits = LzBits { letters: packed.trim().as_bytes().iter(), held: 0, left: 0 };
    let mut text: Vec<u16> = Vec::new();
    // Where in the text each entry is, and its length; the first three are signs: a letter of 8 bits, one of 16, the end.
    let mut entries: Vec<(usize, usize)> = vec![(0, 0); 3];
    let (mut width, mut room) = (2, 1);
    let mut last: Option<(usize, usize)> = None;
    loop {
        let sign = bits.take(width).ok_or(LzFailure::Broken)?;
        let letter = match sign {
            0 => Some(bits.take(8).ok_or(LzFailure::Broken)?),
            1 => Some(bits.take(16).ok_or(LzFailure::Broken)?),
            2 => return Ok(text),
            _ => None,
        };
        let place = match (letter, last) {
            (Some(letter), _) => {
                let place = (text.len(), 1);
                text.push(u16::try_from(letter).map_err(|_| LzFailure::Broken)?);
                entries.push(place);
                room -= 1;
                place
            }
            // The first is always a letter.
            (None, None) => return Err(LzFailure::Broken),
            (None, Some((from, length))) => {
                let sign = usize::try_from(sign).map_err(|_| LzFailure::Broken)?;
                // An entry that is only just being made is the last piece and its first unit once more.
                let (from, length) = match entries.get(sign) {
                    Some(entry) => *entry,
                    None if sign == entries.len() => (from, length + 1),
                    None => return Err(LzFailure::Broken),
                };
                let place = (text.len(), length);
                if text.len() + length > most {
                    return Err(LzFailure::TooLong);
                }
                for at in from..from + length {
                    text.push(*text.get(at).ok_or(LzFailure::Broken)?);
                }
                place
            }
        };
        if text.len() > most {
            return Err(LzFailure::TooLong);
        }
        if room == 0 {
            (width, room) = wider(width);
        }
        if let Some((from, length)) = last {
            entries.push((from, length + 1));
            room -= 1;
            if room == 0 {
                (width, room) = wider(width);
            }
        }
        last = Some(place);
    }
}

/// One bit more, and how many entries fit until the next.
fn wider(width: u32) -> (u32, u32) {
    (width + 1, 1_u32.checked_shl(width).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 1_000_000;

    #[test]
    fn what_browsers_packed_is_unpacked() {
        for (packed, text) in [
            ("N4XyA===", "{}"),
            ("IZA=", "a"),
            ("N4IgpgbmB2AuIC4QEMDUAjEAaE1EEYBfIA==", r#"{"event":"a+b","n":1}"#),
            (
                "NobwRApgbhB2AuYBcYAkAHAhgc2gSwgHcwAaMdAJwHt0IL4CBnZceKgazmXIAsBjAPoAPUmAAmeRg1h94AvGO4BLwDUEgXg3AAHuiArhQA23HvHjpGSAPTmIQzAFt0eiADo+VW+cyev3n77///MABfIIBdIA",
                r#"[{"event":"$pageview","properties":{"token":"phc_x","distinct_id":"é€😀","url":"https://example.com/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}]"#,
            ),
        ] {
            assert_eq!(unpacked(packed, MOST).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_broken_or_too_long_ends() {
        for broken in ["", "N4X", "{}", "////", "é", "AAAA"] {
            assert_eq!(unpacked(broken, MOST), Err(LzFailure::Broken), "{broken}");
        }
        assert_eq!(unpacked("N4IgpgbmB2AuIC4QEMDUAjEAaE1EEYBfIA==", 10), Err(LzFailure::TooLong));
    }
}
