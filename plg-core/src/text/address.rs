//! Addresses: of web pages, of servers, of mail boxes.

/// An address with `https` and a host.
///
/// # Errors
/// With the corrected address, where only the scheme is wrong.
pub fn https(text: &str) -> Result<(), String> {
    let rest = match text.split_once("://") {
        Some(("https", rest)) => rest,
        Some((_, rest)) => {
            return Err(format!("an address must start with `https://`\nhelp: write \"https://{rest}\""));
        }
        None => return Err(format!("an address must start with `https://`\nhelp: write \"https://{text}\"")),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = split_port(authority);
    if port.is_some_and(|port| !port.is_empty() && port.parse::<u16>().map_or(true, |port| port == 0)) {
        let port = port.unwrap_or_default();
        return Err(format!("`{port}` is not a port\nhelp: write a number from 1 to 65535, or leave `:{port}` out"));
    }
    if !is_host(host) || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("this is not an address\nhelp: write \"https://host/path\"".into());
    }
    Ok(())
}

/// A host and its port.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        // The colons of an IPv6 address are within its brackets.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

/// A name, or an address of a machine.
fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[') {
        return inner.strip_suffix(']').is_some_and(|ip| ip.parse::<std::net::Ipv6Addr>().is_ok());
    }
    let is_label = |label: &str| {
        let good = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_') || (!c.is_ascii() && !c.is_whitespace());
        (1..=63).contains(&label.len()) && label.chars().all(good) && !label.starts_with('-') && !label.ends_with('-')
    };
    host.len() <= 253 && host.strip_suffix('.').unwrap_or(host).split('.').all(is_label)
}

/// An address whose host has a name with a dot in it, or is this machine: what Django's address fields take.
///
/// # Errors
/// When it is no address, or its host has no dot.
pub fn public(text: &str) -> Result<(), String> {
    https(text)?;
    let authority = text.trim_start_matches("https://").split(['/', '?', '#']).next().unwrap_or_default();
    let (host, _) = split_port(authority.rsplit_once('@').map_or(authority, |(_, host)| host));
    if host.starts_with('[') || host == "localhost" || host.trim_end_matches('.').contains('.') {
        return Ok(());
    }
    Err(format!(
        "`{host}` is not a host that PostHog accepts\nhelp: write it in full, such as \"https://{host}.example.com\""
    ))
}

/// An address with `https` and a host, or with `http` and a host that is this machine.
///
/// # Errors
/// With the corrected address, where only the scheme is wrong.
pub fn server(text: &str) -> Result<(), String> {
    match text.strip_prefix("http://") {
        Some(rest) if is_loopback(rest) => Ok(()),
        _ => https(text),
    }
}

/// Whether what follows `http://` is a server on this machine.
fn is_loopback(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // What stands before an `@` is no host.
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
        _ => authority,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// One mail address, and nothing around it.
///
/// # Errors
/// When it is none, or several.
pub fn mail(text: &str) -> Result<(), String> {
    let good = text.len() <= 254 && text.split_once('@').is_some_and(|(who, host)| is_box(who) && is_mail_host(host));
    if good {
        return Ok(());
    }
    Err(format!(
        "`{text}` is not an e-mail address\nhelp: write one in each pair of quotes, such as \"team@example.com\""
    ))
}

fn is_box(who: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-.".contains(c);
    (1..=64).contains(&who.len())
        && who.chars().all(good)
        && !who.starts_with('.')
        && !who.ends_with('.')
        && !who.contains("..")
}

fn is_mail_host(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && is_host(host) && !host.contains('_') && last.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        for good in [
            "https://a.example",
            "https://a.example:8443/x?y#z",
            "https://[::1]:443/",
            "https://10.0.0.1",
            "https://localhost",
            "https://u:p@a.example/",
            "https://bücher.example",
            "https://a.example.",
            "https://a_b.example",
            "https://a.example:",
        ] {
            assert_eq!(https(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "https://",
            "https://:80",
            "https:///x",
            "https://a b",
            "https://a.example:65536",
            "https://a.example:0",
            "https://a.example:http",
            "https://-a.example",
            "https://a..example",
            "https://[::1",
            "https://a.example/x y",
            "ftp://a",
            "https://a,b.example",
            "https://\u{1}a.example",
        ] {
            assert!(https(bad).unwrap_err().contains("\nhelp: write "), "{bad}");
        }
        assert!(public("https://docs").is_err() && public("https://docs.example:8000/x").is_ok());
        for good in ["https://minio.example", "http://127.0.0.1:9000", "http://localhost", "http://[::1]:9000/x"] {
            assert_eq!(server(good), Ok(()), "{good}");
        }
        for bad in ["http://minio.example", "http://localhost@evil.example", "http://127.0.0.1.evil.example", "minio"] {
            assert!(server(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn mail_addresses_are_told_apart() {
        for good in ["a@example.com", "a.b+c@mail.example.com", "ü@bücher.example"] {
            assert_eq!(mail(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "a",
            "@",
            "a@",
            "@example.com",
            "a@b@example.com",
            "a@example",
            "a b@example.com",
            "a@example.com,b@example.com",
            "A <a@example.com>",
            ".a@example.com",
            "a..b@example.com",
            "a@example.com.1",
            " a@example.com",
            "a@-example.com",
        ] {
            assert!(mail(bad).is_err(), "{bad}");
        }
    }
}
