//! What both APIs keep that the language has no kind for: counted and named, so that nobody takes a source for all
//! there is.

use crate::error::Error;
use crate::http::{Client, Failure, FailureKind};
use plg_core::serde_json::Value as Json;
use plg_core::source::{Fate, Gap};
use plg_core::{Listing, Paging, Provider};

/// How many names are said of one kind.
const NAMED: usize = 5;

/// A list of objects that no declaration can be about.
struct Strange {
    /// What one of them is called.
    kind: &'static str,
    /// Where they are, in PostHog.
    path: &'static str,
    /// Keys of which the first that is there names one.
    named: &'static [&'static str],
}

/// Every one of these lists. Attio's API has no more of a workspace's settings than the language has kinds for.
const STRANGE: &[Strange] = &[
    Strange {
        kind: "hog function",
        path: concat!(
            "/api/projects/{project}/hog_functions/?types=destination,site_destination,internal_destination,",
            "source_webhook,warehouse_source_webhook,site_app,transformation"
        ),
        named: &["name"],
    },
    Strange { kind: "workflow", path: "/api/projects/{project}/hog_flows/", named: &["name"] },
    Strange { kind: "flag schedule", path: "/api/projects/{project}/scheduled_changes/", named: &["record_id"] },
    Strange { kind: "notebook", path: "/api/projects/{project}/notebooks/", named: &["title", "short_id"] },
    Strange { kind: "batch export", path: "/api/projects/{project}/batch_exports/", named: &["name"] },
    Strange {
        kind: "recording playlist",
        path: "/api/projects/{project}/session_recording_playlists/",
        named: &["name", "derived_name", "short_id"],
    },
    Strange { kind: "saved query", path: "/api/projects/{project}/warehouse_saved_queries/", named: &["name"] },
    Strange {
        kind: "data source",
        path: "/api/projects/{project}/external_data_sources/",
        named: &["prefix", "source_type"],
    },
];

/// Asks each of the lists once. One that this key may not read is said; one that the server does not have holds
/// nothing.
pub(super) async fn find(client: &Client) -> Result<Vec<Gap>, Error> {
    let mut gaps = Vec::new();
    let mut absent: Vec<&str> = Vec::new();
    for strange in STRANGE {
        let listing = Listing { path: strange.path.to_owned(), paging: Paging::Results { limit: 100 } };
        match client.list(Provider::Posthog, &listing, 0).await {
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
            why: vec!["PostHog answered 404: this server has no such lists".to_owned()],
            keys: Vec::new(),
        });
    }
    Ok(gaps)
}

fn counted(strange: &Strange, rows: &[Json]) -> Option<Gap> {
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

fn unreadable(strange: &Strange, failure: &Failure) -> Gap {
    Gap {
        kind: strange.kind,
        name: "of every name".to_owned(),
        id: "none could be read".to_owned(),
        fate: Fate::LeftOut,
        why: vec!["the language has no kind for it, so none would be written".to_owned(), failure.to_string()],
        keys: Vec::new(),
    }
}
