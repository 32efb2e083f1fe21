plg::stack! {
    cohort Both { people: sql("SELECT person_id FROM events"), all: [person("plan", set: true)] }
    cohort Nobody { people: snapshot }
    cohort Mail { people: ids ["ada@example.com"] }
}

fn main() {}
