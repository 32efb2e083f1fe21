#![forbid(unsafe_code, unreachable_pub)]

mod shop {
    plg::stack! {
        name: "shop",
        stages: { local: sandbox },
        feature_flag Onboarding { key: "onboarding", rollout: 101%, variants: { control: 50%, test: 50% } }
        attribute Tier { on: companies, slug: "Tier", holds: selct { Small, Large } }
        event SignedUp { nam: "signed_up", properties: { plan: txt, seats: number } }
        experimnt Shade { flag: Onboarding }
    }
}

use shop::{Onboarding, SignedUp, Tier};

pub fn used(onboarding: Onboarding, tier: Tier) -> SignedUp {
    let seats = match (onboarding, tier) {
        (Onboarding::Control, Tier::Small) => 1.0,
        (Onboarding::Test, _) | (_, Tier::Large) => 2.0,
    };
    SignedUp { plan: Onboarding::KEY.into(), seats }
}

fn main() {}
