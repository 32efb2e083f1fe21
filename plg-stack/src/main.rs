//! Plans and deploys the stack: `cargo run -p plg-stack -- deploy`.

fn main() -> std::process::ExitCode {
    plg_cli::main(&plg_stack::STACK)
}
