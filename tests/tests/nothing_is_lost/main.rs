//! plg dies, is refused, is not answered, finds its disk full and its objects moved, and nothing is lost.
//!
//! `PLG_POINTS=all cargo test -p tests --test nothing_is_lost -- --nocapture` tries every instant
//! and prints the table of the README.

mod disk;
mod faults;
mod functions;
mod life;
mod meddling;
mod moves;
mod pairs;
mod parts;
mod random;
mod raw;
mod seeds;
mod sees;
mod small;
mod whole;
