//! What a plan covers.

/// What a plan covers.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// Looks at live objects, so that what was changed by others is seen. Else only at those that a write has to know
    /// and no state remembers.
    pub refresh: bool,
    /// Removes everything.
    pub destroy: bool,
    /// Only these addresses and what they need; everything, if empty. `*` stands for any letters.
    pub targets: Vec<String>,
    /// Leaves these addresses for later, with what cannot be done before them; `*` stands for any letters.
    pub excludes: Vec<String>,
    /// Also removes and replaces what was there before plg, and what nobody knows of whether plg made it.
    pub include_adopted: bool,
}
