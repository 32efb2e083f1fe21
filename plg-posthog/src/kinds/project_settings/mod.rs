//! The settings of a PostHog project: one object that is always there.

use super::filter::Filter;
use super::prelude::*;
use super::{Dashboard, FeatureFlag, PathCleaning, PropertyKey};

mod check;
mod import;
mod texts;
mod wire;

pub(super) use check::{RULE, check_alone, check_linked_variant};
pub use texts::{AppUrl, BaseCurrency, TimeZone};

plg_core::words! {
    /// The day on which a week starts.
    WeekStart "first day of a week" {
        sunday,
        monday,
    }
}

plg_core::words! {
    /// To whom a product is sold.
    BusinessModel "business model" {
        /// To companies.
        b2b,
        /// To people.
        b2c,
        /// To others.
        other,
    }
}

plg_core::words! {
    /// Which properties of people the events of a project are read with.
    PersonsOnEvents "way to read people's properties on events" {
        /// Those that people have now.
        off = "disabled",
        /// Those that were sent with the event, by the person that it was sent of.
        as_sent = "person_id_no_override_properties_on_events",
        /// Those that were sent with the event, by the person that it is of since people were merged.
        merged = "person_id_override_properties_on_events",
        /// Those that people have now, by the person that an event is of since people were merged.
        joined = "person_id_override_properties_joined",
    }
}

plg_core::words! {
    /// How people are told apart without cookies.
    CookielessMode "way to tell people apart without cookies" {
        /// Not at all.
        off,
        /// By what each request says.
        stateless,
        /// By what each request says, and what PostHog remembers of a day.
        stateful,
    }
}

plg_core::record! {
    /// What is recorded of the requests of a page. PostHog keeps both words or neither.
    NetworkCapture {
        /// Whether their headers are.
        headers: bool = false,
        /// Whether their bodies are.
        body: bool = false,
    }
}

plg_core::record! {
    /// What recordings do not show. PostHog keeps it as a whole: what is not written is as the application says.
    Masking {
        /// Whether what people type is hidden.
        inputs: Option<bool> = None,
        /// The elements whose text is hidden, as a CSS selector; `"*"` is all of them.
        text: Option<Str> = None,
        /// The elements that are left out, as a CSS selector.
        block: Option<Str> = None,
    }
}

plg_core::record! {
    /// A flag, and one of its variants.
    FlagVariant {
        /// The flag.
        flag: Link<FeatureFlag>,
        /// The variant; any, where none is written.
        variant: Option<VariantKey> = None,
    }
}

plg_core::choice! {
    /// Who is recorded.
    RecordedPeople "group of people to record" {
        /// Everybody.
        everybody,
        /// Those for whom a flag is on, or who get this variant of it: `flag(Recorded, variant: "test")`. PostHog does
        /// not delete a flag that this is about.
        flag(FlagVariant),
    }
}

plg_core::kind! {
    /// The settings of a project, which it always has: they are changed, never made or removed. An account has one
    /// declaration of them. Each word that is not written is left to people; taking a word away leaves it as it is.
    ///
    /// Most of them need a key of somebody who administers the project. One that may read the log of changes
    /// (`activity_log:read`) lets `drift` say who changed them.
    ///
    /// Left out: the project's name and description, which people see in many places; `session_replay_config`,
    /// `survey_config`, the triggers of recordings, how long recordings are kept, and the settings of single products,
    /// which PostHog keeps as JSON without a form; what no personal key may change, such as conditions that new flags get;
    /// and whatever deletes, moves or locks a project.
    project_settings ProjectSettings {
        /// The time zone that days in charts are of, as IANA names it: `"Europe/Berlin"`. Results of insights change with it.
        timezone: Option<TimeZone> = None,
        /// The day on which a week starts in charts.
        week_starts: Option<WeekStart> = None,
        /// The currency that amounts are shown in, as three letters.
        currency: Option<BaseCurrency> = None,
        /// To whom the product is sold.
        business_model: Option<BusinessModel> = None,
        /// Whether a comparison with the time before is of whole weeks, months and years as people count them.
        human_friendly_comparison_periods: Option<bool> = None,
        /// What is so for people who are no test users, all of it: `[not_member(Staff)]`. Insights that say
        /// `without_test_users` measure by it.
        test_account_filters: Option<&'static [Filter]> = None,
        /// Whether new insights are without test users.
        without_test_users: Option<bool> = None,
        /// Names for paths that match an expression, the first first: `[{ matches: "/[0-9]+", alias: "/ID" }]`. `\1` in a
        /// name is what the first group matched.
        path_cleaning: Option<&'static [PathCleaning]> = None,
        /// The attributes of elements that actions and the toolbar know them by, such as `data-attr`.
        data_attributes: Option<&'static [Str]> = None,
        /// The properties of people that they are called by, the first that is set.
        person_names: Option<&'static [PropertyKey]> = None,
        /// Which properties of people events are read with. Results of insights change with it.
        persons_on_events: Option<PersonsOnEvents> = None,
        /// The dashboard that people see first.
        primary_dashboard: Option<Link<Dashboard>> = None,

        /// Whether the addresses of people's computers are dropped.
        anonymize_ips: Option<bool> = None,
        /// How people are told apart without cookies.
        cookieless: Option<CookielessMode> = None,
        /// Where the toolbar may be opened, each up to 200 characters, with up to five `*` in the host.
        app_urls: Option<&'static [AppUrl]> = None,
        /// Where recordings are taken, each up to 200 characters; everywhere, where the list is empty.
        recording_domains: Option<&'static [AppUrl]> = None,

        /// Whether events are captured without being asked for.
        autocapture: Option<bool> = None,
        /// Whether exceptions are captured.
        capture_exceptions: Option<bool> = None,
        /// Whether it is captured how fast pages are.
        capture_web_vitals: Option<bool> = None,
        /// Whether clicks that do nothing are captured.
        capture_dead_clicks: Option<bool> = None,
        /// Whether recordings have what the browser's console says.
        capture_console_log: Option<bool> = None,
        /// Whether recordings have what pages load, and how fast.
        capture_performance: Option<bool> = None,
        /// Whether heatmaps are.
        heatmaps: Option<bool> = None,
        /// Whether surveys are shown.
        surveys: Option<bool> = None,

        /// Whether sessions are recorded.
        recordings: Option<bool> = None,
        /// The share of sessions that is recorded, as a whole number of percent.
        recording_sample: Option<Percent> = None,
        /// How many milliseconds a session has to last to be kept, 0 to 30,000.
        recording_minimum_milliseconds: Option<i64> = None,
        /// Who is recorded.
        recorded: Option<RecordedPeople> = None,
        /// What is recorded of requests: `recorded_network: { headers: true }`.
        recorded_network: Option<NetworkCapture> = None,
        /// What recordings do not show: `masking: { inputs: true, text: "*" }`.
        masking: Option<Masking> = None,

        /// Whether every new flag needs a tag, and one that has some keeps one. The flags of the stack are held to it.
        require_flag_tags: Option<bool> = None,
        /// Whether every new flag needs a context. The flags of the stack are held to it.
        require_flag_contexts: Option<bool> = None,
        /// Whether people are asked before they change a flag.
        flag_confirmation: Option<bool> = None,
        /// The question that people are asked before they change a flag.
        flag_confirmation_message: Option<Str> = None,
        /// Whether people keep what they got when they sign in, in flags that people make in PostHog.
        persist_flags: Option<bool> = None,
    }
    provider: &crate::PROVIDER,
    key: &[],
    check: check::check,
    unique: &[],
    titled: None,
    surface: Surface::NONE,
    wire: &wire::SettingsOfProject,
}

impl Describe for ProjectSettings {
    fn want(&self) -> Want {
        let words = |texts: &[AppUrl]| texts.iter().map(|text| text.0).collect::<Vec<_>>();
        let rules = |rules: &[PathCleaning]| {
            let rule = |rule: &PathCleaning| json!({ "regex": rule.matches.0, "alias": rule.alias.0 });
            rules.iter().map(rule).collect::<Json>()
        };
        let mut want = Want::of(&self.common)
            .set_some("timezone", self.timezone.map(|zone| zone.0))
            .set_some("week_start_day", self.week_starts.map(|day| day as i64))
            .set_some("base_currency", self.currency.map(|code| code.0))
            .set_some("business_model", self.business_model.map(|model| model.as_str()))
            .set_some("test_account_filters", self.test_account_filters.map(Filter::list))
            .set_some("path_cleaning_filters", self.path_cleaning.map(rules))
            .set_some(
                "data_attributes",
                self.data_attributes.map(|all| all.iter().map(|one| one.0).collect::<Vec<_>>()),
            )
            .set_some(
                "person_display_name_properties",
                self.person_names.map(|all| all.iter().map(|one| one.name()).collect::<Vec<_>>()),
            )
            .set_some(wire::MODIFIERS, self.persons_on_events.map(|mode| json!({ wire::PERSONS_MODE: mode.as_str() })))
            .set_some("primary_dashboard", self.primary_dashboard.map(|dashboard| reference(dashboard)))
            .set_some("cookieless_server_hash_mode", self.cookieless.map(|mode| mode as i64))
            .set_some("app_urls", self.app_urls.map(words))
            .set_some("recording_domains", self.recording_domains.map(words))
            .set_some(wire::SAMPLE, self.recording_sample.map(|share| number(share.0 / 100.0)))
            .set_some("session_recording_minimum_duration_milliseconds", self.recording_minimum_milliseconds)
            .set_some(wire::LINKED_FLAG, self.recorded.map(|who| who.term()))
            .set_some(wire::NETWORK, self.recorded_network.map(|what| what.json()))
            .set_some("session_recording_masking_config", self.masking.map(|what| what.json()))
            .set_some(wire::POLICY, self.require_flag_tags.map(|on| json!({ wire::REQUIRE_TAGS: on })))
            .set_some("feature_flag_confirmation_message", self.flag_confirmation_message.map(|text| text.0));
        for (field, switch, is_inverted) in self.switches() {
            want = want.set_some(field, switch.map(|on| on != is_inverted));
        }
        for what in self.test_account_filters.into_iter().flatten().filter_map(Filter::named) {
            want = want.after(what.address());
        }
        want
    }
}

impl ProjectSettings {
    /// What is on or off, by its field, and whether the API says the opposite of the word.
    fn switches(&self) -> [(&'static str, Option<bool>, bool); 15] {
        let on = |field, switch| (field, switch, false);
        [
            on("human_friendly_comparison_periods", self.human_friendly_comparison_periods),
            on("test_account_filters_default_checked", self.without_test_users),
            on("anonymize_ips", self.anonymize_ips),
            ("autocapture_opt_out", self.autocapture, true),
            on("autocapture_exceptions_opt_in", self.capture_exceptions),
            on("autocapture_web_vitals_opt_in", self.capture_web_vitals),
            on("capture_dead_clicks", self.capture_dead_clicks),
            on("capture_console_log_opt_in", self.capture_console_log),
            on("capture_performance_opt_in", self.capture_performance),
            on("heatmaps_opt_in", self.heatmaps),
            on("surveys_opt_in", self.surveys),
            on("session_recording_opt_in", self.recordings),
            on("require_evaluation_contexts", self.require_flag_contexts),
            on("feature_flag_confirmation_enabled", self.flag_confirmation),
            on("flags_persistence_default", self.persist_flags),
        ]
    }
}

impl RecordedPeople {
    fn term(&self) -> Term {
        match self {
            RecordedPeople::everybody => Term::Null,
            RecordedPeople::flag(FlagVariant { flag, variant }) => {
                let mut link = Terms::new();
                link.insert("id", reference(*flag));
                link.insert("key", flag.key.0);
                link.extend(variant.map(|variant| ("variant", variant.0)));
                link.into()
            }
        }
    }
}

impl NetworkCapture {
    fn json(&self) -> Json {
        json!({ "recordHeaders": self.headers, "recordBody": self.body })
    }
}

impl Masking {
    fn json(&self) -> Json {
        let said = [
            ("maskAllInputs", self.inputs.map(Json::from)),
            ("maskTextSelector", self.text.map(|text| text.0.into())),
            ("blockSelector", self.block.map(|text| text.0.into())),
        ];
        said.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect::<Map>().into()
    }
}

#[cfg(test)]
mod tests;
