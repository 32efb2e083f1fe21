//! How a "no" reads.

/// Why a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The key is not accepted.
    Auth,
    /// The key lacks a permission.
    Scope,
    /// It is not there.
    NotFound,
    /// The account's plan or quota does not allow it.
    Billing,
    /// The remote does not accept what was asked.
    Refused,
    /// Something else has the same key, or changed in between.
    Conflict,
    /// Something else has the same key, and may be what an earlier request made whose answer was lost.
    Raced,
    /// Too many requests, for too long.
    Limited,
    /// The remote failed.
    Server,
    /// No address, or no connection: it was not sent.
    Unreachable,
    /// The connection broke.
    Network,
    /// No answer in time.
    Timeout,
    /// An answer that cannot be read.
    Malformed,
}

impl FailureKind {
    /// What a status is where no API gives it a meaning of its own.
    pub fn of(status: u16) -> Self {
        match status {
            401 => FailureKind::Auth,
            403 => FailureKind::Scope,
            404 => FailureKind::NotFound,
            408 => FailureKind::Timeout,
            409 => FailureKind::Conflict,
            429 => FailureKind::Limited,
            425 | 500.. => FailureKind::Server,
            ..=399 => FailureKind::Malformed,
            _ => FailureKind::Refused,
        }
    }
}

/// What an answer that says no says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub kind: FailureKind,
    /// The API's own code.
    pub code: Option<String>,
    /// The API's own words, where it gives a reason.
    pub message: Option<String>,
    /// The field it is about.
    pub field: Option<String>,
}

impl Refusal {
    /// Says only why: `Refusal { message, ..Refusal::of(kind) }` adds what the API says beside it.
    pub const fn of(kind: FailureKind) -> Refusal {
        Refusal { kind, code: None, message: None, field: None }
    }
}

/// Words by which an API says that a plan, an allowance or a bill is in the way, and not a permission or a field.
const OF_BILLING: &[&str] =
    &["billing", "payment", "quota", "upgrade", "plan_limit", "limit_reached", "limit_exceeded"];

/// Whether an answer says that the account has to pay more, or use less; `code` is the API's own.
pub fn of_billing(status: u16, code: Option<&str>) -> bool {
    let is_said = code.map(str::to_ascii_lowercase).is_some_and(|code| {
        OF_BILLING.iter().any(|word| code.contains(word)) && !code.contains("rate_limit") && !code.contains("throttle")
    });
    status == 402 || (is_said && matches!(status, 400 | 403 | 409 | 422))
}
