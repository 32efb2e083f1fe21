//! What a project holds that the language has no kind for.

use plg_core::Paging;
use plg_core::source::Unexpressed;

const PAGES: Paging = Paging::Results { limit: 100 };

/// Every one of these lists.
pub(crate) static UNEXPRESSED: &[Unexpressed] = &[
    Unexpressed {
        kind: "function of the browser or of logs",
        path: "/api/projects/{project}/hog_functions/?type=site_destination,site_app,transformation_log",
        paging: PAGES,
        named: &["name"],
    },
    Unexpressed { kind: "workflow", path: "/api/projects/{project}/hog_flows/", paging: PAGES, named: &["name"] },
    Unexpressed {
        kind: "notebook",
        path: "/api/projects/{project}/notebooks/",
        paging: PAGES,
        named: &["title", "short_id"],
    },
    Unexpressed {
        kind: "batch export",
        path: "/api/projects/{project}/batch_exports/",
        paging: PAGES,
        named: &["name"],
    },
    Unexpressed {
        kind: "recording playlist",
        path: "/api/projects/{project}/session_recording_playlists/",
        paging: PAGES,
        named: &["name", "derived_name", "short_id"],
    },
    Unexpressed {
        kind: "saved query",
        path: "/api/projects/{project}/warehouse_saved_queries/",
        paging: PAGES,
        named: &["name"],
    },
    Unexpressed {
        kind: "data source",
        path: "/api/projects/{project}/external_data_sources/",
        paging: PAGES,
        named: &["prefix", "source_type"],
    },
];
