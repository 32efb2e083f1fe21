//! Random declarations, one a line: most are right, some break a rule, in each place where a rule could be missing.

/// Numbers that look random and are the same each time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut n = self.0;
        n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((n ^ (n >> 31)) % u64::try_from(most.max(1)).expect("small")).expect("small")
    }

    fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// A value of one of the pools below.
    fn of(&mut self, pool: Pool) -> String {
        // A rule is broken now and then: what compiles is what is deployed.
        let values = if self.chance(12) && !pool.1.is_empty() { pool.1 } else { pool.0 };
        self.one(values).to_owned()
    }
}

/// Values that an API takes, and values that it may not.
type Pool = (&'static [&'static str], &'static [&'static str]);

const TEXTS: Pool = (
    &[r#""Growth""#, r#""Über & mehr <b>""#, r#""🚀 launch""#, r#""Order \"1\"""#, r#""日本 growth""#, r#""a/b.c""#],
    &[r#""""#, r#"" ""#, r#""a\0b""#, r#"" lead""#, r#""\n""#],
);
const TAGS: Pool = (&[r#""team:growth""#, r#""Weekly""#, r#""ü""#], &[r#""""#, r#""a\0""#, LONG_TAG]);
const LONG_TAG: &str = r#""İİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİ İ""#;
const WORDINGS: Pool =
    (&[r#""Why?""#, r#""<b>How</b> did it go?""#, r#""A & B""#], &[r#"" ""#, r#""<script>x""#, r#""a\0""#]);
const URLS: Pool = (
    &[r#""https://a.example/x""#, r#""https://a.example:8443/""#, r#""https://docs.a.example?x=1#y""#],
    &[
        r#""""#,
        r#""http://a.example""#,
        r#""https://a.example:70000""#,
        r#""https://""#,
        r#""https://docs""#,
        r#""https://a..b""#,
    ],
);
const PATTERNS: Pool = (
    &[r#""^/docs/.*$""#, r#""a{2,3}""#, r#""[[:alpha:]]+""#, r#""(?i)pro|team""#, r#""\\d+""#],
    &[r#""[""#, r#""(""#, r#""a**""#, r#""(?=a)""#, r#""\\1""#, r#""\\q""#, r#""*""#],
);
const DATES: Pool = (
    &[r#""2027-01-31""#, r#""2027-03-01T09:00Z""#, r#""2027-02-28T23:30:00.5+02:00""#, r#""2028-02-29""#],
    &[r#""2027-02-29""#, r#""tomorrow""#, r#""2027-01-01T09:00""#, r#""""#],
);
const AGO: Pool = (
    &["7 days ago", "9999 days ago", "1 hours ago", "30 years ago", "12 months ago"],
    &["10000 days ago", "9999 years ago", "0 days ago"],
);
const SPANS: Pool = (&["7 days", "30 days", "1 hours", "3 weeks", "2 months"], &["0 days", "10001 days"]);
const NUMBERS: Pool = (&["1", "0", "2.5", "-3", "1000000"], &[]);
const SHARES: Pool = (&["0%", "5%", "33.3%", "100%"], &["101%", "5"]);
const MAILS: Pool =
    (&[r#""a@b.example""#, r#""team+x@mail.b.example""#], &[r#""a""#, r#""a@b""#, r#""A <a@b.example>""#]);
const SLUGS: Pool =
    (&["tier", "deal-stage", "a1"], &["Tier", "last_interaction", "strongest_connection_user", "name", ""]);

/// The declarations of a stack and of a part of it.
pub(crate) fn stack(seed: u64) -> (Vec<String>, Vec<String>) {
    let dice = &mut Dice::new(seed);
    (declarations(dice, "", 22), declarations(dice, "P", 12))
}

fn declarations(dice: &mut Dice, prefix: &str, many: usize) -> Vec<String> {
    // What others refer to is there.
    let mut lines = vec![
        format!(
            "event {prefix}Used {{ name: \"{prefix}used\", properties: {{ plan: text, seats: optional(number) }} }}"
        ),
        format!(
            "feature_flag {prefix}Tested {{ key: \"{prefix}tested\", variants: {{ control: 50%, \"v1.2/blue\": 50% }} }}"
        ),
        format!("feature_flag {prefix}Plain {{ key: \"{prefix}plain\" }}"),
        format!("dashboard {prefix}Board {{ title: \"{prefix}Board\" }}"),
        format!("insight {prefix}Uses {{ title: \"{prefix}Uses\", on: [{prefix}Board], shows: trend [{prefix}Used] }}"),
        format!("cohort {prefix}Who {{ title: \"{prefix}Who\", all: [person(anything(\"plan\"), is: [\"pro\"])] }}"),
        format!("action {prefix}Did {{ title: \"{prefix}Did\", on: [{prefix}Used] }}"),
        format!("experiment_holdout {prefix}Held {{ title: \"{prefix}Held\", share: 5% }}"),
        format!("shared_metric {prefix}Shared {{ title: \"{prefix}Shared\", metric: mean({prefix}Used) }}"),
        format!(
            "object {prefix}Thing {{ slug: \"{}thing\", singular: \"{prefix}Thing\", plural: \"{prefix}Things\" }}",
            prefix.to_lowercase()
        ),
    ];
    for n in 0..many {
        lines.push(declaration(dice, prefix, n));
    }
    lines
}

/// A name of the part, now and then, where the stack itself refers to it.
fn to(dice: &mut Dice, prefix: &str, name: &str) -> String {
    if prefix.is_empty() && dice.chance(4) { format!("part::P{name}") } else { format!("{prefix}{name}") }
}

/// A text, with something at its end that no other has.
fn own(text: &str, name: &str) -> String {
    text.strip_suffix('"').map_or_else(|| text.to_owned(), |text| format!("{text}?{name}\""))
}

fn declaration(dice: &mut Dice, p: &str, n: usize) -> String {
    let name = format!("{p}X{n}");
    // As an attribute: a doc comment would end with its line.
    let length = [20, 399, 401, 1_001, 3_001][dice.below(5)];
    let out = if dice.chance(4) { format!("#[doc = \"{}\"] ", "d".repeat(length)) } else { String::new() };
    // Of what an API does not keep apart, no two may have one title.
    let title = if dice.chance(2) { format!("title: {}, ", own(&dice.of(TEXTS), &name)) } else { String::new() };
    let tags = if dice.chance(3) { format!("tags: [{}], ", dice.of(TAGS)) } else { String::new() };
    let counted = if dice.chance(3) { "Did" } else { "Used" };
    let used = to(dice, p, counted);
    let event = to(dice, p, "Used");
    let (staged, body) = match dice.below(17) {
        0 => attribute(dice, p, n),
        1 => {
            let members = ["", r#"members: [{ id: "50cf242c-7fa3-4cad-87d0-75b1af71c57b", level: full_access }], "#];
            let members =
                if dice.chance(4) { r#"members: [{ id: "me", level: full_access }], "# } else { dice.one(&members) };
            let slug = dice.of(SLUGS);
            (String::new(), format!("list {name} {{ slug: \"{slug}{n}\", {title}of: deals, {members}}}"))
        }
        2 => webhook(dice, p, &name),
        3 => {
            let hidden = dice.one(&["", "verified: false, ", "hidden: true, verified: false, "]);
            (tags.clone(), format!("event {name} {{ name: \"{p}x{n}\", {tags}{hidden}}}"))
        }
        4 => (String::new(), format!("action {name} {{ title: \"{name}\", on: [{}], {tags}}}", step(dice, &event))),
        5 => {
            let any = if dice.chance(2) { "any" } else { "all" };
            let conditions = format!("{any}: [{}, {}]", condition(dice, p, &used), condition(dice, p, &used));
            (String::new(), format!("cohort {name} {{ {title}{conditions} }}"))
        }
        6 | 7 => flag(dice, p, n, &tags),
        8 => {
            let (stage, docs) =
                (dice.one(&["draft", "concept", "alpha", "beta", "general_availability"]), dice.of(URLS));
            let flag = if dice.chance(2) { format!("{p}Plain") } else { format!("{p}X{}", dice.below(8)) };
            (
                "stage: beta, ".to_owned(),
                format!("early_access_feature {name} {{ flag: {flag}, {title}stage: {stage}, docs: {docs} }}"),
            )
        }
        9 => {
            let more = dice.one(&["kind: web, ", "stats: frequentist, ", ""]);
            let holdout = to(dice, p, "Held");
            let flag = to(dice, p, "Tested");
            (
                format!("secondary: [{}], ", metric(dice, &used)),
                format!(
                    "experiment {name} {{ flag: {flag}, {title}metrics: [{}], holdout: {holdout}, {more}}}",
                    metric(dice, &used)
                ),
            )
        }
        10 => survey(dice, p, &name),
        11 => {
            let last = dice.of(SPANS);
            ("pinned: true, ".to_owned(), format!("dashboard {name} {{ {title}{tags}filters: {{ last: {last} }} }}"))
        }
        12 => {
            let board = to(dice, p, "Board");
            (String::new(), format!("insight {name} {{ {title}{tags}on: [{board}], shows: {} }}", shows(dice, &used)))
        }
        13 => {
            let insight = if dice.chance(2) { to(dice, p, "Uses") } else { format!("{p}X{}", dice.below(20)) };
            let number = dice.of(NUMBERS);
            let when =
                format!("{}({}: {number})", dice.one(&["value", "rises", "falls"]), dice.one(&["above", "below"]));
            let users = dice.one(&["", "", "users: [0], ", "users: [999999], "]);
            (
                "checked: hourly, ".to_owned(),
                format!("alert {name} {{ insight: {insight}, {title}when: {when}, {users}line: {} }}", dice.below(2)),
            )
        }
        14 | 15 => subscription(dice, p, &name),
        _ => {
            let date = dice.of(DATES);
            let emoji = dice.one(&["", "emoji: \"🚀\", ", "emoji: \" \", "]);
            (
                format!("on_date: {date}, "),
                format!("annotation {name} {{ content: {}, on_date: {date}, {emoji}}}", dice.of(TEXTS)),
            )
        }
    };
    let body = match body.strip_suffix('}') {
        Some(body) if !staged.is_empty() && dice.chance(2) => {
            format!("{}, in prod {{ {staged} }} }}", body.trim_end().trim_end_matches(','))
        }
        _ => body,
    };
    out + &body
}

fn attribute(dice: &mut Dice, p: &str, n: usize) -> (String, String) {
    let thing = format!("{p}Thing");
    let on = dice.one(&["people", "companies", "deals", &thing]).to_owned();
    let title = dice.of(TEXTS);
    let stars = dice.one(&["0", "5", "7", "2.5", "-1"]);
    let rating = format!("rating, default: value({stars})");
    let select = format!("select {{ Trial, Active {{ title: {title} }} }}, multiple: true");
    let holds = match dice.below(9) {
        0 => "text",
        1 => "number, unique: true",
        2 => &rating,
        3 => &select,
        4 => "status { Open { target: 7 days }, Won { celebrate: true } }",
        5 => "record [companies], multiple: true",
        6 => "currency(EUR)",
        7 => "date, default: after(30 days)",
        _ => "checkbox, default: value(true)",
    };
    let slug = dice.of(SLUGS);
    (
        String::new(),
        format!(
            "attribute {p}X{n} {{ on: {on}, slug: \"{slug}{}\", holds: {holds} }}",
            if dice.chance(8) { String::new() } else { format!("_{}{n}", p.to_lowercase()) }
        ),
    )
}

fn webhook(dice: &mut Dice, p: &str, name: &str) -> (String, String) {
    let url = if dice.chance(4) { format!("env(\"HOOK_{}\")", name.to_uppercase()) } else { own(&dice.of(URLS), name) };
    let thing = format!("{p}Thing.created");
    let events = ["deals.created", "note.updated", "record.merged", "list_entry.deleted", &thing, "comment.resolved"];
    let on = format!("{}, {}", dice.one(&events), dice.one(&events));
    (format!("on: [{}], ", dice.one(&events)), format!("webhook {name} {{ url: {url}, on: [{on}] }}"))
}

fn step(dice: &mut Dice, event: &str) -> String {
    let (pattern, text) = (dice.of(PATTERNS), dice.of(TEXTS));
    match dice.below(6) {
        0 => format!("page({text})"),
        1 => format!("page({pattern}, matching: regex)"),
        2 => format!("click {{ selector: {text}, text_matching: contains }}"),
        3 => format!("click {{ text: {text}, text_matching: contains, href: {pattern}, href_matching: regex }}"),
        4 => format!("sent({event}, url: {pattern}, matching: regex)"),
        _ => format!("sent({event}, with: [{}])", test(dice, true)),
    }
}

fn test(dice: &mut Dice, record: bool) -> String {
    let comparison = match dice.below(7) {
        0 => format!("is: [{}]", dice.of(TEXTS)),
        1 => format!("matches: {}", dice.of(PATTERNS)),
        2 => format!("before: {}", dice.of(AGO)),
        3 => format!("after_day: {}", dice.of(DATES)),
        4 => format!("at_least: {}", dice.of(NUMBERS)),
        5 => format!("contains: {}", dice.of(TEXTS)),
        _ => "set: false".to_owned(),
    };
    if record {
        format!("{{ property: anything(\"plan\"), {comparison} }}")
    } else {
        format!("person(anything(\"plan\"), {comparison})")
    }
}

fn condition(dice: &mut Dice, p: &str, used: &str) -> String {
    let span = dice.of(SPANS);
    match dice.below(7) {
        0 => format!("did({used}, at_least: {}, within: {span})", dice.below(3)),
        1 => format!("did_not({used}, within: {span})"),
        2 => format!("first_did({used}, within: {span})"),
        3 => format!("stopped({used}, quiet_for: {span}, within: {})", dice.of(SPANS)),
        4 => format!("member({})", to(dice, p, "Who")),
        5 => format!("any [{}, not_member({p}Who)]", test(dice, false)),
        _ => test(dice, false),
    }
}

fn flag(dice: &mut Dice, p: &str, n: usize, tags: &str) -> (String, String) {
    let share = dice.of(SHARES);
    let variants = dice.one(&[
        "control: 50%, test: 50%",
        "control: 33.33%, \"a.b\": 33.33%, \"c/d\": 33.34%",
        "a: 14.285%, b: 85.715%",
        "a: 50%, b: 49.9995%",
        "a: 0.1%, b: 0.2%, c: 99.7%",
        "a: 50%, b: 50%, \"x y\": 0%",
    ]);
    let who = to(dice, p, "Who");
    let behind = format!("X{}", dice.below(10));
    let behind = to(dice, p, &behind);
    let body = match dice.below(6) {
        0 => format!("variants: {{ {variants} }}, payloads: {{ a: {{ \"k\": [1, null] }} }}"),
        1 => format!("variants: {{ {variants} }}"),
        2 => format!("release: [{{ to: [{}], rollout: {share} }}]", test(dice, false)),
        3 => format!("release: [{{ to: [member({who}), not_member({behind})] }}], rollout: {share}"),
        4 => "payload: { \"limit\": 10.5, \"text\": \"ü\\u{1}\" }, remote_config: true".to_owned(),
        _ => format!("rollout: {share}, evaluated: server, persist: true"),
    };
    (format!("rollout: {}, ", dice.of(SHARES)), format!("feature_flag {p}X{n} {{ key: \"{p}x-{n}\", {tags}{body} }}"))
}

fn metric(dice: &mut Dice, used: &str) -> String {
    match dice.below(3) {
        0 => format!("mean({used}, title: {})", dice.of(TEXTS)),
        1 => format!("funnel [{used}, {used}] {{ within: {} }}", dice.of(SPANS)),
        _ => format!("ratio({used}, per: {used}, goal: decrease)"),
    }
}

fn survey(dice: &mut Dice, p: &str, name: &str) -> (String, String) {
    let (wording, other) = (dice.of(WORDINGS), dice.of(WORDINGS));
    let question = match dice.below(5) {
        0 => format!("open({wording}, button: {other})"),
        1 => format!("rating({wording}, scale: {})", dice.one(&["10", "5", "3", "4"])),
        2 => format!("single({wording}, [{wording}, {other}], other: true)"),
        3 => format!(
            "link({wording}, to: {})",
            if dice.chance(2) {
                dice.of(URLS)
            } else {
                dice.one(&["\"mailto:a@b.example\"", "\"mailto:a\""]).to_owned()
            }
        ),
        _ => format!("multiple({wording}, [\"A\", \"B\"], shuffle: true, then: end)"),
    };
    let shown = match dice.below(5) {
        0 => format!("shown: {{ url: {}, url_match: contains }}, ", dice.of(TEXTS)),
        1 => format!("shown: {{ flag: {p}Tested, variant: {} }}, ", dice.one(&["\"any\"", "\"v1.2/blue\"", "\"zzz\""])),
        2 => format!(
            "shown: {{ after: [{}], repeat: true, wait: {} }}, ",
            to(dice, p, "Used"),
            dice.one(&["7 days", "2 weeks"])
        ),
        3 => format!("shown: {{ selector: {}, delay_seconds: 5 }}, ", dice.of(TEXTS)),
        _ => String::new(),
    };
    let look = dice.one(&[
        "",
        "kind: widget, appearance: { widget: selector }, ",
        "kind: widget, appearance: { widget: selector, widget_selector: \"#x\", widget_color: \"\" }, ",
        "kind: widget, appearance: { widget: tab, widget_label: \"Ask\" }, ",
        "appearance: { thank_you: \"Thanks\", background: \"#fff\", position: left }, ",
    ]);
    let when =
        if dice.chance(3) { format!("starts: {}, ends: {}, ", dice.of(DATES), dice.of(DATES)) } else { String::new() };
    let repeats = dice.one(&[
        "",
        "repeats: always, ",
        "repeats: { every: 30 days, times: 12 }, ",
        "repeats: { every: 1 weeks, times: 501 }, ",
    ]);
    (
        "limit: 100, ".to_owned(),
        format!("survey {name} {{ title: \"{name}\", questions: [{question}], {shown}{look}{when}{repeats}}}"),
    )
}

fn shows(dice: &mut Dice, used: &str) -> String {
    let span = dice.of(SPANS);
    match dice.below(9) {
        0 => format!("trend [{used}, people({used})] {{ formula: \"B / A * 100\", last: {span} }}"),
        1 => format!("trend [sum({used}, of: \"seats\")] {{ display: number, breakdown: person(anything(\"plan\")) }}"),
        2 => format!("funnel [{used}, {used}] {{ within: {span} }}"),
        3 => {
            format!("retention {{ of: {used}, returning: {used}, by: week, periods: {} }}", dice.one(&["8", "2", "1"]))
        }
        4 => format!("lifecycle({used})"),
        5 => format!("stickiness [{used}]"),
        6 => format!("sql({})", dice.one(&["\"SELECT 1\"", "\" \"", "\"SELECT 'ü'\""])),
        7 => format!(
            "query {{ \"kind\": \"InsightVizNode\", \"source\": {} }}",
            dice.one(&[
                r#"{ "kind": "TrendsQuery", "series": [{ "kind": "EventsNode", "event": "used" }] }"#,
                r#"{ "kind": "TrendsQuery" }"#,
                r#"{ "kind": "HogQLQuery", "query": "SELECT 1" }"#,
                r#"{ "kind": "FunnelsQuery", "series": [{ "event": "used" }] }"#,
            ])
        ),
        _ => format!(
            "query {}",
            dice.one(&[
                r#"{ "kind": "DataVisualizationNode", "source": { "kind": "HogQLQuery", "query": "SELECT 1" } }"#,
                r#"{ "kind": "PathsQuery" }"#,
                r#"{ "series": [] }"#,
            ])
        ),
    }
}

fn subscription(dice: &mut Dice, p: &str, name: &str) -> (String, String) {
    let to_ = match dice.below(6) {
        0 => format!("webhook({})", dice.of(URLS)),
        1 => dice.one(&["slack(\"C0123|#growth\", integration: 7)", "slack(\"\", integration: 7)"]).to_owned(),
        _ => format!("email [{}]", dice.of(MAILS)),
    };
    let days = ["monday", "tuesday", "friday", "sunday"];
    let every = dice.one(&["1 weeks", "2 weeks", "1 days", "1 months", "1 years"]);
    let on = if every.ends_with("days") { String::new() } else { format!("on: [{}], ", dice.one(&days)) };
    let nth = if every.contains("month") { dice.one(&["", "nth: 1, ", "nth: 5, ", "nth: 6, "]) } else { "" };
    let from = dice.of(DATES);
    let until = if dice.chance(3) { format!("until: {}, ", dice.of(DATES)) } else { String::new() };
    let sends = if dice.chance(3) { format!("dashboard({p}Board, [{p}Uses])") } else { to(dice, p, "Uses") };
    (
        "enabled: false, ".to_owned(),
        format!("subscription {name} {{ sends: {sends}, to: {to_}, every: {every}, from: {from}, {until}{on}{nth}}}"),
    )
}
