//! Secrets: values that cannot be shown by accident, and the gate that keeps them out of whatever is printed or
//! written all the same, as an API repeats what it was sent.

mod gate;
mod mask;
mod spelling;
#[cfg(test)]
mod tests;
mod variable;

pub use gate::SecretGate;
pub use variable::address;

use std::fmt;
use zeroize::Zeroize;

/// Holds a secret: it has no `Serialize` and no `Display`, and `Debug` prints `***`. Its memory is zeroed when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps a secret.
    pub fn new(value: T) -> Self {
        Secret(value)
    }

    /// The secret itself, to send it or to print it on request.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
