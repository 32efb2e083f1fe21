//! What an application does with the stack: it names what is declared, and a name that is gone does not compile.
//!
//! `cargo run --no-default-features --example application` builds it as an application is: without the command line.

//? attio
use my_stack::crm::{LifecycleStage, Mrr};
//? end
//? posthog
use my_stack::product::{NewOnboarding, SignupCompleted};
use plg::Capture;
//? end

fn main() {
    //? posthog
    // What is sent to PostHog when somebody signs up.
    let event = SignupCompleted { plan: "pro".to_owned(), seats: 3.0 };
    println!("{} {:?}", SignupCompleted::NAME, event.properties());

    // What PostHog answered for a flag.
    let onboarding = match "test".parse::<NewOnboarding>() {
        Ok(NewOnboarding::Test) => "guided",
        Ok(NewOnboarding::Control) | Err(_) => "classic",
    };
    println!("{}: {onboarding}", NewOnboarding::KEY);
    //? end
    //? attio
    // What a company's record in Attio is updated with.
    println!("{}: {}, {}: 120", LifecycleStage::SLUG, LifecycleStage::Trial.title(), Mrr::SLUG);
    //? end
}
