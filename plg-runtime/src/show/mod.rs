//! Plans and graphs as people read them: on a terminal, in a comment, on a page.

mod facts;
mod fields;
mod groups;
mod html;
mod markdown;
mod picture;
mod sections;
mod text;
mod wrap;

pub use facts::{PlanAccount, PlanFacts};
pub use fields::between;
pub use html::html;
pub use markdown::markdown;
pub use picture::{Card, Line, Picture};
pub use sections::{About, Said, Section, Weight, sections};
pub use text::{Style, drift, plan, plan_with, summary};
pub use wrap::wrapped;
