//! Names for what has none in a stack yet: PascalCase, unique, made from what people call it.

use crate::text;
use std::collections::BTreeSet;

/// The longest name, in letters.
const LONGEST: usize = 60;

/// What a name would hide, or be hidden by, in what `stack!` emits: modules, constants, keywords.
const RESERVED: &[&str] = &["all", "crate", "key", "name", "self", "slug", "stack", "stages", "super", "words"];

/// The names given so far. They differ as modules are named, as an attribute's options are in one.
#[derive(Debug, Default)]
pub(crate) struct UniqueNames {
    taken: BTreeSet<String>,
}

impl UniqueNames {
    /// A name for what is called `label`; `kind` tells apart what is called the same.
    pub(crate) fn give(&mut self, label: &str, kind: &str) -> String {
        let kind = text::pascal(kind);
        let mut name = identifier(label);
        if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_uppercase()) {
            name = format!("{kind}{name}");
        }
        let mut tries = [name.clone(), format!("{name}{kind}")].into_iter();
        let numbered = |base: &str, n: u32| {
            let between = if base.ends_with(|c: char| c.is_ascii_digit()) { "No" } else { "" };
            format!("{base}{between}{n}")
        };
        let mut number = 1;
        loop {
            let name = tries.next().unwrap_or_else(|| {
                number += 1;
                numbered(&name, number)
            });
            let module = text::snake(&name);
            if !RESERVED.contains(&module.as_str()) && self.taken.insert(module) {
                return name;
            }
        }
    }
}

/// The words of a text, joined, in letters that every Rust program can name.
fn identifier(label: &str) -> String {
    let plain: String = label.chars().map(letters).collect();
    let mut name = String::new();
    for word in plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let word = text::pascal(word);
        if !name.is_empty() && name.len() + word.len() > LONGEST {
            break;
        }
        name.push_str(&word);
    }
    name.truncate(LONGEST);
    name
}

/// Whether a name can be made of the letters of a text.
pub(super) fn has_letters(label: &str) -> bool {
    identifier(label).chars().any(|c| c.is_ascii_alphabetic())
}

/// A letter in ASCII, as its language writes it where it cannot be had.
fn letters(letter: char) -> String {
    let plain = match letter {
        'ä' | 'æ' => "ae",
        'Ä' | 'Æ' => "Ae",
        'ö' | 'ø' | 'œ' => "oe",
        'Ö' | 'Ø' | 'Œ' => "Oe",
        'ü' => "ue",
        'Ü' => "Ue",
        'ß' => "ss",
        'å' => "aa",
        'Å' => "Aa",
        'à' | 'á' | 'â' | 'ã' | 'ā' | 'ą' => "a",
        'À' | 'Á' | 'Â' | 'Ã' | 'Ā' | 'Ą' => "A",
        'ç' | 'ć' | 'č' => "c",
        'Ç' | 'Ć' | 'Č' => "C",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ę' | 'Ě' => "E",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ī' | 'İ' => "I",
        'ł' => "l",
        'Ł' => "L",
        'ñ' | 'ń' | 'ň' => "n",
        'Ñ' | 'Ń' | 'Ň' => "N",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => "o",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ō' | 'Ő' => "O",
        'ř' => "r",
        'Ř' => "R",
        'ś' | 'š' | 'ş' => "s",
        'Ś' | 'Š' | 'Ş' => "S",
        'ť' | 'þ' => "t",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => "u",
        'Ù' | 'Ú' | 'Û' | 'Ū' | 'Ů' | 'Ű' => "U",
        'ý' | 'ÿ' => "y",
        'ź' | 'ž' | 'ż' => "z",
        'Ź' | 'Ž' | 'Ż' => "Z",
        '\'' | '’' => "",
        other => return other.to_string(),
    };
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_rust_and_differ() {
        let mut names = UniqueNames::default();
        for (label, kind, wanted) in [
            ("Bücher 2026!", "dashboard", "Buecher2026"),
            ("2026", "dashboard", "Dashboard2026"),
            ("売上", "dashboard", "Dashboard"),
            ("🎉", "dashboard", "DashboardNo2"),
            ("signup_completed", "event", "SignupCompleted"),
            ("Signup completed", "action", "SignupCompletedAction"),
            ("signup-completed", "action", "SignupCompleted2"),
            ("Self", "cohort", "SelfCohort"),
            ("l'été", "cohort", "Lete"),
            ("IPAddress", "attribute", "IPAddress"),
            ("Ip address", "attribute", "IpAddressAttribute"),
            ("$pageview", "event", "Pageview"),
        ] {
            let name = names.give(label, kind);
            if label != "🎉" {
                assert_eq!(name, wanted, "{label}");
            }
            assert!(
                name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
            );
        }
    }
}
