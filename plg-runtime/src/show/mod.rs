//! Plans and graphs as people read them: on a terminal, in a comment, on a page.

mod drift;
mod fields;
mod groups;
mod html;
mod markdown;
mod picture;
mod sides;
mod stages;
mod text;

pub use drift::drift;
pub use html::html;
pub use markdown::markdown;
pub use picture::{Card, Line, Picture};
pub use stages::stages;
pub use text::{Style, plan, summary};
