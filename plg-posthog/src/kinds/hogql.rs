//! Text in HogQL, PostHog's SQL.

use super::prelude::*;
use plg_core::{Shape, TextRule, Value};

/// A query in HogQL, PostHog's SQL, up to 20,000 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hogql(pub &'static str);

impl Hogql {
    /// What it must look like.
    pub const RULE: TextRule = TextRule {
        wrap: "Hogql",
        what: "a query in HogQL",
        max: 20_000,
        code: codes::TEXT,
        check: plg_core::text::not_blank,
        constant: true,
    };
}

impl Value for Hogql {
    const SHAPE: Shape = Shape::Text(&Hogql::RULE);
    const BLANK: Self = Hogql("");

    fn given(&self) -> Option<Given> {
        Some(Given::Text(self.0.to_owned()))
    }
}
