plg::stack! {
    feature_flag Keys { key: "keys", secret_payload: env("KEYS") }
    feature_flag Both { key: "both", remote_config: true, secret_payload: env("KEYS"), payload: { "a": 1 } }
    feature_flag Clear { key: "clear", remote_config: true, secret_payload: "hush" }
}

fn main() {}
