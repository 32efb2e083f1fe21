//! Plans and graphs as people read them: on a terminal, in a comment, on a page.

mod drift;
mod facts;
mod fields;
mod groups;
mod losses;
mod markdown;
mod page;
mod picture;
mod said;
mod sections;
mod sides;
mod stages;
mod style;
mod text;
mod wrap;

pub use drift::{drift, drift_head};
pub use facts::{PlanAccount, PlanFacts};
pub use markdown::markdown;
pub use page::html;
pub use picture::{Card, Line, Picture};
pub use said::Said;
pub use sections::{About, Section, Weight, sections};
pub use stages::stages;
pub use style::Style;
pub use text::{plan, plan_with, summary};
pub use wrap::wrapped;
