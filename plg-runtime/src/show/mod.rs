//! Plans and graphs as people read them: on a terminal, in a comment, on a page.

mod differences;
mod fields;
mod groups;
mod markdown;
mod page;
mod picture;
mod text;

pub use fields::between;
pub use markdown::markdown;
pub use page::html;
pub use picture::{Card, Line, Picture};
pub use text::{Style, drift, plan, summary};
