plg::stack! {
    name: "shop",
    stages: { local: sandbox },

    feature_flag Split { key: "split", tags: ["growth"], contexts: ["web"], variants: { control: 50%, test: 50% } }
    feature_flag Bare { key: "bare" }
    existing feature_flag Theirs { key: "theirs" }
    project_settings Settings {
        require_flag_tags: true,
        require_flag_contexts: true,
        recorded: flag(Split, variant: "tset"),
    }
    project_settings More { surveys: true }
}

fn main() {}
