//! Stripe's kinds, one file each.

mod coupon;
mod price;
mod product;
mod promotion_code;
mod rest;
mod tax_rate;
mod webhook_endpoint;

pub use coupon::{AppliesTo, Coupon, Duration, Repeating};
pub use price::{Interval, Price, Recurring, TaxBehavior};
pub use product::Product;
pub use promotion_code::{PromotionCode, Restrictions};
pub use tax_rate::{TaxRate, TaxType};
pub use webhook_endpoint::WebhookEndpoint;

use plg_core::BetweenRule;
use plg_core::Paging;
use plg_core::source::{Importer, Unexpressed, whole};

plg_core::kinds! {
    product Product,
    price Price,
    coupon Coupon,
    promotion_code PromotionCode,
    tax_rate TaxRate,
    webhook_endpoint WebhookEndpoint,
}

/// What others refer to comes first.
pub(crate) static IMPORTERS: &[Importer] = &[
    Importer::of::<Product>(&[], whole),
    Importer::of::<Price>(&["product"], whole),
    Importer::of::<Coupon>(&["product"], whole),
    Importer::of::<PromotionCode>(&["coupon"], whole),
    Importer::of::<TaxRate>(&[], whole),
    Importer::of::<WebhookEndpoint>(&[], whole),
];

/// Rules that look at more than one declaration.
pub(crate) static BETWEEN: &[BetweenRule] = &[tax_rate::TOLD_APART];

/// What an account sells that there is no kind for.
pub(crate) static UNEXPRESSED: &[Unexpressed] = &[
    unexpressed("payment link", "/v1/payment_links", &["url", "id"]),
    unexpressed("shipping rate", "/v1/shipping_rates", &["display_name", "id"]),
    unexpressed("billing meter", "/v1/billing/meters", &["display_name", "id"]),
    unexpressed("entitlement feature", "/v1/entitlements/features", &["lookup_key", "id"]),
];

const fn unexpressed(kind: &'static str, path: &'static str, named: &'static [&'static str]) -> Unexpressed {
    Unexpressed { kind, path, paging: Paging::Cursor { limit: 100, after: "starting_after" }, named }
}
