//! What to do about a request that did not succeed.

use super::endpoint::title;
use super::failure::{Failure, FailureKind};

impl Failure {
    /// What to do next.
    pub fn hint(&self) -> String {
        let name = title(self.provider, self.account);
        let key = match &self.asked.key {
            Some(variable) => format!("the key in {variable}"),
            None => format!("the {name} API key of this stage"),
        };
        let host = if self.asked.host.is_empty() { "the host" } else { self.asked.host.as_str() };
        match self.kind {
            FailureKind::Auth => format!("check {key}: {host} does not accept it"),
            FailureKind::Scope if self.is_unexplained() => format!(
                "{host} gave no reason, as proxies and firewalls do: check that the host is {name} itself, and check the permissions of {key}"
            ),
            FailureKind::Scope => format!("add the permission to {key}, then run it again"),
            FailureKind::Billing => format!(
                "the plan or quota of the {name} account does not allow it: raise it in {name}'s billing settings, or remove the resource from the stack; then run it again"
            ),
            FailureKind::NotFound => {
                "it may have been removed in the web app: run it again to read the present objects".into()
            }
            FailureKind::Refused if self.status == Some(407) => {
                "the proxy requires a user and a password: set them in HTTPS_PROXY, or add the host to NO_PROXY".into()
            }
            FailureKind::Refused if matches!(self.status, Some(404 | 405)) => format!(
                "{host} does not support this request: check that the host is {name} itself, in a version that supports it"
            ),
            FailureKind::Refused => "change the declaration, then run it again".into(),
            FailureKind::Conflict => "another object has the same key or name: rename or remove one of the two".into(),
            FailureKind::Raced => {
                "run it again: plg then finds and adopts the object that an earlier request created without an answer"
                    .into()
            }
            FailureKind::Limited => "wait a few minutes, then run it again: it continues where it stopped".into(),
            FailureKind::Server => "run it again later: it continues where it stopped".into(),
            FailureKind::Unreachable | FailureKind::Network if self.message.contains("certificate") => format!(
                "check that the host {host} is {name} itself, and check the clock of this machine; if a proxy inspects TLS, install its root certificate on the system"
            ),
            FailureKind::Unreachable | FailureKind::Network | FailureKind::Timeout => {
                format!("check the connection and {host}, then run it again: it continues where it stopped")
            }
            FailureKind::Malformed if self.status.is_some_and(|status| (300..400).contains(&status)) => format!(
                "if {name} has moved to that address, set it in the stage; otherwise check for a proxy in between"
            ),
            FailureKind::Malformed => format!("check that {host} is the API itself and not a proxy"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::answers::failure;
    use plg_core::Provider;
    use serde_json::{Value as Json, json};

    fn hint(provider: &'static Provider, status: u16, body: &Json) -> String {
        let mut failed = failure((provider, provider.default_account()), "POST", "/v2/objects", status, body);
        failed.asked.key = Some("SOME_KEY".to_owned());
        failed.asked.host = "api.example.com".to_owned();
        failed.hint()
    }

    #[test]
    fn the_remedy_fits() {
        for (provider, status, body) in [
            (&plg_attio::PROVIDER, 402, json!({ "code": "payment_required", "message": "Pay." })),
            (&plg_attio::PROVIDER, 403, json!({ "code": "billing_error", "message": "Pay." })),
            (&plg_attio::PROVIDER, 403, json!({ "type": "billing_error", "message": "Pay." })),
            (&plg_posthog::PROVIDER, 402, json!({ "detail": "Upgrade." })),
            (&plg_posthog::PROVIDER, 403, json!({ "code": "quota_limit_exceeded", "detail": "Too many." })),
            (&plg_posthog::PROVIDER, 400, json!({ "code": "free_plan_limit_reached", "detail": "Too many." })),
        ] {
            let said = hint(provider, status, &body);
            assert!(said.contains("billing settings") && !said.contains("declaration"), "{status} {body}: {said}");
        }
        let scope =
            hint(&plg_posthog::PROVIDER, 403, &json!({ "code": "permission_denied", "detail": "Missing x:read." }));
        assert!(scope.contains("add the permission to the key in SOME_KEY"), "{scope}");
        let silent = hint(&plg_posthog::PROVIDER, 403, &Json::Null);
        assert!(silent.contains("api.example.com gave no reason"), "{silent}");
        assert!(hint(&plg_attio::PROVIDER, 401, &Json::Null).contains("SOME_KEY"));
        assert!(hint(&plg_attio::PROVIDER, 407, &Json::Null).contains("HTTPS_PROXY"));
        assert!(
            hint(&plg_attio::PROVIDER, 405, &Json::Null)
                .contains("does not support this request: check that the host is")
        );
        assert!(hint(&plg_attio::PROVIDER, 422, &json!({ "message": "No." })).contains("change the declaration"));
        assert!(hint(&plg_attio::PROVIDER, 409, &json!({ "code": "slug_conflict" })).contains("same key or name"));
        let limited = hint(&plg_posthog::PROVIDER, 429, &json!({ "code": "rate_limit_exceeded" }));
        assert!(limited.contains("wait a few minutes"), "{limited}");
    }
}
