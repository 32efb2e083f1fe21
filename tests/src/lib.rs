//! What crosses crates, tested.
