//! Which addresses are on this machine: these are asked directly, whatever proxy the environment names.

use reqwest::Url;
use std::net::IpAddr;

/// Whether a host, as it stands in an address, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// Whether an address is on this machine. What is no address is not.
pub(crate) fn is_on_loopback(address: &Url) -> bool {
    address.host_str().is_some_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_no_other() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "[::1]", "::1", "::ffff:127.0.0.1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example.com", "127.0.0.1.example.com", "10.0.0.1", "0.0.0.0", "", "::ffff:10.0.0.1"] {
            assert!(!is_loopback(host), "{host}");
        }
        let on = |text: &str| Url::parse(text).is_ok_and(|url| is_on_loopback(&url));
        assert!(on("http://127.0.0.1:4848/v2") && on("https://[::1]/"));
        assert!(!on("https://api.attio.com") && !on("data:text/plain,localhost"));
    }
}
