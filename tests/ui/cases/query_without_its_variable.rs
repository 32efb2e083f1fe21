plg::stack! {
    name: "case",
    stages: { local: sandbox },

    insight_variable Country { holds: text, default: "DE" }
    insight_variable Plan { holds: text, default: "pro" }

    insight ByRegion {
        shows: sql("SELECT count() FROM events WHERE properties.country = {variables.contry}", variables: [Country]),
    }
    insight ByPlan { shows: sql("SELECT count() FROM events WHERE properties.plan = {variables.plan}", variables: []) }
}

fn main() {}
