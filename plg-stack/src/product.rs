//! What the product sends and asks: events, flags, the experiment, surveys, and who they are for.

use crate::crm;

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
            /// Where the person came from, when that is known.
            source: optional(text),
        },
    }

    /// Somebody signed in.
    event SignedIn {
        name: "signed_in",
        properties: {
            /// How the person uses the product, as the application works it out each night.
            product_role: one_of([crm::ProductRole.PowerUser, crm::ProductRole.Regular, crm::ProductRole.Inactive]),
        },
    }

    /// Somebody reached the end of the onboarding.
    event OnboardingCompleted {
        name: "onboarding_completed",
        properties: {
            /// The onboarding shown: the flag's variant.
            variant: one_of([NewOnboarding.control, NewOnboarding.test]),
            /// How long it took.
            minutes: number,
        },
    }

    /// Somebody used a feature that the plan sells.
    event FeatureUsed {
        name: "feature_used",
        properties: {
            /// Which feature.
            feature: text,
        },
    }

    /// An account moved to a larger plan.
    event PlanUpgraded {
        name: "plan_upgraded",
        properties: { from_plan: text, to_plan: text, mrr_change: number },
    }

    /// An account moved to a smaller plan.
    event PlanDowngraded {
        name: "plan_downgraded",
        properties: { from_plan: text, to_plan: text, mrr_change: number },
    }

    /// An account was closed.
    event AccountCancelled {
        name: "account_cancelled",
        properties: {
            plan: text,
            /// What the person gave as the reason.
            reason: optional(text),
        },
    }

    /// Somebody looked at a page: PostHog's own event.
    existing event Pageview { name: "$pageview" }

    /// People who use a feature ten times a week or more.
    cohort PowerUsers {
        all: [did(FeatureUsed, at_least: 10, within: 7 days)],
    }

    /// People who signed up in the last seven days.
    cohort NewUsers {
        all: [did(SignupCompleted, within: 7 days)],
    }

    /// People who were here this month and not this week.
    cohort LowEngagement {
        // A negation alone never calculates, so "nothing for a week" needs "something in a month".
        all: [did(Pageview, within: 30 days), did_not(Pageview, within: 7 days)],
    }

    /// People whose 14-day trial ends within seven days.
    cohort TrialEndingSoon {
        // PostHog's relative dates only look back: a trial that ends next week began one to two weeks ago.
        all: [
            person("plan", is: ["trial"]),
            // The sign-in service says these of people; no event carries them.
            person(anything("signup_date"), before: 7 days ago),
            person(anything("signup_date"), after: 14 days ago),
        ],
    }

    /// People in teams whose usage grows: candidates for a larger plan.
    cohort ExpansionCandidates {
        // Growth itself cannot be asked for, so it is twenty uses a month in a team of two or more.
        all: [did(FeatureUsed, at_least: 20, within: 30 days), person(anything("team_size"), more_than: 1)],
    }

    /// The dark theme, for everyone.
    feature_flag DarkMode { key: "dark-mode", rollout: 100% }

    /// What we try on a few first.
    feature_flag BetaFeatures { key: "beta-features", rollout: 10% }

    /// The guided onboarding against the one we have.
    feature_flag NewOnboarding {
        key: "new-onboarding-flow",
        rollout: 0%,
        variants: { control: 50%, test: 50% },
    }

    /// Exports to spreadsheets and warehouses.
    feature_flag AdvancedExports { key: "advanced-exports", rollout: 0% }

    /// Whether the guided onboarding gets more people to the first success.
    experiment OnboardingFlowTest { flag: NewOnboarding, kind: product }

    /// How people feel about us once they are set up.
    survey PostActivationNps {
        title: "Post-Activation NPS",
        kind: popover,
        questions: [
            rating("How likely are you to recommend us to a friend or colleague?", scale: 10, nps: true, low: "Not at all likely", high: "Extremely likely"),
            open("What is the main reason for your score?", optional: true),
        ],
        shown: { after: [OnboardingCompleted] },
    }

    /// How people feel about us, month by month.
    survey MonthlyNps {
        title: "Monthly NPS",
        kind: popover,
        questions: [
            rating("How likely are you to recommend us to a friend or colleague?", scale: 10, nps: true, low: "Not at all likely", high: "Extremely likely"),
        ],
        // PostHog repeats surveys by days only. "The 1st of each month" becomes every 30 days from
        // the day it is started: twelve rounds, five days adrift after a year.
        repeats: { every: 30 days, times: 12 },
    }

    /// How well a feature serves the people who just used it.
    survey FeatureCsat {
        title: "Feature CSAT",
        kind: popover,
        questions: [
            rating("How satisfied are you with this feature?", scale: 5, display: emoji, low: "Very unsatisfied", high: "Very satisfied"),
        ],
        shown: { after: [FeatureUsed], wait: 30 days },
    }

    /// Why people leave or step down; our own dialog asks.
    survey ChurnExit {
        title: "Churn Exit",
        kind: api,
        questions: [
            multiple("Why are you leaving?", ["Too expensive", "Missing features", "Hard to use", "Switched to another product", "No longer needed"], other: true),
            open("What could we have done better?", optional: true),
        ],
        shown: { after: [PlanDowngraded, AccountCancelled] },
    }
}
