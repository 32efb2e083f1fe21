//! A stack with a stage for every kind of place that its state can be kept in.

mod stack {
    plg::stack! {
        name: "remote-stack",
        stages: {
            local: sandbox,
            here: {
                attio: { key: env("ATTIO_API_KEY") },
                posthog: { key: env("POSTHOG_API_KEY"), project: 12345 },
            },
            s3: {
                attio: { key: env("ATTIO_API_KEY") },
                posthog: { key: env("POSTHOG_API_KEY"), project: 12345 },
                state: s3 { bucket: "plg", prefix: "teams/growth", region: "us-east-1", endpoint: env("TEST_S3") },
            },
            postgres: {
                attio: { key: env("ATTIO_API_KEY") },
                posthog: { key: env("POSTHOG_API_KEY"), project: 12345 },
                state: postgres { url: env("TEST_POSTGRES") },
            },
            gcs: {
                attio: { key: env("ATTIO_API_KEY") },
                posthog: { key: env("POSTHOG_API_KEY"), project: 12345 },
                state: gcs { bucket: "plg", prefix: env("TEST_PREFIX") },
            },
            azure: {
                attio: { key: env("ATTIO_API_KEY") },
                posthog: { key: env("POSTHOG_API_KEY"), project: 12345 },
                state: azure { account: "plg", container: env("TEST_CONTAINER") },
                protect: true,
            },
        },

        /// Where a customer stands.
        attribute Phase { on: companies, slug: "phase", holds: select { Trial, Active, Churned } }

        /// Somebody finished signing up.
        event SignupCompleted { name: "signup_completed", properties: { plan: text } }

        /// The guided onboarding.
        feature_flag Onboarding { key: "onboarding", rollout: 0%, variants: { control: 50%, test: 50% } }

        /// Whether it gets more people to the first success.
        experiment OnboardingTest { flag: Onboarding, metrics: [mean(SignupCompleted)] }

        /// Dark colours.
        feature_flag DarkMode { key: "dark-mode", rollout: 10% }
    }
}

fn main() -> std::process::ExitCode {
    plg_cli::main(&stack::STACK)
}
