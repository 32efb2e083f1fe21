//! Variables, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, read};

impl Import for InsightVariable {
    const ANSWERS: Answers = Answers {
        noise: &[crate::noise::POSTHOG],
        usual: &[("is_multi", "false"), ("values", "[]")],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    // A variable has no description: its title is all that people read.
    fn description(_: &Live) -> &str {
        ""
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let (name, code_name, ty) = (text(fields, "name"), text(fields, "code_name"), text(fields, "type"));
        (VariableCode::RULE.check)(code_name).map_err(|_| format!("no query can use its code `{code_name}`"))?;
        let holds =
            VariableKind::spelt(ty).ok_or_else(|| format!("the language has no word for a variable of type `{ty}`"))?;
        let is_list = holds == VariableKind::list;
        let multi = is_list && read::on(fields.get("is_multi"));
        let given = |field: &str| fields.get(field).filter(|value| !value.is_null());
        let mut default = given("default_value").map(read::written);
        if let (Some(value), false) = (default, common.existing)
            && unlike(&value.term(), holds.word(), multi).is_some()
        {
            known.lose("default_value", format!("its default {} is no {}", value.term(), holds.word()));
            default = None;
        }
        let values_from = given("values_query").and_then(Json::as_str).map(|query| Hogql(read::leak(query)));
        let texts = read::texts(given("values"));
        let connection = given("values_query_connection_id").and_then(Json::as_str);
        Ok(InsightVariable {
            common,
            title: read::name(fields.get("name")),
            code: (computed(name) != code_name).then(|| VariableCode(read::leak(code_name))),
            holds,
            default,
            values: (is_list && !(texts.is_empty() && values_from.is_some())).then_some(texts),
            multi,
            values_from,
            connection: connection.map(|id| Str(read::leak(id))),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
        // A query may still name a variable of this code that is gone by its id.
        known.keep(code::kept(&self.code_name()), self);
    }
}
