//! Resources without a keyword are declared by path: a path that has a keyword, or leads nowhere, is refused.

plg::stack! {
    name: "raw",
    stages: { local: sandbox },

    feature_flag Beta { key: "beta" }

    posthog_rest Flags { create: "/api/projects/{project}/feature_flags/", body: { "key": "gamma" } }
    posthog_rest Sent {
        create: "/api/environments/{project}/hog_functions/?type=destination",
        body: { "name": "Sent" },
    }
    posthog_rest Elsewhere { create: "/api/projects/12345/notebooks/", body: { "title": "Notes" } }
    posthog_rest Other { create: "/v2/notes", body: { "title": "Notes" } }
    posthog_rest Hole {
        create: "/api/projects/{project}/flags/{flag}/notes/",
        body: { "title": "Notes" },
        within: { "other": Beta.id },
    }
    posthog_rest Keyed {
        create: "/api/projects/{project}/notebooks/",
        key: "/title",
        body: { "name": "Notes" },
    }
    posthog_rest Secret {
        create: "/api/projects/{project}/notebooks/",
        key: "/title",
        body: { "title": env("TITLE") },
    }
    posthog_rest Ways {
        create: "/api/projects/{project}/notebooks/",
        body: [1],
        update: put("/api/projects/{project}/notebooks/"),
        remove: set { "flag": Beta.id },
    }
    posthog_rest Plain { create: "api/projects/{project}/notebooks/", key: "title", body: { "title": "Notes" } }
    posthog_rest First { create: "/api/projects/{project}/notebooks/", key: "/title", body: { "title": "Once" } }
    posthog_rest Second { create: "/api/projects/{project}/notebooks/", key: "/title", body: { "title": "Once" } }
    attio_rest Hooks { create: "/v2/lists/targets/attributes", body: { "title": "Fit" } }
    existing posthog_rest There { create: "/api/projects/{project}/notebooks/", key: "/title" }
    rest Nothing { create: "/api/projects/{project}/notebooks/", body: { "title": "Notes" } }
}

fn main() {}
