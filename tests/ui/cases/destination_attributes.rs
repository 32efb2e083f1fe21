plg::stack! {
    name: "case",
    stages: { local: sandbox },

    attribute LastLogin { on: people, slug: "last_login", holds: timestamp }
    attribute ProductRole { on: people, slug: "product_role", holds: select { Admin, Member } }
    attribute Seats { on: people, slug: "seats", holds: number }
    attribute Beta { on: people, slug: "beta", holds: checkbox }
    attribute Mrr { on: companies, slug: "mrr", holds: number }
    existing attribute Emails { on: people, slug: "email_addresses", holds: email_address }

    event SignedIn {
        name: "signed_in",
        properties: { plan: text, role: one_of(["Admin", "Boss"]), team: one_of(["Member"]), seats: number, at: datetime },
    }
    event SignedOut { name: "signed_out", properties: { minutes: number } }
    person_property Nickname { name: "nickname", holds: text }

    // Of what the template does not write, and of what it finds people by.
    destination OfOthers {
        template: attio_people,
        on: [SignedIn],
        inputs: { apiKey: env("ATTIO") },
        attributes: { Mrr: 3, Emails: person("email") },
    }
    // Written out.
    destination WrittenOut {
        template: attio_people,
        on: [SignedIn],
        inputs: { apiKey: env("ATTIO") },
        attributes: { ProductRole: "Boss", Seats: "many", Beta: "yes", LastLogin: "yesterday" },
    }
    // By what properties hold.
    destination ByType {
        template: attio_people,
        on: [SignedIn],
        inputs: { apiKey: env("ATTIO") },
        attributes: { ProductRole: event("role"), Seats: event("plan"), Beta: event_time, LastLogin: event("seats") },
    }
    // A property of another event, and texts of which nobody says which there are: a warning.
    destination Others {
        template: attio_people,
        on: [SignedIn],
        inputs: { apiKey: env("ATTIO") },
        attributes: { Seats: event("minutes"), ProductRole: person("nickname"), Beta: person("betta") },
    }
    // These are fine.
    destination Fine {
        template: attio_people,
        on: [SignedIn],
        inputs: { apiKey: env("ATTIO") },
        attributes: {
            ProductRole: event("team"), Seats: event("seats"), LastLogin: event("at"), Beta: person(anything("is_beta")),
        },
    }
}

fn main() {}
