//! Which part of all people somebody is in.

use sha1::{Digest, Sha1};
use std::fmt::Write;

/// What the first 15 hexadecimal digits can be at most: PostHog divides by it as a binary64, which rounds it.
const MOST: f64 = 0xfff_ffff_ffff_ffff_u64 as f64;

/// A number of 0 to 1 that stays the same for the same three. Whoever has no id is at 0, so that every share has them.
pub(crate) fn place(prefix: &str, id: &str, salt: &str) -> f64 {
    if id.is_empty() {
        return 0.0;
    }
    let digest = Sha1::new().chain_update(prefix).chain_update(id).chain_update(salt).finalize();
    let mut digits = String::with_capacity(16);
    for byte in digest.iter().take(8) {
        let _ = write!(digits, "{byte:02x}");
    }
    u64::from_str_radix(&digits[..15], 16).map_or(0.0, |number| number as f64 / MOST)
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn known_places() {
        assert_eq!(place("simple-flag.", "distinct_id", ""), 0.345_710_334_748_067_9);
        assert_eq!(place("simple-flag.", "distinct_id", "variant"), 0.544_144_581_515_914_9);
        assert_eq!(place("dark-mode.", "u1", ""), 0.208_819_102_414_225_1);
        assert_eq!(place("holdout-", "u1", ""), 0.511_029_431_941_199_4);
        assert_eq!(place("any.", "", ""), 0.0);
    }
}
