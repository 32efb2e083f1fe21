//! A stack of what localstripe knows: products, coupons and tax rates. `EMULATED` says which form of it.

use std::process::ExitCode;

/// As it is deployed first.
mod first {
    billing_macros::stack! {
        name: "emulated",
        stages: { emulator: { stripe: { key: env("STRIPE_API_KEY") } } },
        parts: [super::kept],

        /// Everything for a team.
        product Pro { id: "pro", statement_descriptor: "SHOP PRO", metadata: { "tier": "2" } }
        product Old { id: "old" }

        coupon Launch { id: "LAUNCH", percent_off: 20%, duration: repeating(3), metadata: { "by": "mail" } }
        coupon Gone { id: "GONE", amount_off: "5.00 EUR", duration: once }

        tax_rate Vat { percentage: 19%, inclusive: true, jurisdiction: "DE" }
    }
}

/// The same, changed: of products and coupons one is changed or replaced, one new, and one no longer declared.
mod second {
    billing_macros::stack! {
        name: "emulated",
        stages: { emulator: { stripe: { key: env("STRIPE_API_KEY") } } },
        parts: [super::kept],

        /// Everything for a team, and more.
        product Pro { id: "pro", name: "Pro 2", url: "https://shop.example/pro", metadata: { "tier": "3" } }
        product Team { id: "team" }

        coupon Launch { id: "LAUNCH", percent_off: 25%, duration: once }
        coupon Friends { id: "FRIENDS", percent_off: 10%, duration: forever }

        tax_rate Vat { percentage: 19%, inclusive: true, jurisdiction: "DE" }
    }
}

/// A share of a tax that rises, and nothing else but what stays.
mod third {
    billing_macros::stack! {
        name: "emulated",
        stages: { emulator: { stripe: { key: env("STRIPE_API_KEY") } } },
        parts: [super::kept],

        tax_rate Vat { percentage: 20%, inclusive: true, jurisdiction: "DE" }
    }
}

/// What stays as it is, in each.
mod kept {
    billing_macros::stack! {
        product Basic { id: "basic" }
        product Seat { id: "seat" }
        product Support { id: "support" }
        coupon Winter { id: "WINTER", percent_off: 12.5%, duration: once }
        coupon Summer { id: "SUMMER", percent_off: 15%, duration: forever }
        tax_rate Reduced { percentage: 7%, inclusive: true, jurisdiction: "DE" }
        tax_rate Sales { percentage: 6.25%, inclusive: false, jurisdiction: "US - MA" }
    }
}

fn main() -> ExitCode {
    let stack = match std::env::var("EMULATED").as_deref() {
        Ok("second") => &second::STACK,
        Ok("third") => &third::STACK,
        _ => &first::STACK,
    };
    plg::app(stack).main()
}
