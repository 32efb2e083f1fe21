//! What we look at: actions, dashboards, insights, and the marker each deploy leaves.

use crate::product;

plg::stack! {
    stages: crate,

    /// Signing up, as insights count it.
    action SignupCompleted { on: [product::SignupCompleted] }

    /// Finishing the onboarding, as insights count it.
    action OnboardingCompleted { on: [product::OnboardingCompleted] }

    /// Using a feature, as insights count it.
    action FeatureUsed { on: [product::FeatureUsed] }

    /// Upgrading, as insights count it.
    action PlanUpgraded { on: [product::PlanUpgraded] }

    /// Downgrading, as insights count it.
    action PlanDowngraded { on: [product::PlanDowngraded] }

    /// The numbers the company is run by.
    dashboard ExecutiveOverview { pinned: true, tags: ["executive", "weekly"] }

    /// How the product is used, day by day.
    dashboard ProductMetrics { tags: ["product", "daily"] }

    /// How people come, become active and pay.
    dashboard GrowthActivation { title: "Growth & Activation", tags: ["growth", "daily"] }

    /// New accounts, week by week.
    insight WeeklySignups {
        on: [ExecutiveOverview],
        shows: trend [SignupCompleted] { by: week, last: 12 weeks },
    }

    /// How many of those who sign up finish the onboarding.
    insight ActivationRate {
        on: [ExecutiveOverview],
        shows: funnel [SignupCompleted, OnboardingCompleted] { within: 14 days, last: 30 days },
    }

    /// Accounts that moved up, week by week.
    insight WeeklyUpgrades {
        on: [ExecutiveOverview],
        shows: trend [PlanUpgraded] { by: week, last: 12 weeks },
    }

    /// Accounts that moved down or left, week by week.
    insight WeeklyChurn {
        on: [ExecutiveOverview],
        shows: trend [PlanDowngraded, product::AccountCancelled] { by: week, last: 12 weeks },
    }

    /// People who do anything, day by day.
    insight DailyActiveUsers {
        on: [ProductMetrics],
        shows: trend [people(product::Pageview)] { by: day, last: 30 days },
    }

    /// Which features are used.
    insight FeatureAdoption {
        on: [ProductMetrics],
        shows: trend [people(FeatureUsed)] { by: week, last: 12 weeks, breakdown: "feature" },
    }

    /// Who comes back, for eight weeks.
    insight WeeklyRetention {
        title: "8-week retention",
        on: [ProductMetrics],
        shows: retention { of: SignupCompleted, returning: FeatureUsed, by: week, periods: 8 },
    }

    /// From signing up to the first use.
    insight ActivationFunnel {
        on: [GrowthActivation],
        shows: funnel [SignupCompleted, OnboardingCompleted, FeatureUsed] { within: 14 days, last: 30 days },
    }

    /// How long it takes from signing up to the end of the onboarding.
    insight TimeToActivation {
        on: [GrowthActivation],
        shows: funnel [SignupCompleted, OnboardingCompleted] { within: 14 days, viz: time_to_convert, last: 30 days },
    }

    /// From the first use to a larger plan.
    insight UpgradeFunnel {
        on: [GrowthActivation],
        shows: funnel [SignupCompleted, FeatureUsed, PlanUpgraded] { within: 90 days, last: 90 days },
    }

    /// When we changed how we measure.
    annotation DeploymentMarker { content: "PLG Stack deployed via plg", scope: project }
}
