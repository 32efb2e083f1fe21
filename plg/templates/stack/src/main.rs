//! Plans and deploys the stack: `plg plan`, or `cargo run -- plan`.

fn main() -> std::process::ExitCode {
    plg::main_with(&my_stack::STACK, my_stack::policies::POLICIES)
}
