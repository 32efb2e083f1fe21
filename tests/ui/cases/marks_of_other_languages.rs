plg::stack! {
    name = "shop",
    stages: { local: sandbox },
    pub event SignedUp { name: 'a' }
    action Signup { on: [&SignedUp], tags: (["growth"]) }
    feature_flag DarkMode<T> { key => "dark-mode", tags: [b"core"] }
    experiment Shade { flag: ::part::DarkMode }
    survey Nps { kind: popover, questions: [rating(format!("How likely?"), scale = 5)] }
    feature_flag Large { key: "large", rollout: 1e400% }
    /// Of nothing.
}

fn main() {}
