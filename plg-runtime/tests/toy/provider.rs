//! A provider that no line of plg names: one kind, lists that follow a cursor, forms, and keys for creates.

use plg_core::prelude::*;
use plg_core::provider::{AccountIdentity, AccountSettings, FailureKind, LimitClass, LimitRate, Refusal, form_body};
use plg_core::source::{Answers, Import, Importer, Known, read, whole};
use plg_core::{Api, Permission, Provider, Record};
use std::time::Duration;

plg_core::record! {
    /// An account of the till.
    Till {
        /// Its key.
        key: Secret,
    }
}

impl AccountSettings for Till {
    fn key(&self) -> Secret {
        self.key
    }

    fn address(&self) -> Text {
        Text::Given("https://till.example")
    }

    fn written(&self) -> Option<String> {
        plg_core::source::written_value(self)
    }
}

plg_core::kind! {
    /// What something costs.
    price Price {
        /// What people call it.
        title: Name,
        /// For whom it is.
        note: Option<Str> = None,
        /// Whether it can be bought.
        active: bool = true,
    }
    provider: &PROVIDER,
    key: &["title"],
    check: |_, _, _| (),
    unique: &[],
    titled: None,
    surface: Surface::NONE,
    wire: &Prices,
}

impl Describe for Price {
    fn want(&self) -> Want {
        Want::new()
            .set("title", self.title.0)
            .set("note", self.note.map_or("", |note| note.0))
            .set("active", self.active)
    }
}

#[derive(Debug)]
struct Prices;

impl Wire for Prices {
    fn collection(&self, _: &Map) -> RestCollection {
        RestCollection {
            path: "/v1/prices".to_owned(),
            query: "",
            paging: Paging::Cursor { limit: 2, after: "starting_after" },
            envelope: None,
            ending: plg_core::wire::Ending::Delete,
        }
    }

    fn read(&self, json: Json) -> Option<Live> {
        let Json::Object(mut fields) = json else { return None };
        let id = id_text(&fields.remove("id")?)?;
        let archived = fields.remove("deleted") == Some(Json::Bool(true));
        Some(Live {
            id: id.clone(),
            archived,
            outputs: Map::from_iter([("id".to_owned(), id.into())]),
            fields,
            ..Live::default()
        })
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let part = pick(want, changed);
        (!part.is_empty()).then(|| Call::new("POST", format!("/v1/prices/{}", prior.id), Json::Object(part)))
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "title").to_owned())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }
}

impl Import for Price {
    const ANSWERS: Answers = Answers { noise: &[], usual: &[], called: &[], placed: &[] };

    fn label(live: &Live) -> &str {
        text(&live.fields, "title")
    }

    fn import(live: &Live, common: Common, _: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        Ok(Price {
            common,
            title: Name(read::leak(text(fields, "title"))),
            note: fields.get("note").and_then(|note| read::text(note, "")),
            active: read::on(fields.get("active")),
        })
    }
}

#[derive(Debug)]
struct TillApi;

static LIMITS: [LimitClass; 1] = [LimitClass {
    of: "the till",
    allows: "100 requests a second",
    published: &[LimitRate::a_second(100.0, 100.0)],
    rates: &[LimitRate::a_second(80.0, 80.0)],
}];

impl Api for TillApi {
    fn base(&self) -> &'static str {
        "/v1/"
    }

    fn authorisation(&self, key: &str) -> (&'static str, String) {
        ("x-till-key", key.to_owned())
    }

    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[("till-version", "2026-01-01")]
    }

    fn body(&self, body: &Json) -> (&'static str, String) {
        form_body(body)
    }

    fn refusal(&self, status: u16, body: &Json) -> Refusal {
        let error = body.get("error");
        let said = |key: &str| error?.get(key)?.as_str().map(str::to_owned);
        Refusal { kind: FailureKind::of(status), code: said("code"), message: said("message"), field: said("param") }
    }

    fn whoami(&self) -> Call {
        Call::bare("GET", "/v1/account")
    }

    fn identity(&self, answer: &Json, _: &str, _: &[(&'static str, String)]) -> Result<AccountIdentity, String> {
        let id = answer.get("id").and_then(Json::as_str).ok_or("it names no account")?;
        Ok(AccountIdentity { id: id.to_owned(), name: "Till".to_owned(), scopes: None })
    }

    fn keys_are(&self) -> &'static str {
        "under Keys"
    }

    fn permission(&self, _: &str) -> Option<Permission> {
        None
    }

    fn limits(&self) -> &'static [LimitClass] {
        &LIMITS
    }

    fn late_window(&self) -> Duration {
        Duration::from_secs(7)
    }

    fn idempotency(&self) -> Option<&'static str> {
        Some("idempotency-key")
    }
}

/// The till.
pub(crate) static PROVIDER: Provider = Provider {
    word: "till",
    title: "Till",
    account: "shop",
    settings: SETTINGS,
    kinds: &[&<Price as plg_core::kinds::Kind>::SPEC],
    importers: IMPORTERS,
    api: &TillApi,
    ..Provider::BLANK
};

static IMPORTERS: &[Importer] = &[Importer::of::<Price>(&[], whole)];

const SETTINGS: &Record = &Till::RECORD;
