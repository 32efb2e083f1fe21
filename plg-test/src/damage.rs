//! What becomes of a file that a machine lost power over, or that somebody put in another's place.

/// How a file is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// As long as it was, and full of zeros.
    Zeroed,
    /// This much of a thousand parts of it is left.
    Cut(usize),
    /// So many of its last records are gone, and nothing else.
    RecordsGone(usize),
    /// Its first record is gone, and nothing else.
    FirstGone,
    /// One bit is another, at this much of a thousand parts of it.
    Bit(usize),
    /// Another file is in its place.
    Swapped(Option<Vec<u8>>),
    /// It is not there.
    Missing,
}

impl Damage {
    /// What is left of a file; `None` where there was none, or is none any more.
    #[must_use]
    pub fn of(&self, file: Option<&[u8]>) -> Option<Vec<u8>> {
        if let Damage::Swapped(other) = self {
            return other.clone();
        }
        let file = file?;
        Some(match self {
            Damage::Zeroed => vec![0; file.len()],
            Damage::Cut(part) => file[..place(file, *part)].to_vec(),
            Damage::RecordsGone(count) => {
                let ends: Vec<usize> = (1..=file.len()).filter(|end| file[end - 1] == b'\n').collect();
                let kept = ends.len().saturating_sub(*count);
                file[..kept.checked_sub(1).map_or(0, |last| ends[last])].to_vec()
            }
            Damage::FirstGone => {
                let first = file.iter().position(|byte| *byte == b'\n').map_or(file.len(), |end| end + 1);
                file[first..].to_vec()
            }
            Damage::Bit(part) => {
                let mut file = file.to_vec();
                let place = place(&file, *part).min(file.len().saturating_sub(1));
                if let Some(byte) = file.get_mut(place) {
                    *byte ^= 1 << (part % 8);
                }
                file
            }
            Damage::Swapped(_) | Damage::Missing => return None,
        })
    }
}

fn place(file: &[u8], part: usize) -> usize {
    (file.len() * part / 1_000).min(file.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_leaves_what_it_says() {
        let file = b"one\ntwo\nthree\n".as_slice();
        let left = |damage: Damage| damage.of(Some(file));
        assert_eq!(left(Damage::Zeroed), Some(vec![0; 14]));
        assert_eq!(left(Damage::Cut(500)).as_deref(), Some(b"one\ntwo".as_slice()));
        assert_eq!(left(Damage::RecordsGone(1)).as_deref(), Some(b"one\ntwo\n".as_slice()));
        assert_eq!(left(Damage::RecordsGone(9)).as_deref(), Some(b"".as_slice()));
        assert_eq!(left(Damage::FirstGone).as_deref(), Some(b"two\nthree\n".as_slice()));
        assert_eq!(left(Damage::Swapped(Some(b"x".to_vec()))).as_deref(), Some(b"x".as_slice()));
        assert_eq!((left(Damage::Missing), Damage::Zeroed.of(None)), (None, None));
        for part in [0, 333, 999, 1_000] {
            let bits = left(Damage::Bit(part)).unwrap_or_default();
            let others: u32 = file.iter().zip(&bits).map(|(a, b)| (a ^ b).count_ones()).sum();
            assert_eq!((bits.len(), others), (file.len(), 1), "at {part}");
        }
    }
}
