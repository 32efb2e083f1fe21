//! Who gets what of a stack's flags, before anything is deployed.

use crate::world::{Operation, World};
use plg_core::Stack;
use plg_flags::{AskedPerson, Evaluation, FlagDefinitions};
use plg_sandbox::SandboxRequest;

/// The flags of a stack as applications get them, once it is deployed: it is, in memory, to a sandbox of its own.
///
/// ```
/// mod product {
///     plg::stack! {
///         name: "product", stages: { local: sandbox },
///         feature_flag Export { key: "export", release: [{ to: [person(anything("plan"), is: ["pro"])] }] }
///     }
/// }
///
/// use plg_test::{AskedPerson, FlagValue, evaluate};
/// let somebody = |plan: &str| AskedPerson::about("u1", jiff::Timestamp::UNIX_EPOCH).with("plan", plan);
/// assert_eq!(evaluate(&product::STACK, "export", &somebody("pro")).got, FlagValue::On);
/// assert_eq!(evaluate(&product::STACK, "export", &somebody("free")).got, FlagValue::Off);
/// ```
///
/// # Panics
/// When the stack does not deploy: it says why.
pub fn flags(stack: &'static Stack) -> FlagDefinitions {
    let local = stack.stages.iter().find(|stage| stage.is_sandbox());
    let stage = local.or(stack.stages.first()).map_or("local", |stage| stage.name);
    let world = World::of(stack, stage, 1).unwrap_or_else(|error| panic!("no sandbox can be opened: {error}"));
    if let Err(why) = world.run(&Operation { stack, stage, destroy: false }).worked() {
        panic!("{} cannot be deployed, not even in memory: {why}", stack.name);
    }
    let mut request = SandboxRequest::new("GET", "/api/feature_flag/local_evaluation");
    request.headers.push(("authorization".to_owned(), "Bearer key".to_owned()));
    let body = world.sandbox().answer(&request).body.unwrap_or_default();
    FlagDefinitions::read(&body).unwrap_or_else(|error| panic!("{error}"))
}

/// What somebody gets of one of them, by its key.
///
/// # Panics
/// As [`flags`], and when the stack has no such flag.
pub fn evaluate(stack: &'static Stack, key: &str, asked: &AskedPerson) -> Evaluation {
    let flags = flags(stack);
    let known = || flags.flags().map(|flag| flag.key.as_str()).collect::<Vec<_>>().join(", ");
    flags.evaluate(key, asked).unwrap_or_else(|| panic!("{} has no flag `{key}`, only {}", stack.name, known()))
}
