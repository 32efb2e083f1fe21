//! Stripe for plg: what an account sells, for how much, and whom it tells.
//!
//! Version [`VERSION`] of the API is spoken. What stands here is constant data and pure functions: the engine sends the
//! requests.

mod api;
mod codes;
mod examples;
mod kinds;
mod money;
mod settings;
mod values;

pub use api::VERSION;
pub use kinds::{
    ALL, AppliesTo, Coupon, Duration, Interval, Price, Product, PromotionCode, Recurring, Repeating, Restrictions,
    TaxBehavior, TaxRate, TaxType, WebhookEndpoint, keyword,
};
pub use money::Amount;
pub use settings::Stripe;
pub use values::{
    CountryCode, CouponId, CouponName, Descriptor, EventType, Feature, Label, LookupKey, Metadata, MetadataValue,
    ProductId, PromoCode, StateCode, TaxCode, TaxName, UnitLabel,
};

use plg_core::Provider;

/// Stripe.
pub static PROVIDER: Provider = Provider {
    word: "stripe",
    title: "Stripe",
    account: "account",
    settings: &Stripe::RECORD,
    kinds: ALL,
    between: kinds::BETWEEN,
    importers: kinds::IMPORTERS,
    unexpressed: kinds::UNEXPRESSED,
    codes: codes::CODES,
    examples: examples::EXAMPLES,
    api: &api::StripeApi,
    ..Provider::BLANK
};

plg_core::stack_types!(__stripe);
