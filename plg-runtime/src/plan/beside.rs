//! Differences that are no drift: in fields left to people, in values of variables, and from plg's own writes.

use super::step::{Plan, UnmanagedBy};
use super::unmanaged::said;
use plg_core::linked;
use serde::Serialize;

/// Something that differs, and is no drift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NoDrift {
    /// The address.
    pub address: String,
    /// The field, in the API's word; none for what no field says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How it is, as in "it runs since 2026-11-01".
    pub says: String,
}

/// A field as a sentence names it.
fn word(step: &super::Step, field: &str) -> String {
    linked::find(&step.kind).map_or_else(|| format!("`{field}`"), |spec| said(spec, field))
}

impl Plan {
    /// What people made of things that the stack leaves to them.
    pub fn left_to_people(&self) -> Vec<NoDrift> {
        let left = |step: &super::Step| {
            let people = step.unmanaged.iter().filter(|left| left.whose == UnmanagedBy::People);
            let one = |left: &super::Unmanaged| NoDrift {
                address: step.address.clone(),
                field: left.field.clone(),
                says: left.says.clone(),
            };
            people.map(one).collect::<Vec<_>>()
        };
        self.steps.iter().flat_map(left).collect()
    }

    /// Fields that only differ in the value that a variable has here.
    pub fn other_values(&self) -> Vec<NoDrift> {
        self.fields(|field| !field.variables.is_empty())
    }

    /// What an earlier run of plg did that saw no answer.
    pub fn own_writes(&self) -> Vec<NoDrift> {
        let gone = self.steps.iter().filter(|step| step.own).map(|step| NoDrift {
            address: step.address.clone(),
            field: None,
            says: step.reason.clone().unwrap_or_default(),
        });
        gone.chain(self.fields(|field| field.own)).collect()
    }

    fn fields(&self, is_meant: impl Fn(&super::FieldChange) -> bool) -> Vec<NoDrift> {
        let fields = self.steps.iter().flat_map(|step| step.fields.iter().map(move |field| (step, field)));
        let of = |(step, field): (&super::Step, &super::FieldChange)| NoDrift {
            address: step.address.clone(),
            field: Some(field.field.clone()),
            says: format!("{}: {}", word(step, &field.field), field.note().unwrap_or_default()),
        };
        fields.filter(|(_, field)| is_meant(field)).map(of).collect()
    }
}
