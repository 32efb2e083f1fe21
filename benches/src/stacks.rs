//! Stacks of N resources, as values and as source.

use plg_attio::Attribute;
use plg_core::{Common, EventName, Key, Name, Slug};
use plg_core::{Declared, Stack, StackItems};
use plg_posthog::{Dashboard, Event, FeatureFlag, Insight, Series, Shows, Trend};
use std::fmt::Write;
use std::ops::Range;

mod template {
    plg::stack! {
        name: "template",
        stages: { local: sandbox },
        attribute Score { on: companies, slug: "score", holds: number }
        event Seen { name: "seen" }
        feature_flag Switch { key: "switch" }
        dashboard Board {}
        insight Count { on: [Board], shows: trend [Seen] }
    }
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn text(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn named(template: &Common, name: &str, number: usize) -> Common {
    Common { name: text(format!("{name}{number}")), doc: "One of many.", ..*template }
}

/// A stack of `count` resources: in ten, two attributes, three events, two flags, a dashboard, two insights
/// on it that count events. Addresses and keys depend on the number alone.
pub fn stack(count: usize) -> &'static Stack {
    stack_of(0..count)
}

/// The resources of a stack with these numbers. Begin with one that ends in 0.
pub fn stack_of(numbers: Range<usize>) -> &'static Stack {
    let mut items: Vec<&'static dyn Declared> = Vec::with_capacity(numbers.len());
    let mut event: &'static Event = &template::Seen;
    let mut board: &'static Dashboard = &template::Board;
    for n in numbers {
        let item: &'static dyn Declared = match n % 10 {
            0 | 7 => {
                let common = named(&template::Score.common, "Score", n);
                leak(Attribute {
                    common,
                    slug: Slug(text(format!("score_{n}"))),
                    title: Name(text(format!("Score {n}"))),
                    ..template::Score
                })
            }
            1 | 2 | 5 => {
                let common = named(&template::Seen.common, "Seen", n);
                event = leak(Event { common, name: EventName(text(format!("seen_{n}"))), ..template::Seen });
                event
            }
            3 => {
                let common = named(&template::Board.common, "Board", n);
                board = leak(Dashboard { common, title: Name(text(format!("Board {n}"))), ..template::Board });
                board
            }
            4 | 8 => {
                let common = named(&template::Count.common, "Count", n);
                let shows = Shows::trend(Trend { series: leak([Series::event(event)]), ..trend() });
                leak(Insight {
                    common,
                    title: Name(text(format!("Count {n}"))),
                    on: leak([board]),
                    shows,
                    ..template::Count
                })
            }
            _ => {
                let common = named(&template::Switch.common, "Switch", n);
                leak(FeatureFlag { common, key: Key(text(format!("switch-{n}"))), ..template::Switch })
            }
        };
        items.push(item);
    }
    leak(Stack { name: "many", items: StackItems::of(items), ..template::STACK })
}

fn trend() -> Trend {
    match template::Count.shows {
        Shows::trend(trend) => trend,
        _ => unreachable!("the template is a trend"),
    }
}

/// The same as [`stack`], to be compiled. Cohorts are in it too, as the compiler has rules for them.
pub fn source(count: usize) -> String {
    written("    name: \"many\",\n    stages: { local: sandbox },\n", 0..count)
}

/// The declarations of [`source`] from one number to another, as a part of a stack. It starts at a ten.
pub fn part(range: Range<usize>) -> String {
    written("", range)
}

fn written(head: &str, range: Range<usize>) -> String {
    let mut out = format!("plg::stack! {{\n{head}");
    let mut event = 1;
    let mut board = 3;
    for n in range {
        let _ = match n % 10 {
            0 | 7 => writeln!(
                out,
                "    /// One of many.\n    attribute Score{n} {{ on: companies, slug: \"score_{n}\", holds: number }}"
            ),
            1 | 2 | 5 => {
                event = n;
                writeln!(
                    out,
                    "    /// One of many.\n    event Seen{n} {{ name: \"seen_{n}\", properties: {{ plan: text, seats: number }} }}"
                )
            }
            3 => {
                board = n;
                writeln!(out, "    /// One of many.\n    dashboard Board{n} {{}}")
            }
            4 | 8 => writeln!(
                out,
                "    /// One of many.\n    insight Count{n} {{ on: [Board{board}], shows: trend [Seen{event}] }}"
            ),
            6 => writeln!(
                out,
                "    /// One of many.\n    cohort Active{n} {{ any: [did(Seen{event}, within: 7 days)] }}"
            ),
            _ => writeln!(
                out,
                "    /// One of many.\n    feature_flag Switch{n} {{ key: \"switch-{n}\", variants: {{ control: 50%, test: 50% }} }}"
            ),
        };
    }
    out.push_str("}\n");
    out
}
