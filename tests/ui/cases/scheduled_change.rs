plg::stack! {
    feature_flag Split { key: "split", variants: { control: 50%, test: 50% } }
    scheduled_change Shift { flag: Split, at: "2100-01-01", does: set_variants { variants: { control: 20%, other: 80% } } }
    scheduled_change Join { flag: Split, at: "2100-01-01", does: add_release { rollout: 5% }, every: daily }
    scheduled_change Nights { flag: Split, at: "2100-01-01", does: set_active(false), cron: "0 25 * * *" }
    scheduled_change Ends { flag: Split, at: "2100-01-01", does: set_active(true), until: "2099-01-01" }
    scheduled_change Again { flag: Split, at: "2100-01-01T00:00Z", does: set_active(false) }
    scheduled_change Ever { flag: Split, at: "2100-01-01", does: set_active(true) }
}

fn main() {}
