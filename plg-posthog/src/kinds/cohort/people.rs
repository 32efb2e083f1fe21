//! People who are put into a cohort once.

use crate::kinds::hogql::Hogql;
use crate::kinds::prelude::*;

plg_core::texts! {
    /// A person's id in PostHog: a UUID.
    PersonId { what: "a person's id", max: 36, code: codes::TEXT, check: uuid, constant: true }
}

fn uuid(text: &str) -> Result<(), String> {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let is_hex = text.chars().all(|c| c == '-' || c.is_ascii_hexdigit());
    if is_hex && lengths == [8, 4, 4, 4, 12] {
        return Ok(());
    }
    Err(format!(
        "`{text}` is no person's id\nhelp: write the UUID that the address of the person's page ends with, such as \
         \"0190f0a1-3f3e-7c1c-8a6f-2f6b0a3f1c11\""
    ))
}

plg_core::record! {
    /// Some people, one by one.
    PersonIds {
        /// Their ids. An empty list is a cohort that people are added to later.
        of: &'static [PersonId],
    }
}

plg_core::choice! {
    /// Who is put into a cohort when it is made.
    People "source of people" {
        /// Who is in the answer of a query in HogQL, which runs once: `sql("SELECT person_id FROM events WHERE …")`.
        sql(Hogql),
        /// These: `ids ["0190f0a1-3f3e-7c1c-8a6f-2f6b0a3f1c11"]`.
        ids(PersonIds),
        /// Who meets the conditions beside it at that moment.
        snapshot,
    }
}
