//! Who gets what of PostHog's feature flags.
//!
//! [`FlagDefinitions`] are flags and cohorts in the form that PostHog's `GET /flags/definitions` answers; [`AskedPerson`] is a person,
//! as an application names one; [`FlagDefinitions::evaluate`] says what they get, and why. Nothing here reads a file, a clock or a network, so
//! that the same question always has the same answer: the sandbox answers applications with it, and the command line people.
//!
//! It answers as PostHog's service does. Its libraries, which evaluate by themselves, differ in a few places: they compare texts
//! where the service finds no number, and ask the service where they cannot tell.
//!
//! ```
//! use plg_flags::{AskedPerson, FlagDefinitions, FlagValue};
//!
//! let flags = FlagDefinitions::read(&serde_json::json!({ "flags": [{
//!     "key": "new-onboarding", "active": true,
//!     "filters": { "groups": [{ "properties": [{ "key": "plan", "value": ["pro"], "operator": "exact", "type": "person" }] }] },
//! }] }))?;
//! let asked = AskedPerson::about("u1", jiff::Timestamp::UNIX_EPOCH).with("plan", "pro");
//! let verdict = flags.evaluate("new-onboarding", &asked).expect("the flag is there");
//! assert_eq!(verdict.got, FlagValue::On);
//! assert_eq!(verdict.reason.description(), "Matched condition set 1");
//! # Ok::<(), plg_flags::UnreadableFlags>(())
//! ```
//!
//! [`sent`] holds what applications send and ask for against what is declared.

mod asked;
mod date;
mod definitions;
mod evaluate;
mod evaluation;
mod explain;
mod hash;
mod operator;
pub mod sent;
mod text;
mod version;

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;

pub use asked::AskedPerson;
pub use definitions::{FlagDefinition, FlagDefinitions, UnreadableFlags};
pub use evaluation::{Evaluation, FlagValue, HeldCondition, MatchReason, SetOutcome, SetTrail};
pub use explain::explained;
