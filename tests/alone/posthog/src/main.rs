//! Plans and deploys it.

fn main() -> std::process::ExitCode {
    plg::main(&only_posthog::STACK)
}
