//! One rule a file in `cases/`, with what is said where it is broken.
