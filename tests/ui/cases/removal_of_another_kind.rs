plg::stack! {
    feature_flag DarkMode { key: "dark-mode", on_destroy: archive }
    attribute Mrr { on: companies, slug: "mrr", holds: number, on_destroy: delete }
    list Targets { slug: "targets", of: companies, on_destroy: delete }
    cohort Pros { all: [person("name", is: ["pro"])], on_destroy: remove }
    dashboard Growth { on_destroy: keep }
    dashboard Metrics { on_destroy: delete }
}

fn main() {}
