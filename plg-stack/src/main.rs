//! Plans and deploys the stack: `cargo run -p plg-stack -- deploy`.

fn main() -> std::process::ExitCode {
    plg::main_with(&plg_stack::STACK, plg_stack::policies::POLICIES)
}
