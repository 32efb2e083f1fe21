//! What the compiler says about Stripe's kinds alone.

plg_core::codes! {
    MONEY "P0801" "an amount of money"
        "An amount is written with its currency and with every digit that the currency has, so that nobody takes cents for euros: `19.00 EUR`, `500 JPY`, `1.500 KWD`."
        "Write the amount that the message offers."
    DISCOUNT "P0802" "a discount"
        "A coupon takes off a share or an amount, and Stripe refuses both and neither."
        "Write either `percent_off: 20%` or `amount_off: \"5.00 EUR\"`."
    BILLING_PERIOD "P0803" "a billing period"
        "Stripe bills a subscription every day to every three years: 1,095 days, 156 weeks, 36 months or 3 years."
        "Write a shorter period."
    REDEEMED "P0804" "who may redeem a code"
        "Stripe refuses such a promotion code, or it could never be redeemed."
        "Do what the message says."
    METADATA "P0805" "metadata that Stripe refuses"
        "Stripe keeps up to 50 keys of 40 characters without square brackets, each with a value of 500 characters."
        "Shorten it, or leave it out."
}
