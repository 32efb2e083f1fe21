//! The API of a provider that does not say how it is talked to.

use super::{AccountIdentity, Api, FailureKind, LimitClass, LimitRate, Refusal};
use crate::Permission;
use crate::wire::Call;
use serde_json::Value as Json;

#[derive(Debug)]
pub(super) struct BlankApi;

// Slow, as nothing is known of it.
static LIMITS: [LimitClass; 1] =
    [LimitClass { of: "this API", allows: "", published: &[], rates: &[LimitRate::a_second(1.0, 1.0)] }];

impl Api for BlankApi {
    fn base(&self) -> &'static str {
        "/"
    }

    fn refusal(&self, status: u16, _: &Json) -> Refusal {
        Refusal::of(FailureKind::of(status))
    }

    fn whoami(&self) -> Call {
        Call::bare("GET", "/")
    }

    fn identity(&self, _: &Json, _: &str, _: &[(&'static str, String)]) -> Result<AccountIdentity, String> {
        Err("its provider does not say how it is talked to: `Provider::api` is blank".to_owned())
    }

    fn keys_are(&self) -> &'static str {
        "where its documentation says"
    }

    fn permission(&self, _: &str) -> Option<Permission> {
        None
    }

    fn limits(&self) -> &'static [LimitClass] {
        &LIMITS
    }
}
