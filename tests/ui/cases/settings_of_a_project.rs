plg::stack! {
    project_settings Settings {
        timezone: "Berlin",
        currency: "eur",
        app_urls: ["https://*.*.*.*.*.*.example.com"],
        recording_sample: 12.5%,
        recording_minimum_milliseconds: 60000,
        path_cleaning: [{ matches: "(/a)/b", alias: "/\\2" }, { matches: "(?=a)", alias: "/x" }],
        test_account_filters: [{ property: "plan" }],
        masking: {},
    }
}

fn main() {}
