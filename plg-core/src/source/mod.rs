//! A live workspace and project, written down as a stack.
//!
//! ```text
//! live ─ Import ─▶ typed declaration ─ want ─▶ compared with what is live
//!                        └── block ─▶ the kind's own checks ─▶ text
//! ```
//!
//! Text and proof come from the same declaration. What it cannot say about an object is left to
//! people (`ignore`); what then still does not fit is only referred to (`existing`), or left out.

mod answers;
pub(crate) mod importer;
mod known;
mod names;
mod only;
mod print;
pub mod read;
mod settle;
mod settled;
pub mod words;

pub use answers::{Answers, Noise};
pub use importer::{Import, Importer, LiveKind, Unexpressed, live, whole};
pub use known::{Known, plain, readable};
pub use only::Only;
pub use print::written_value;
pub use settle::{Fate, Gap, ImportedStack, write, write_accounts};
