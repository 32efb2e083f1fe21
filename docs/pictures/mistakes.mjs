// Ten mistakes, each with the source that makes it and the source without it.
const one = (name, before, [from, to]) => {
  if (before.split(from).length !== 2) throw new Error(`${name}: what is fixed is there once`);
  return { name, before: before.slice(1), after: before.replace(from, to).slice(1) };
};

export const mistakes = [
  one("misspelled-name", `
plg::stack! {
    event SignedUp { name: "signed_up" }
    dashboard Sales { title: "Sales" }
    insight Signups {
        on: [Sals],
        shows: trend [SignedUp],
    }
}
`, ["[Sals]", "[Sales]"]),
  one("wrong-kind", `
plg::stack! {
    cohort Regulars {
        all: [person("plan", is: ["pro"])],
    }
    feature_flag Shade {
        key: "shade",
        variants: { control: 50%, test: 50% },
    }
    experiment ShadeTest { flag: Regulars }
}
`, ["flag: Regulars", "flag: Shade"]),
  one("unknown-field", `
plg::stack! {
    feature_flag DarkMode {
        key: "dark-mode",
        rolout: 10%,
    }
}
`, ["rolout", "rollout"]),
  one("shares", `
plg::stack! {
    feature_flag Onboarding {
        key: "onboarding",
        variants: { control: 50%, test: 40% },
    }
}
`, ["test: 40%", "test: 50%"]),
  one("no-control", `
plg::stack! {
    feature_flag Shade {
        key: "shade",
        variants: { light: 50%, dark: 50% },
    }
    experiment ShadeTest { flag: Shade }
}
`, ["light: 50%", "control: 50%"]),
  one("never-calculates", `
plg::stack! {
    event FeatureUsed { name: "feature_used" }
    cohort Gone {
        all: [did_not(FeatureUsed, within: 7 days)],
    }
}
`, ["all: [did_not(FeatureUsed, within: 7 days)]", `all: [
            did(FeatureUsed, within: 90 days),
            did_not(FeatureUsed, within: 7 days),
        ]`]),
  one("cycle", `
plg::stack! {
    cohort Trial {
        all: [member(Active), person("plan", is: ["trial"])],
    }
    cohort Active {
        all: [member(Trial), person("seen", is: ["week"])],
    }
}
`, ["member(Trial), ", ""]),
  one("same-key", `
plg::stack! {
    feature_flag DarkMode { key: "dark-mode" }
    feature_flag NightMode { key: "dark-mode" }
}
`, [`NightMode { key: "dark-mode"`, `NightMode { key: "night-mode"`]),
  one("secret", `
plg::stack! {
    name: "shop",
    stages: {
        prod: { attio: { key: "0123456789abcdef" } },
    },
    attribute Tier {
        on: companies,
        slug: "tier",
        holds: text,
    }
}
`, [`key: "0123456789abcdef"`, `key: env("ATTIO_API_KEY")`]),
  one("application", `
plg::stack! {
    event SignedUp {
        name: "signed_up",
        properties: { plan: text, seats: number },
    }
}

pub fn welcome() -> SignedUp {
    SignedUp { plan: "pro".into() }
}
`, [`plan: "pro".into()`, `plan: "pro".into(), seats: 3.0`]),
];
