//! How a survey looks.

use super::question::TextKind;
use super::wording::Wording;
use crate::kinds::prelude::*;

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

plg_core::words! {
    /// Where the tab of a widget stands.
    TabPosition "position of a tab" {
        /// At the top.
        top,
        /// At the left.
        left,
        /// At the right.
        right,
        /// At the bottom.
        bottom,
    }
}

plg_core::record! {
    /// How a survey looks. People manage the rest in PostHog.
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
        /// Where the widget's tab stands.
        tab_position: Option<TabPosition> = None,
        /// How the text after the last answer is read.
        thank_you_as: Option<TextKind> = None,
        /// What the button to go back says.
        back: Option<Wording> = None,
        /// The colour of the descriptions' text.
        description_text: Option<Str> = None,
        /// The colour of a scale's buttons.
        rating: Option<Str> = None,
        /// The colour of the button of a scale that is chosen.
        rating_active: Option<Str> = None,
        /// The colour of a scale's button under the pointer.
        rating_hover: Option<Str> = None,
        /// The colour of what is read in passing, such as the ends of a scale.
        subtle_text: Option<Str> = None,
        /// The background of a text field.
        input: Option<Str> = None,
        /// The shadow around it, as CSS writes it.
        shadow: Option<Str> = None,
        /// How round its corners are, as CSS writes it.
        radius: Option<Str> = None,
        /// How opaque a button is that cannot be pressed yet, from 0 to 1: `"0.6"`.
        disabled_opacity: Option<Str> = None,
        /// The space around the contents, as CSS writes it.
        padding: Option<Str> = None,
        /// The font, as CSS writes it; `"inherit"` takes the page's own.
        font: Option<Str> = None,
        /// How wide it is at most, as CSS writes it.
        max_width: Option<Str> = None,
        /// Above what it stands, as CSS counts it: `"2147482647"`.
        z_index: Option<Str> = None,
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
        ("backButtonText", look.back),
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
        ("tabPosition", look.tab_position.map(TabPosition::as_str)),
        ("thankYouMessageDescriptionContentType", look.thank_you_as.map(TextKind::as_str)),
        ("descriptionTextColor", look.description_text.map(|c| c.0)),
        ("ratingButtonColor", look.rating.map(|c| c.0)),
        ("ratingButtonActiveColor", look.rating_active.map(|c| c.0)),
        ("ratingButtonHoverColor", look.rating_hover.map(|c| c.0)),
        ("textSubtleColor", look.subtle_text.map(|c| c.0)),
        ("inputBackground", look.input.map(|c| c.0)),
        ("boxShadow", look.shadow.map(|text| text.0)),
        ("borderRadius", look.radius.map(|text| text.0)),
        ("disabledButtonOpacity", look.disabled_opacity.map(|text| text.0)),
        ("boxPadding", look.padding.map(|text| text.0)),
        ("fontFamily", look.font.map(|text| text.0)),
        ("maxWidth", look.max_width.map(|text| text.0)),
        ("zIndex", look.z_index.map(|text| text.0)),
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
