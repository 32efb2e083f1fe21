//! What is refused, and the same as it is taken: of every code that this provider's kinds have.

use plg_core::codes::{Example, example};

/// In the order of their codes.
pub(crate) static EXAMPLES: &[Example] = &[
    example(
        "P0801",
        r#"product Pro { id: "pro" }
price Monthly { product: Pro, lookup_key: "pro_monthly", amount: "1900 EUR", recurring: { interval: month } }"#,
        r#"product Pro { id: "pro" }
price Monthly { product: Pro, lookup_key: "pro_monthly", amount: "19.00 EUR", recurring: { interval: month } }"#,
    ),
    example(
        "P0802",
        r#"coupon Launch { id: "LAUNCH", percent_off: 20%, amount_off: "5.00 EUR", duration: once }"#,
        r#"coupon Launch { id: "LAUNCH", percent_off: 20%, duration: once }"#,
    ),
    example(
        "P0803",
        r#"product Pro { id: "pro" }
price Rarely { product: Pro, lookup_key: "pro_rarely", amount: "19.00 EUR", recurring: { interval: year, interval_count: 4 } }"#,
        r#"product Pro { id: "pro" }
price Rarely { product: Pro, lookup_key: "pro_rarely", amount: "19.00 EUR", recurring: { interval: year, interval_count: 3 } }"#,
    ),
    example(
        "P0804",
        r#"coupon Launch { id: "LAUNCH", percent_off: 20%, duration: once }
promotion_code Friends { coupon: Launch, code: "FRIENDS", max_redemptions: 0 }"#,
        r#"coupon Launch { id: "LAUNCH", percent_off: 20%, duration: once }
promotion_code Friends { coupon: Launch, code: "FRIENDS", max_redemptions: 100 }"#,
    ),
    example(
        "P0805",
        r#"product Pro { id: "pro", metadata: { "tier[0]": "pro" } }"#,
        r#"product Pro { id: "pro", metadata: { "tier": "pro" } }"#,
    ),
];
