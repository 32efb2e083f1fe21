//! Where on the page a resource is found.

/// An address as the name of a place on the page.
pub(super) fn anchor(address: &str) -> String {
    address.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' }).collect()
}
