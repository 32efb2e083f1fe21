//! Plans and deploys it; `local` deploys to sandboxes of the three APIs.

fn main() -> std::process::ExitCode {
    plg::app(&billing::STACK).mount(plg_stripe_sandbox::StripeSandbox).main()
}
