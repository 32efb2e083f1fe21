//! What an account keeps that the language has no kind for: counted and named, so that nobody takes a source for all
//! there is.

use crate::error::Error;
use crate::http::{Client, Failure, FailureKind};
use plg_core::Listing;
use plg_core::serde_json::Value as Json;
use plg_core::source::{Fate, Gap, Unexpressed};

/// How many names are said of one kind.
const NAMED: usize = 5;

/// Asks each of the lists once. One that this key may not read is said; one that the server does not have holds
/// nothing.
pub(super) async fn find(client: &Client) -> Result<Vec<Gap>, Error> {
    let mut gaps = Vec::new();
    let mut absent: Vec<&str> = Vec::new();
    let provider = client.who().0;
    for strange in provider.unexpressed {
        let listing = Listing { path: strange.path.to_owned(), paging: strange.paging, rows: None };
        match client.list(&listing, 0).await {
            Ok(rows) => gaps.extend(counted(strange, &rows)),
            Err(failure) if matches!(failure.kind, FailureKind::Auth | FailureKind::Unreachable) => {
                return Err(failure.into());
            }
            Err(failure) if failure.kind == FailureKind::NotFound => absent.push(strange.kind),
            Err(failure) => gaps.push(unreadable(strange, &failure)),
        }
    }
    if !absent.is_empty() {
        gaps.push(Gap {
            kind: "other kinds",
            name: absent.join(", "),
            id: "not on this server".to_owned(),
            fate: Fate::LeftOut,
            why: vec![format!("{} answered 404: this server does not have these lists", provider.title)],
            keys: Vec::new(),
        });
    }
    Ok(gaps)
}

fn counted(strange: &Unexpressed, rows: &[Json]) -> Option<Gap> {
    let rows: Vec<&Json> = rows.iter().filter(|row| row.get("deleted") != Some(&Json::Bool(true))).collect();
    let name = |row: &&Json| {
        let name = strange.named.iter().find_map(|key| row.get(*key)?.as_str().filter(|name| !name.is_empty()));
        format!("`{}`", name.unwrap_or("without a name"))
    };
    let mut names: Vec<String> = rows.iter().take(NAMED).map(name).collect();
    if rows.len() > NAMED {
        names.push(format!("and {} more", rows.len() - NAMED));
    }
    (!rows.is_empty()).then(|| Gap {
        kind: strange.kind,
        name: names.join(", "),
        id: format!("{} in all", rows.len()),
        fate: Fate::LeftOut,
        why: vec!["the language has no kind for it".to_owned()],
        keys: Vec::new(),
    })
}

fn unreadable(strange: &Unexpressed, failure: &Failure) -> Gap {
    Gap {
        kind: strange.kind,
        name: "of every name".to_owned(),
        id: "plg could read none of them".to_owned(),
        fate: Fate::LeftOut,
        why: vec!["the language has no kind for it, so `import` would write none".to_owned(), failure.to_string()],
        keys: Vec::new(),
    }
}
