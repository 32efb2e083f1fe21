plg::stack! {
    event SignedUp { name: "signed_up" }
    attribute Health { on: companies, slug: "health", holds: number }
    attribute Role { on: people, slug: "role", holds: select { Admin, Member } }
    destination Misspelled { template: webhook, inputs: { ulr: "https://example.com" } }
    destination Missing { template: slack, on: [SignedUp], inputs: { channel: "C0123" } }
    destination WrongType { template: webhook, inputs: { url: 7 } }
    destination Written { template: webhook, inputs: { url: "https://example.com", signing_secret: "hush" } }
    destination Often { template: webhook, inputs: { url: "https://example.com" }, once: { per: "{person.id}", within: 2 days } }
    destination OfCompanies { template: attio_people, inputs: { apiKey: env("ATTIO") }, attributes: { Health: event("score") } }
    destination NoOption { template: attio_people, inputs: { apiKey: env("ATTIO") }, attributes: { Role: "Owner" } }
    destination NotAttio { template: slack, inputs: { slack_workspace: 7, channel: "C0123" }, attributes: { Role: "Admin" } }
    transformation Everything { template: drop_events }
    transformation OfPeople { template: url_masking, inputs: { maskWith: person("email") } }
}

fn main() {}
