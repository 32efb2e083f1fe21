//! Fingerprints: equal for equal values, and for no others.

use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// How much is summed up at once, in bytes.
const PIECE: usize = 4 << 10;

/// Takes in what is written.
pub(super) struct Sum(Sha256);

impl Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A fingerprint of a value's JSON, which is never held as a whole.
pub(crate) fn fingerprint(value: &impl Serialize) -> String {
    let mut sum = Sum(Sha256::new());
    // JSON is written word by word, and sums are made block by block.
    let mut pieces = io::BufWriter::with_capacity(PIECE, &mut sum);
    // What cannot be written as JSON has no other form: nothing here has such keys.
    let _ = serde_json::to_writer(&mut pieces, value);
    let _ = pieces.flush();
    drop(pieces);
    sum.0.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect()
}
