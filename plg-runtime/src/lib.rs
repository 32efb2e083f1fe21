//! plg
