//! Keys that objects of many kinds have in their answers, and that no declaration has to say.

use plg_core::source::Noise;

/// What PostHog adds to an object of any kind.
pub(crate) const POSTHOG: &[Noise] = &[
    Noise {
        because: "PostHog gives it out",
        keys: &["id", "uuid", "short_id", "team", "team_id", "project_id", "organization", "organization_id"],
    },
    Noise {
        because: "it says when something was done to it",
        keys: &["created_at", "updated_at", "last_modified_at", "last_accessed_at", "last_viewed_at", "last_refresh"],
    },
    Noise {
        because: "it says who did something to it",
        keys: &["created_by", "updated_by", "last_modified_by", "modified_by"],
    },
    Noise {
        because: "it says what the key that asks may do",
        keys: &["user_access_level", "effective_privilege_level", "can_edit", "_create_in_folder"],
    },
    Noise { because: "declarations say whether it is there", keys: &["deleted"] },
];
