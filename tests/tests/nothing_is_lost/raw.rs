//! What is declared by its paths: found by its key, and without one by what it says.

use plg_test::{Points, bench};

mod first {
    plg::stack! {
        name: "raw",
        stages: { local: sandbox },
        feature_flag Exports { key: "exports", rollout: 10% }
        posthog_rest Errors {
            create: "/api/projects/{project}/session_recording_playlists/",
            key: "/name",
            id: "/short_id",
            body: {
                "name": "Errors",
                "type": "filters",
                "description": "Where it broke",
                "filters": { "date_from": "-3d", "flag": Exports.id },
            },
            update: patch_all,
            remove: set { "deleted": true, "filters": { "date_from": "-3d" } },
        }
        posthog_rest Nameless {
            create: "/api/projects/{project}/session_recording_playlists/",
            id: "/short_id",
            body: { "name": "Long", "type": "collection", "pinned": true },
            remove: set { "deleted": true },
        }
    }
}

/// One says something else, and one is gone.
mod second {
    plg::stack! {
        name: "raw",
        stages: { local: sandbox },
        feature_flag Exports { key: "exports", rollout: 10% }
        posthog_rest Errors {
            create: "/api/projects/{project}/session_recording_playlists/",
            key: "/name",
            id: "/short_id",
            body: {
                "name": "Errors",
                "type": "filters",
                "description": "Where it broke, and how",
                "filters": { "date_from": "-3d", "flag": Exports.id },
            },
            update: patch_all,
            remove: set { "deleted": true, "filters": { "date_from": "-3d" } },
        }
    }
}

#[test]
fn raw_resources_are_there_once_whatever_happens() {
    let bench = bench(&first::STACK).then("change", &second::STACK);
    println!("{}", bench.points(Points::About(8)).run());
}
