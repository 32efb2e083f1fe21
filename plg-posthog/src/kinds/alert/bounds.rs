//! Numbers that are too high or too low.

plg_core::record! {
    /// A number that is too high or too low: at least one of the two.
    Bounds {
        /// It fires above this number.
        above: Option<f64> = None,
        /// It fires below this number.
        below: Option<f64> = None,
    }
}
