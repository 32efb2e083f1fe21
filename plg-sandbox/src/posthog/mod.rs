//! PostHog: its private API under `/api`, one folder or file for each resource.
//!
//! Floors, each knowing only those before it: `python`, `json`, `time`, `search` · `fault` · `field`, `body` · `call` ·
//! the `rows` of each resource · its views, readers and checks · its handlers · `capture`, `application` · `route`, `home` · `api`.

pub(crate) mod account;
pub(crate) mod action;
pub(crate) mod activity_log;
pub(crate) mod alert;
pub(crate) mod annotation;
pub(crate) mod api;
pub(crate) mod application;
pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod capture;
pub(crate) mod captured;
pub(crate) mod cohort;
pub(crate) mod dashboard;
pub(crate) mod dates;
pub(crate) mod early_access_feature;
pub(crate) mod event_definition;
pub(crate) mod experiment;
pub(crate) mod fault;
pub(crate) mod feature_flag;
pub(crate) mod field;
pub(crate) mod hog_function;
pub(crate) mod holdout;
pub(crate) mod home;
pub(crate) mod insight;
pub(crate) mod insight_variable;
pub(crate) mod json;
pub(crate) mod multipart;
pub(crate) mod pattern;
pub(crate) mod person;
pub(crate) mod project_settings;
pub(crate) mod projects;
pub(crate) mod property_definition;
pub(crate) mod property_group;
pub(crate) mod python;
pub(crate) mod recording_playlist;
pub(crate) mod route;
pub(crate) mod saved_metric;
pub(crate) mod scheduled_change;
pub(crate) mod search;
pub(crate) mod subscription;
pub(crate) mod survey;
pub(crate) mod taxonomy;
pub(crate) mod time;

#[cfg(test)]
mod tests;
