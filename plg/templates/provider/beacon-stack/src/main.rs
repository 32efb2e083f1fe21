//! Plans and deploys the stack: `plg plan`, or `cargo run -p beacon-stack -- plan`.

fn main() -> std::process::ExitCode {
    plg::app(&beacon_stack::STACK).mount(plg_beacon_sandbox::BeaconSandbox).main()
}
