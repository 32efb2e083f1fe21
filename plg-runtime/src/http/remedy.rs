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
                "{host} gave no reason, as a proxy or a firewall does: check that it is {name} itself, and what {key} may do"
            ),
            FailureKind::Scope => format!("give {key} the permission named, then run it again"),
            FailureKind::Billing => format!(
                "the plan or the quota of the {name} account does not allow it: raise it in {name}'s billing settings, or take the resource out of the stack; then run it again"
            ),
            FailureKind::NotFound => {
                "it may have been removed in the web app: run it again to see what is there now".into()
            }
            FailureKind::Refused if self.status == Some(407) => {
                "the proxy wants a user and a password: write them into HTTPS_PROXY, or name the host in NO_PROXY"
                    .into()
            }
            FailureKind::Refused if matches!(self.status, Some(404 | 405)) => format!(
                "{host} does not know this request: check that it is {name} itself, and a version of it that has this"
            ),
            FailureKind::Refused => "change the declaration, then run it again".into(),
            FailureKind::Conflict => {
                "something there has the same key or name: give one of the two another, or remove the other".into()
            }
            FailureKind::Raced => {
                "run it again: what an earlier request made, whose answer was lost, is found then and taken over".into()
            }
            FailureKind::Limited => "wait a few minutes, then run it again: it goes on where it stopped".into(),
            FailureKind::Server => "run it again in a while: it goes on where it stopped".into(),
            FailureKind::Unreachable | FailureKind::Network if self.message.contains("certificate") => format!(
                "check that {host} is {name} itself, and the clock of this machine; a proxy that opens TLS needs its root among those of the system"
            ),
            FailureKind::Unreachable | FailureKind::Network | FailureKind::Timeout => {
                format!("check the connection and {host}, then run it again: it goes on where it stopped")
            }
            FailureKind::Malformed if self.status.is_some_and(|status| (300..400).contains(&status)) => format!(
                "if that is {name}'s address now, have the stage name it; otherwise check for a proxy in between"
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
        assert!(scope.contains("give the key in SOME_KEY the permission named"), "{scope}");
        let silent = hint(&plg_posthog::PROVIDER, 403, &Json::Null);
        assert!(silent.contains("api.example.com gave no reason"), "{silent}");
        assert!(hint(&plg_attio::PROVIDER, 401, &Json::Null).contains("SOME_KEY"));
        assert!(hint(&plg_attio::PROVIDER, 407, &Json::Null).contains("HTTPS_PROXY"));
        assert!(hint(&plg_attio::PROVIDER, 405, &Json::Null).contains("does not know this request"));
        assert!(hint(&plg_attio::PROVIDER, 422, &json!({ "message": "No." })).contains("change the declaration"));
        assert!(hint(&plg_attio::PROVIDER, 409, &json!({ "code": "slug_conflict" })).contains("same key or name"));
        let limited = hint(&plg_posthog::PROVIDER, 429, &json!({ "code": "rate_limit_exceeded" }));
        assert!(limited.contains("wait a few minutes"), "{limited}");
    }
}
