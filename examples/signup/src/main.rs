//! Signs somebody up: `cargo run -p signup -- ada ada.example pro 3`, against `plg-stack sandbox serve`
//! unless the environment names other services.

use signup::{Application, Services, SignUp};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [person, domain, plan, seats] = &arguments[..] else {
        eprintln!("usage: signup PERSON DOMAIN PLAN SEATS");
        return ExitCode::from(2);
    };
    let Ok(seats) = seats.parse() else {
        eprintln!("SEATS is a whole number, not `{seats}`");
        return ExitCode::from(2);
    };
    let set = |name: &str, or: &str| std::env::var(name).unwrap_or_else(|_| or.to_owned());
    let application = Application::new(Services {
        attio: set("PLG_ATTIO_URL", "http://127.0.0.1:4848"),
        attio_key: set("ATTIO_API_KEY", "sandbox"),
        posthog: set("PLG_POSTHOG_URL", "http://127.0.0.1:4848"),
        posthog_key: set("POSTHOG_PROJECT_KEY", "sandbox"),
    });
    let who = SignUp { person: person.clone(), domain: domain.clone(), plan: plan.clone(), seats };
    match application.sign_up(&who).await {
        Ok(record) => {
            println!("{person} signed up; {domain} is record {record}.");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
