//! What fills an attribute of Attio is something that the attribute can hold.

use super::holds::PropertyHolds;
use crate::kinds::prelude::*;
use plg_core::{keys, linked};

/// Whether a property can fill an attribute.
#[derive(Debug, PartialEq)]
pub(super) enum Fit {
    Fine,
    /// Attio would refuse every such value.
    Wrong(String),
    /// Attio may refuse some.
    Doubtful(String),
}

/// Holds a property that holds one of these against the attribute that it fills.
pub(super) fn found(all: &[PropertyHolds], name: &str, attribute: &Block) -> Fit {
    let Some(ty) = attribute.get("holds").and_then(Node::word) else { return Fit::Fine };
    let mut found: Vec<Fit> = all.iter().map(|holds| one(holds, ty, name, attribute)).collect();
    // It is whichever of them fits.
    let is_fine = |fit: &Fit| *fit == Fit::Fine;
    if found.iter().any(is_fine) {
        return Fit::Fine;
    }
    let doubtful = found.iter().position(|fit| matches!(fit, Fit::Doubtful(_)));
    match (doubtful, found.is_empty()) {
        (Some(at), _) => found.swap_remove(at),
        (None, false) => found.swap_remove(0),
        // Nobody says what it holds.
        (None, true) => one(&PropertyHolds::Anything, ty, name, attribute),
    }
}

fn one(holds: &PropertyHolds, ty: &str, name: &str, attribute: &Block) -> Fit {
    let is = |takes: &str, fits: bool| {
        let is_open = matches!(holds, PropertyHolds::Anything | PropertyHolds::List);
        if fits || is_open { Fit::Fine } else { Fit::Wrong(wrong(holds, takes, name, attribute)) }
    };
    match ty {
        "text" => is("text", matches!(holds, PropertyHolds::Text | PropertyHolds::OneOf(_) | PropertyHolds::Datetime)),
        "number" | "currency" | "rating" => {
            is("a number", matches!(holds, PropertyHolds::Number | PropertyHolds::Duration))
        }
        "checkbox" => is("true or false", *holds == PropertyHolds::Boolean),
        "date" | "timestamp" => is("a date", *holds == PropertyHolds::Datetime),
        "select" | "status" => chosen(holds, name, attribute),
        // Text finds a record, a place, a number to call.
        _ => is("text", matches!(holds, PropertyHolds::Text | PropertyHolds::OneOf(_))),
    }
}

fn wrong(holds: &PropertyHolds, takes: &str, name: &str, attribute: &Block) -> String {
    format!(
        "`{name}` holds {}, and `{}` takes {takes}\nhelp: fill it with another property, or write `anything(\"{name}\")` if the declaration is incomplete",
        holds.words(),
        attribute.name,
    )
}

/// Whether each text that a property may be is an option.
fn chosen(holds: &PropertyHolds, name: &str, attribute: &Block) -> Fit {
    let options: Vec<String> = match linked::find(attribute.kind) {
        Some(spec) => keys::members(spec, attribute).into_iter().map(|(_, title)| title).collect(),
        None => Vec::new(),
    };
    // Of an attribute that exists, nobody says the options.
    if options.is_empty() {
        return Fit::Fine;
    }
    let own = &attribute.name;
    match holds {
        PropertyHolds::OneOf(texts) => match texts.iter().find(|text| !options.contains(text)) {
            None => Fit::Fine,
            Some(text) => Fit::Wrong(format!(
                "`{name}` may be \"{text}\", which is not an option of `{own}`\nhelp: add the option, or remove the text from the property"
            )),
        },
        PropertyHolds::Text | PropertyHolds::Anything | PropertyHolds::List => Fit::Doubtful(format!(
            "the texts of `{name}` are not declared, and Attio refuses a text that is not an option of `{own}`\nhelp: declare it as `{name}: one_of [{}]` in the `properties` of an event, or write `anything(\"{name}\")` if the name is right",
            options.iter().map(|option| format!("\"{option}\"")).collect::<Vec<_>>().join(", "),
        )),
        _ => Fit::Wrong(wrong(holds, "one of its options", name, attribute)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::fixture::{block, word};

    fn fit(holds: PropertyHolds, ty: &'static str) -> Fit {
        found(&[holds], "plan", &block("attribute", "Plan", vec![("holds", word(1, ty))]))
    }

    #[test]
    fn types_fit_types() {
        assert_eq!(fit(PropertyHolds::Text, "text"), Fit::Fine);
        assert_eq!(fit(PropertyHolds::Anything, "number"), Fit::Fine);
        assert_eq!(fit(PropertyHolds::Datetime, "timestamp"), Fit::Fine);
        let wrong = Fit::Wrong(
            "`plan` holds text, and `Plan` takes a number\nhelp: fill it with another property, or write `anything(\"plan\")` if the declaration is incomplete".to_owned(),
        );
        assert_eq!(fit(PropertyHolds::Text, "number"), wrong);
        assert!(matches!(fit(PropertyHolds::Number, "checkbox"), Fit::Wrong(_)));
        assert!(matches!(fit(PropertyHolds::Boolean, "text"), Fit::Wrong(_)));
    }

    #[test]
    fn one_that_fits_is_enough() {
        let number = block("attribute", "Seats", vec![("holds", word(1, "number"))]);
        assert_eq!(found(&[PropertyHolds::Text, PropertyHolds::Number], "seats", &number), Fit::Fine);
        assert_eq!(found(&[], "seats", &number), Fit::Fine);
    }
}
