//! What an attribute can hold.

use super::super::prelude::*;
use super::super::{On, SelectOption, Status};

plg_core::choice! {
    /// What a value of an attribute is.
    Holds "type of attribute" {
        /// Text.
        text,
        /// A number.
        number,
        /// Yes or no.
        checkbox,
        /// An amount of money: `currency(USD)`.
        currency(Currency),
        /// A day.
        date,
        /// A day and a time.
        timestamp,
        /// One to five stars.
        rating,
        /// One of the options listed, or several with `multiple: true`: `select { Trial, Active }`.
        select(Items<SelectOption>),
        /// One of the steps listed: `status { Open, Won { celebrate: true } }`. On people and companies since May 2026.
        status(Items<Status>),
        /// A record of one of the objects listed: `record [companies]`.
        record(RecordReference),
        /// A member of the workspace, or an app.
        actor,
        /// A place.
        location,
        /// A phone number.
        phone_number,
        /// An e-mail address. Attio makes these itself, so only for an `existing attribute`.
        email_address,
        /// A domain. Attio makes these itself, so only for an `existing attribute`.
        domain,
    }
}

plg_core::record! {
    /// An amount of money.
    Currency {
        /// The currency, as three letters.
        code: CurrencyCode,
        /// How amounts are shown.
        shows: CurrencyDisplay = CurrencyDisplay::symbol,
    }
}

plg_core::record! {
    /// A record of some objects.
    RecordReference {
        /// The objects; left to Attio's settings where there are none, at first any object.
        to: &'static [On] = &[],
    }
}

plg_core::words! {
    /// How an amount of money is shown.
    CurrencyDisplay "way to show a currency" {
        /// `USD 100`
        code,
        /// `100 US dollars`
        name,
        /// `$100`, whichever dollar it is.
        narrow_symbol = "narrowSymbol",
        /// `US$100`
        symbol,
    }
}

plg_core::words! {
    /// A currency that Attio knows, by its code.
    CurrencyCode "currency that Attio knows", code: crate::codes::NOT_ON_THIS_OBJECT {
        /// US dollar
        USD,
        /// Euro
        EUR,
        /// Pound sterling
        GBP,
        /// Argentine peso
        ARS,
        /// Australian dollar
        AUD,
        /// Brazilian real
        BRL,
        /// Bulgarian lev
        BGN,
        /// Canadian dollar
        CAD,
        /// Chilean peso
        CLP,
        /// Chinese yuan
        CNY,
        /// Colombian peso
        COP,
        /// Czech koruna
        CZK,
        /// Danish krone
        DKK,
        /// Egyptian pound
        EGP,
        /// Fijian dollar
        FJD,
        /// Ghanaian cedi
        GHS,
        /// Hong Kong dollar
        HKD,
        /// Hungarian forint
        HUF,
        /// Icelandic króna
        ISK,
        /// Indian rupee
        INR,
        /// Indonesian rupiah
        IDR,
        /// Israeli new shekel
        ILS,
        /// Japanese yen
        JPY,
        /// Kenyan shilling
        KES,
        /// South Korean won
        KRW,
        /// Malaysian ringgit
        MYR,
        /// Mexican peso
        MXN,
        /// New Taiwan dollar, which is `TWD` elsewhere
        NTD,
        /// New Zealand dollar
        NZD,
        /// Nigerian naira
        NGN,
        /// Norwegian krone
        NOK,
        /// Omani rial
        OMR,
        /// CFP franc
        XPF,
        /// Peruvian sol
        PEN,
        /// Philippine peso
        PHP,
        /// Polish złoty
        PLN,
        /// Qatari riyal
        QAR,
        /// Rwandan franc
        RWF,
        /// Saudi riyal
        SAR,
        /// Singapore dollar
        SGD,
        /// South African rand
        ZAR,
        /// Swedish krona
        SEK,
        /// Swiss franc
        CHF,
        /// Thai baht
        THB,
        /// Turkish lira
        TRY,
        /// UAE dirham
        AED,
        /// Uruguayan peso
        UYU,
    }
}

plg_core::choice! {
    /// What a new record has where nothing is given.
    DefaultValue "default value" {
        /// Whoever creates the record; for `actor`.
        current_user,
        /// When the record is created; for `date` and `timestamp`.
        now,
        /// Some time after the record is created, such as `after(30 days)`; for `date` and `timestamp`.
        after(Span),
        /// Always the same, such as `value(5)`; for `text`, `number`, `checkbox` and `rating`.
        value(plg_core::Json),
    }
}

impl Holds {
    /// The type as the API spells it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Holds::text => "text",
            Holds::number => "number",
            Holds::checkbox => "checkbox",
            Holds::currency(_) => "currency",
            Holds::date => "date",
            Holds::timestamp => "timestamp",
            Holds::rating => "rating",
            Holds::select(_) => "select",
            Holds::status(_) => "status",
            Holds::record(_) => "record-reference",
            Holds::actor => "actor-reference",
            Holds::location => "location",
            Holds::phone_number => "phone-number",
            Holds::email_address => "email-address",
            Holds::domain => "domain",
        }
    }

    /// The one object whose records it refers to.
    pub(super) fn one_object(&self) -> Option<On> {
        match self {
            Holds::record(RecordReference { to: [one] }) => Some(*one),
            _ => None,
        }
    }

    /// The type's settings, where any are declared.
    pub(super) fn config(&self) -> Option<Term> {
        match self {
            Holds::currency(currency) => Some(term!({ "currency": {
                "default_currency_code": currency.code.as_str(),
                "display_type": currency.shows.as_str(),
            } })),
            Holds::record(record) if !record.to.is_empty() => {
                let objects: Vec<_> = record.to.iter().map(|on| reference(on.object())).collect();
                Some(term!({ "record_reference": { "allowed_objects": objects } }))
            }
            _ => None,
        }
    }
}

impl DefaultValue {
    /// As the API has it.
    pub(super) fn json(self) -> Term {
        match self {
            DefaultValue::current_user => term!({ "type": "dynamic", "template": "current-user" }),
            DefaultValue::now => term!({ "type": "dynamic", "template": "PT0S" }),
            DefaultValue::after(span) => term!({ "type": "dynamic", "template": span.iso() }),
            DefaultValue::value(value) => term!({ "type": "static", "template": [{ "value": value.term() }] }),
        }
    }
}
