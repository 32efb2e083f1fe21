//! Whom a survey is shown to, how often, and how it looks.

use super::question::Wording;
use crate::kinds::FeatureFlag;
use crate::kinds::prelude::*;

plg_core::words! {
    /// How an address is compared.
    UrlMatch "way to compare an address" {
        /// The text is somewhere in it.
        contains = "icontains",
        /// The text is nowhere in it.
        contains_not = "not_icontains",
        /// It is the text.
        exact,
        /// It is not the text.
        is_not,
        /// It matches the regular expression.
        regex,
        /// It does not match the regular expression.
        not_regex,
    }
}

plg_core::record! {
    /// Whom a survey is shown to, and when. Everything that is said must hold.
    Occasion {
        /// Events or actions of which one has just happened.
        after: &'static [&'static dyn Trackable] = &[],
        /// Whether it is shown again each time one of these happens.
        repeat: bool = false,
        /// The address of the page.
        url: Option<Str> = None,
        /// How the address is compared.
        url_match: UrlMatch = UrlMatch::contains,
        /// A CSS selector for what must be on the page.
        selector: Option<Str> = None,
        /// How long a person is left alone after any other survey.
        wait: Option<Days> = None,
        /// The flag that must be on for a person.
        flag: Option<Link<FeatureFlag>> = None,
        /// The variant of the flag a person must have, or `"any"` of them.
        variant: Option<VariantKey> = None,
        /// How many seconds pass before it is shown.
        delay_seconds: Option<i64> = None,
    }
}

plg_core::record! {
    /// A survey that is asked again and again.
    Again {
        /// How many days lie between; calendar months do not exist here.
        every: Days,
        /// How many times it is asked; 500 at most.
        times: i64,
    }
}

plg_core::choice! {
    /// How often a person sees a survey.
    Repeats "number of times" {
        /// Once.
        once,
        /// Each time its conditions hold.
        always,
        ; /// Again after some days.
        else again(Again)
    }
}

plg_core::words! {
    /// Where a popover stands on the page.
    Position "position" {
        /// At the top left.
        top_left,
        /// At the top.
        top_center,
        /// At the top right.
        top_right,
        /// In the middle of the left side.
        middle_left,
        /// In the middle.
        middle_center,
        /// In the middle of the right side.
        middle_right,
        /// At the bottom left.
        left,
        /// At the bottom.
        center,
        /// At the bottom right.
        right,
        /// Beside what opens it.
        next_to_trigger,
    }
}

plg_core::words! {
    /// What opens a survey of kind `widget`.
    WidgetKind "kind of widget" {
        /// A button of PostHog's.
        button,
        /// A tab at the side of the page.
        tab,
        /// An element of the page, by `widget_selector`.
        selector,
    }
}

plg_core::record! {
    /// How a survey looks. What is not said here is left to the people who click.
    Appearance {
        /// The heading after the last answer; without it, the survey just closes.
        thank_you: Option<Wording> = None,
        /// What stands below that heading.
        thank_you_text: Option<Wording> = None,
        /// What the button to close it says.
        close: Option<Wording> = None,
        /// What the button to send answers says.
        submit: Option<Wording> = None,
        /// What stands in an empty text field.
        placeholder: Option<Wording> = None,
        /// Where it stands.
        position: Option<Position> = None,
        /// The background's colour, as CSS writes it.
        background: Option<Str> = None,
        /// The border's colour.
        border: Option<Str> = None,
        /// The texts' colour.
        text: Option<Str> = None,
        /// The button's colour.
        button: Option<Str> = None,
        /// The colour of the button's text.
        button_text: Option<Str> = None,
        /// Whether questions are asked in a different order each time; not together with `then`.
        shuffle: bool = false,
        /// Whether people can go back to the question before.
        go_back: bool = false,
        /// Whether it closes by itself after the thanks.
        auto_close: bool = false,
        /// Whether PostHog's name is left out, where the plan has that.
        white_label: bool = false,
        /// What opens a survey of kind `widget`.
        widget: Option<WidgetKind> = None,
        /// What the widget's button or tab says.
        widget_label: Option<Wording> = None,
        /// A CSS selector for the element that opens it.
        widget_selector: Option<Str> = None,
        /// The colour of the widget's button or tab.
        widget_color: Option<Str> = None,
    }
}

impl Occasion {
    /// As the API has it, with references to actions.
    pub(super) fn conditions(&self) -> Term {
        let mut out = Terms::new();
        let mut set = |key: &str, value: Term| out.insert(key, value);
        if let Some(url) = self.url {
            set("url", url.0.into());
            set("urlMatchType", self.url_match.as_str().into());
        }
        if let Some(selector) = self.selector {
            set("selector", selector.0.into());
        }
        if let Some(wait) = self.wait {
            set("seenSurveyWaitPeriodInDays", wait.count().into());
        }
        if let Some(variant) = self.variant {
            set("linkedFlagVariant", variant.0.into());
        }
        let (mut events, mut actions) = (Vec::new(), Vec::new());
        for what in self.after {
            match what.tracked() {
                Tracked::Event(name) => events.push(term!({ "name": name })),
                Tracked::Action { id, .. } => actions.push(term!({ "id": id })),
            }
        }
        // PostHog keeps the switch for repeating with the events, also where only actions are listed.
        if !events.is_empty() || self.repeat {
            let mut listed = Terms::from_iter([("values", events)]);
            if self.repeat {
                listed.insert("repeatedActivation", true);
            }
            set("events", listed.into());
        }
        if !actions.is_empty() {
            set("actions", term!({ "values": actions }));
        }
        out.into()
    }
}

/// The appearance and the delay, which the API keeps in one object.
pub(super) fn look(appearance: Option<&Appearance>, delay_seconds: Option<i64>) -> Json {
    let mut out = Map::new();
    let mut set = |key: &str, value: Json| out.insert(key.to_owned(), value);
    if let Some(seconds) = delay_seconds {
        set("surveyPopupDelaySeconds", seconds.into());
    }
    let Some(look) = appearance else { return Json::Object(out) };
    set("displayThankYouMessage", look.thank_you.is_some().into());
    let words = [
        ("thankYouMessageHeader", look.thank_you),
        ("thankYouMessageDescription", look.thank_you_text),
        ("thankYouMessageCloseButtonText", look.close),
        ("submitButtonText", look.submit),
        ("placeholder", look.placeholder),
        ("widgetLabel", look.widget_label),
    ];
    for (key, wording) in words {
        if let Some(wording) = wording {
            set(key, wording.0.into());
        }
    }
    let texts = [
        ("position", look.position.map(Position::as_str)),
        ("backgroundColor", look.background.map(|c| c.0)),
        ("borderColor", look.border.map(|c| c.0)),
        ("textColor", look.text.map(|c| c.0)),
        ("submitButtonColor", look.button.map(|c| c.0)),
        ("submitButtonTextColor", look.button_text.map(|c| c.0)),
        ("widgetType", look.widget.map(WidgetKind::as_str)),
        ("widgetSelector", look.widget_selector.map(|s| s.0)),
        ("widgetColor", look.widget_color.map(|c| c.0)),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            set(key, text.into());
        }
    }
    let switches = [
        ("shuffleQuestions", look.shuffle),
        ("allowGoBack", look.go_back),
        ("autoDisappear", look.auto_close),
        ("whiteLabel", look.white_label),
    ];
    for (key, on) in switches {
        set(key, on.into());
    }
    Json::Object(out)
}
