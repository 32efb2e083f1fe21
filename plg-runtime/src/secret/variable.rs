//! What of a variable's value is kept out of sight.
//!
//! A value is hidden as a whole, where it is long enough to be no word. Of an address its parts are hidden too, as an
//! API, a proxy or a library may repeat only one of them; never its scheme and host, which an error has to name.

/// The shortest part that is hidden.
pub(super) const SHORTEST: usize = 8;

/// Parts of addresses that everybody knows: words that APIs and their documentation use in paths. To hide them would
/// hide nothing, and blot out what an error says.
const PUBLIC: &[&str] = &[
    "attributes",
    "automation",
    "automations",
    "callback",
    "callbacks",
    "customers",
    "companies",
    "dashboards",
    "events",
    "experiments",
    "feature_flags",
    "incoming",
    "insights",
    "integrations",
    "localhost",
    "notifications",
    "projects",
    "services",
    "subscriptions",
    "webhooks",
    "workflows",
    "workspaces",
];

/// Everything of a value that is hidden.
pub(super) fn parts(value: &str) -> Vec<&str> {
    let mut all = vec![value];
    if let Some(parts) = Parts::of(value) {
        all.extend(parts.userinfo);
        all.extend(parts.userinfo.and_then(|both| both.split_once(':')).into_iter().flat_map(|(a, b)| [a, b]));
        all.extend(parts.path.split('/').chain(parts.path.split(['/', ';', ',', '.'])));
        let fields =
            [parts.query, parts.fragment].into_iter().flatten().flat_map(|part| part.split(['&', ';', '/', '?']));
        all.extend(fields.map(|field| field.split_once('=').map_or(field, |(_, value)| value)));
        // Without the host, as a request line has it.
        all.extend((parts.path.len() > 1).then_some(&value[parts.start..]));
    }
    let is_public = |part: &str| PUBLIC.contains(&part.trim_matches('/').to_ascii_lowercase().as_str());
    all.retain(|part| part.len() >= SHORTEST && !is_public(part));
    all.sort_unstable();
    all.dedup();
    all
}

/// An address as it may be said: its scheme, its host and its port, and that there is more.
pub fn address(value: &str) -> String {
    let Some(parts) = Parts::of(value) else { return "***".to_owned() };
    let user = if parts.userinfo.is_some() { "***@" } else { "" };
    let more = if parts.path.len() > 1 || parts.query.is_some() || parts.fragment.is_some() { "/***" } else { "" };
    format!("{}://{user}{}{more}", parts.scheme, parts.host)
}

/// The parts of an address.
struct Parts<'a> {
    scheme: &'a str,
    userinfo: Option<&'a str>,
    host: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
    /// Where the path begins.
    start: usize,
}

impl<'a> Parts<'a> {
    fn of(value: &'a str) -> Option<Self> {
        let (scheme, rest) = value.split_once("://")?;
        if scheme.is_empty() || !scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')) {
            return None;
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let (userinfo, host) = match authority.rsplit_once('@') {
            Some((userinfo, host)) => (Some(userinfo), host),
            None => (None, authority),
        };
        let (before, fragment) = tail.split_once('#').map_or((tail, None), |(tail, fragment)| (tail, Some(fragment)));
        let (path, query) = before.split_once('?').map_or((before, None), |(path, query)| (path, Some(query)));
        Some(Parts { scheme, userinfo, host, path, query, fragment, start: value.len() - tail.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_everything_but_scheme_and_host() {
        let value =
            "https://user:password-1@hooks.example.com/webhooks/T0/B0/abcdefghij?token=0123456789&a=b#fragment-x";
        let hidden = parts(value);
        for part in [value, "user:password-1", "password-1", "abcdefghij", "0123456789", "fragment-x"] {
            assert!(hidden.contains(&part), "{part}: {hidden:?}");
        }
        for part in ["https", "hooks.example.com", "webhooks", "example", "T0", "b"] {
            assert!(!hidden.contains(&part), "{part}");
        }
        assert_eq!(parts("growth"), Vec::<&str>::new());
        assert_eq!(parts("a-longer-word"), ["a-longer-word"]);
    }

    #[test]
    fn an_address_is_said_as_its_host() {
        assert_eq!(address("http://posthog.example.com"), "http://posthog.example.com");
        assert_eq!(address("http://posthog.example.com:80/"), "http://posthog.example.com:80");
        assert_eq!(address("http://u:p@posthog.example.com/x?y"), "http://***@posthog.example.com/***");
        assert_eq!(address("phx_something"), "***");
    }
}
