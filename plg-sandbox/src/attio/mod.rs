//! Attio: its API under `/v2`, from the workspace every sandbox starts with.
//!
//! Floors, each knowing only those before it: `refusal`, `schema`, `validate` · `row`, `workspace`, `names`, `call` · the
//! `rows` of each resource · `value`, `filter`, `cell`, `history`, `path`, `query` · `fixture` · the handlers of each
//! resource · `route`, `home` · `api`.

pub(crate) mod activity;
pub(crate) mod api;
pub(crate) mod attribute;
pub(crate) mod call;
pub(crate) mod cell;
pub(crate) mod choice;
pub(crate) mod comment;
pub(crate) mod entry;
pub(crate) mod filter;
pub(crate) mod fixture;
pub(crate) mod history;
pub(crate) mod home;
pub(crate) mod list;
pub(crate) mod member;
pub(crate) mod names;
pub(crate) mod note;
pub(crate) mod object;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod record;
pub(crate) mod refusal;
pub(crate) mod route;
pub(crate) mod row;
pub(crate) mod schema;
pub(crate) mod search;
pub(crate) mod task;
pub(crate) mod token;
pub(crate) mod validate;
pub(crate) mod value;
pub(crate) mod values;
pub(crate) mod view;
pub(crate) mod webhook;
pub(crate) mod workspace;
