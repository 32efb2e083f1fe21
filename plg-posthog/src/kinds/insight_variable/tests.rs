use super::super::fixture::{at, block, differing, list, mistakes, node, prior, wanted};
use super::*;

static COUNTRY: InsightVariable = InsightVariable {
    common: Common::named("Country"),
    title: Name("Country"),
    holds: VariableKind::list,
    default: Some(plg_core::Json::Text("DE")),
    values: Some(&[Str("DE"), Str("FR")]),
    ..InsightVariable::BLANK
};
static LAND: InsightVariable = InsightVariable {
    common: Common::named("Land"),
    title: Name("Land (ISO)"),
    code: Some(VariableCode("country")),
    holds: VariableKind::number,
    default: Some(plg_core::Json::Whole(5)),
    ..InsightVariable::BLANK
};

fn live() -> Json {
    json!({
        "id": "0190-uuid", "name": "Country", "code_name": "country", "type": "List", "default_value": "DE",
        "values": ["DE", "FR"], "is_multi": false, "values_query": null, "values_query_connection_id": null,
        "created_by": 7, "created_at": "2026-11-01T00:00:00Z",
    })
}

#[test]
fn a_variable_is_created_and_recognised() {
    let want = wanted(&COUNTRY).fields;
    let body = json!({
        "name": "Country", "type": "List", "default_value": "DE", "values": ["DE", "FR"], "is_multi": false,
    });
    assert_eq!(InsightVariables.create(&want), Call::new("POST", "/api/projects/{project}/insight_variables/", body));
    assert_eq!(differing(&COUNTRY, &want, &live()), [""; 0]);
    let prior = prior(&COUNTRY, &live());
    assert_eq!(InsightVariables.identity(&want), InsightVariables.identity(&prior.fields));
    assert_eq!(prior.outputs.get("code_name"), Some(&json!("country")));
    let call = InsightVariables.update(&want, &["values".into(), "code_name".into()], &prior);
    let body = json!({ "type": "List", "default_value": "DE", "values": ["DE", "FR"], "is_multi": false });
    let same = |body: &Json| call.as_ref().and_then(|call| call.body.as_ref()).is_some_and(|sent| sent == body);
    assert!(same(&body), "{call:?}");
    assert!(matches!(InsightVariables.remove(&prior), Removal::Delete(call) if call.method == "DELETE"));
}

#[test]
fn a_code_that_the_title_does_not_make_is_its_first_name() {
    let want = wanted(&LAND).fields;
    assert!(InsightVariables.is_made_in_two(&want) && !InsightVariables.is_made_in_two(&wanted(&COUNTRY).fields));
    let body = InsightVariables.create(&want).body.unwrap_or_default();
    assert_eq!((&body["name"], body.get("code_name"), body.get("is_multi")), (&json!("country"), None, None));
    let call = InsightVariables.update(&want, &["name".into()], &prior(&COUNTRY, &live()));
    assert_eq!(call.and_then(|call| call.body), Some(json!({ "name": "Land (ISO)" })));
}

#[test]
fn codes_as_posthog_makes_them() {
    for (name, code) in [("Test @#$ Var!", "test__var"), ("Größe 2", "größe_2"), ("a_b", "a_b"), ("%&", "")] {
        assert_eq!(computed(name), code);
    }
    assert!(code::check("country").is_ok() && code::check("Country").is_err() && code::check("%").is_err());
}

#[test]
fn what_a_type_does_not_have() {
    let text = |at: u32, text: &str| node(at, Given::Text(text.into()));
    let holds = |word: &str| ("holds", node(2, Given::Word(word.into())));
    let json = |at: u32, json: Json| node(at, Given::Json(json.into()));
    let said = |fields: Vec<(&str, Node)>| mistakes("insight_variable", &block("insight_variable", "V", fields), &[]);
    for (kind, value, is_right) in [
        ("text", json!("DE"), true),
        ("text", json!(5), false),
        ("number", json!(5.5), true),
        ("number", json!("5"), false),
        ("boolean", json!(true), true),
        ("boolean", json!("true"), false),
        ("date", json!("2026-01-31"), true),
        ("date", json!("tomorrow"), false),
        ("list", json!("DE"), true),
        ("list", json!(["DE"]), false),
    ] {
        let found = said(vec![holds(kind), ("default", json(3, value.clone()))]);
        assert_eq!(found.is_empty(), is_right, "{kind} {value}: {found:?}");
    }
    let several = vec![holds("list"), ("multi", node(3, Given::Bool(true))), ("default", json(4, json!(["a", "b"])))];
    assert_eq!(said(several), []);
    let found = said(vec![holds("text"), ("values", list(3, vec![text(4, "a")]))]);
    assert_eq!(found, at(3, "a variable that holds `text` has no `values`"));
    assert_eq!(said(vec![holds("list"), ("connection", text(3, "1"))]), at(3, "`connection` needs a query to send"));
    let nothing = "PostHog derives a variable's code from the letters and digits of its title, and this title has none";
    assert_eq!(said(vec![holds("text"), ("title", text(3, "%"))]), at(1, nothing));
}

#[test]
fn two_of_one_code() {
    let variable =
        |name: &str, title: &str| block("insight_variable", name, vec![("title", node(3, Given::Text(title.into())))]);
    let (one, other) = (variable("One", "My country"), variable("Other", "my_Country!"));
    let found = mistakes("insight_variable", &other, &[&one, &other]);
    assert_eq!(found, at(1, "`One` has the code `my_country` already, by which PostHog keeps variables apart"));
    let named = block("insight_variable", "MyCountry", vec![]);
    assert_eq!(mistakes("insight_variable", &named, &[&one, &named]).len(), 1);
}
