//! What the product sends to PostHog, what it asks there, and what is looked at.

plg::stack! {
    stages: crate,

    /// Somebody finished signing up.
    event SignupCompleted {
        name: "signup_completed",
        properties: {
            /// The plan chosen.
            plan: text,
            /// How many seats were taken at once.
            seats: number,
        },
    }

    /// The guided onboarding against the one we have.
    feature_flag NewOnboarding {
        key: "new-onboarding",
        rollout: 50%,
        variants: { control: 50%, test: 50% },
        // A stage may differ: few people in production at first.
        in prod { rollout: 10% }
    }

    /// Whether the guided onboarding gets more people to sign up.
    experiment OnboardingTest { flag: NewOnboarding, metrics: [mean(SignupCompleted)] }

    /// How people come.
    dashboard Growth {}

    /// New accounts, week by week.
    insight WeeklySignups { on: [Growth], shows: trend [SignupCompleted] { by: week, last: 12 weeks } }
}
