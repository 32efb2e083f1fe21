//! How the stack whose sandbox this is was built and deployed last, as whoever builds it says: the top of the page.

use super::html::escaped;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// How many bytes of a text are kept: more than anybody reads on a page, and less than a page takes long to load.
const KEPT: usize = 64 << 10;

/// How far a stack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BuildState {
    /// It is being built.
    Building,
    /// It does not compile.
    BuildFailed,
    /// It compiles, and could not be deployed.
    DeployFailed,
    /// It is deployed.
    Deployed,
}

/// How a stack was built and deployed last. It is kept in memory alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BuildStatus {
    pub(crate) state: BuildState,
    /// One line, in plain text.
    pub(crate) says: String,
    /// More of it, in plain text of several lines: what the compiler says, or why nothing was deployed.
    #[serde(default)]
    pub(crate) detail: String,
    /// When the sandbox was told, by the clock of this machine.
    #[serde(skip_deserializing, default = "Timestamp::now")]
    pub(crate) at: Timestamp,
}

impl BuildStatus {
    /// As much of it as is kept.
    pub(crate) fn kept(mut self) -> BuildStatus {
        for text in [&mut self.says, &mut self.detail] {
            if text.len() > KEPT {
                text.truncate(text.floor_char_boundary(KEPT));
                text.push_str("\n…");
            }
        }
        self
    }
}

/// The place at the top of the page where it stands; empty where nobody said anything. It is there in any case, so that a
/// screen reader hears of what comes into it.
pub(crate) fn banner(out: &mut String, status: Option<&BuildStatus>) {
    out.push_str("<div id=\"build\" aria-live=\"polite\">");
    if let Some(BuildStatus { state, says, detail, at }) = status {
        let class = match state {
            BuildState::Building => "waits",
            BuildState::BuildFailed | BuildState::DeployFailed => "failed",
            BuildState::Deployed => "good",
        };
        let (day, time) = (at.strftime("%Y-%m-%dT%H:%M:%SZ"), at.strftime("%H:%M:%S UTC"));
        let _ = write!(
            out,
            "<section class=\"build {class}\" aria-label=\"The stack\"><p>{} at <time datetime=\"{day}\">{time}</time></p>",
            escaped(says)
        );
        if !detail.is_empty() {
            // It scrolls, which whoever has no mouse does once it has the focus.
            let _ = write!(
                out,
                "<pre tabindex=\"0\" role=\"group\" aria-label=\"What was said\">{}</pre>",
                escaped(detail)
            );
        }
        out.push_str("</section>");
    }
    out.push_str("</div>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_stands_on_the_page_as_text() {
        let told = r#"{ "state": "build_failed", "says": "a <b> & c", "detail": "error: </pre><script>x</script>" }"#;
        let status: BuildStatus = serde_json::from_str(told).unwrap();
        let mut page = String::new();
        banner(&mut page, Some(&status));
        assert!(page.contains("a &lt;b&gt; &amp; c"), "{page}");
        assert!(page.contains("error: &lt;/pre&gt;&lt;script&gt;x&lt;/script&gt;</pre>"), "{page}");
        let mut empty = String::new();
        banner(&mut empty, None);
        assert_eq!(empty, "<div id=\"build\" aria-live=\"polite\"></div>\n");
    }

    #[test]
    fn no_more_is_kept_than_fits() {
        let long = BuildStatus {
            state: BuildState::DeployFailed,
            says: "short".into(),
            detail: "ä".repeat(KEPT),
            at: Timestamp::UNIX_EPOCH,
        };
        let kept = long.kept();
        assert_eq!((kept.says.as_str(), kept.detail.len()), ("short", KEPT + "\n…".len()));
    }
}
