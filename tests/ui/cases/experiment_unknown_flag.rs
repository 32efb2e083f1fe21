plg::stack! {
    feature_flag NewOnboarding { key: "new-onboarding-flow", variants: { control: 50%, test: 50% } }
    experiment OnboardingFlowTest { flag: NewOnbording }
}

fn main() {}
