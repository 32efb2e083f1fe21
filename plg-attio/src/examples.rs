//! What is refused, and the same as it is taken: of every code that this provider's kinds can meet, its own and the
//! general ones. Lines after `$ ` are typed, lines after `#` say what else is so.

use plg_core::codes::{Example, example, instead};

/// In the order of their codes. Those that stand in for another provider's are shown where that one is not linked.
pub(crate) static EXAMPLES: &[Example] = &[
    instead(
        "P0101",
        r#"attribute Mrr { on: companies, slug: "mrr" holds: number }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
    ),
    instead(
        "P0102",
        r#"atribute Mrr { on: companies, slug: "mrr", holds: number }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
    ),
    instead(
        "P0103",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, titel: "MRR" }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, title: "MRR" }"#,
    ),
    example(
        "P0104",
        r#"attribute Mrr { on: companies, slug: "mrr" }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
    ),
    instead(
        "P0105",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, holds: text }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
    ),
    instead(
        "P0106",
        r#"name: "shop",
stages: { local: sandbox },

attribute Mrr { on: companies, slug: "mrr", holds: number, in prod { title: "MRR" } }"#,
        r#"name: "shop",
stages: { local: sandbox },

attribute Mrr { on: companies, slug: "mrr", holds: number, in local { title: "MRR" } }"#,
    ),
    example(
        "P0107",
        r#"name: "shop",
stages: { prod: { attio: { key: "0123456789" } } },"#,
        r#"name: "shop",
stages: { prod: { attio: { key: env("ATTIO_API_KEY") } } },"#,
    ),
    instead(
        "P0108",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: + }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
    ),
    example(
        "P0109",
        r#"name: "shop",
stages: { local: sandbox },

attribute Tier { on: deals, slug: "tier", holds: select { One, Two }, in local { holds: select { One } } }"#,
        r#"name: "shop",
stages: { local: sandbox },

attribute Tier { on: deals, slug: "tier", holds: select { One, Two }, in local { title: "Tier, here" } }"#,
    ),
    instead(
        "P0111",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, extra: { "nested": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] } }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, extra: { "nested": [[]] } }"#,
    ),
    instead(
        "P0112",
        r#"name: "shop",
stages: { prod: { sales: attio { key: env("ATTIO_API_KEY") } } },

attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
        r#"name: "shop",
stages: { prod: { sales: attio { key: env("ATTIO_API_KEY") } } },

attribute Mrr { on: companies, slug: "mrr", holds: number, account: sales }"#,
    ),
    instead(
        "P0201",
        r#"object Projects { slug: "projects", singular: "Project", plural: "Projects" }
attribute Budget { on: Project, slug: "budget", holds: number }"#,
        r#"object Projects { slug: "projects", singular: "Project", plural: "Projects" }
attribute Budget { on: Projects, slug: "budget", holds: number }"#,
    ),
    instead(
        "P0202",
        r#"webhook Projects { url: "https://example.com/hook", on: [deals.created] }
attribute Budget { on: Projects, slug: "budget", holds: number }"#,
        r#"object Projects { slug: "projects", singular: "Project", plural: "Projects" }
attribute Budget { on: Projects, slug: "budget", holds: number }"#,
    ),
    instead(
        "P0203",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }
attribute Mrr { on: companies, slug: "revenue", holds: number }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }
attribute Revenue { on: companies, slug: "revenue", holds: number }"#,
    ),
    instead(
        "P0204",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }
attribute Revenue { on: companies, slug: "mrr", holds: number }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }
attribute Revenue { on: companies, slug: "revenue", holds: number }"#,
    ),
    instead(
        "P0206",
        r#"attribute monthly_revenue { on: companies, slug: "mrr", holds: number }"#,
        r#"attribute MonthlyRevenue { on: companies, slug: "mrr", holds: number }"#,
    ),
    instead(
        "P0207",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }
attribute Revenue { on: companies, slug: "revenue", holds: number, was: Mrr }"#,
        r#"attribute Revenue { on: companies, slug: "revenue", holds: number, was: Mrr }"#,
    ),
    instead(
        "P0208",
        r#"object Projects { slug: "projects", singular: "Project", plural: "Projects", account: sales }
attribute Budget { on: Projects, slug: "budget", holds: number }"#,
        r#"object Projects { slug: "projects", singular: "Project", plural: "Projects", account: sales }
attribute Budget { on: Projects, slug: "budget", holds: number, account: sales }"#,
    ),
    example(
        "P0301",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: numbr }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
    ),
    example(
        "P0304",
        r#"attribute Mrr { on: companies, slug: "monthly revenue", holds: number }"#,
        r#"attribute Mrr { on: companies, slug: "monthly_revenue", holds: number }"#,
    ),
    example(
        "P0305",
        r#"webhook Deals { url: "https://example.com/hook", on: deals.created }"#,
        r#"webhook Deals { url: "https://example.com/hook", on: [deals.created] }"#,
    ),
    instead(
        "P0307",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, extra: { "title": "MRR" } }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, title: "MRR" }"#,
    ),
    instead(
        "P0308",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, protect: 1 }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, protect: true }"#,
    ),
    example(
        "P0309",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, on_destroy: delete }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, on_destroy: archive }"#,
    ),
    instead(
        "P0310",
        r#"#[cfg(test)]
attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
    ),
    instead(
        "P0311",
        r#"existing object Projects { slug: "projects", singular: "Project", plural: "Projects" }"#,
        r#"existing object Projects { slug: "projects" }"#,
    ),
    example(
        "P0401",
        r#"attribute Domains { on: companies, slug: "domains", holds: text }"#,
        r#"attribute Website { on: companies, slug: "website", holds: text }"#,
    ),
    example(
        "P0402",
        r#"attribute Tier { on: deals, slug: "tier", holds: select { One, Two }, unique: true }"#,
        r#"attribute Tier { on: deals, slug: "tier", holds: select { One, Two } }"#,
    ),
    example(
        "P0403",
        r#"webhook Notes { url: "https://example.com/hook", on: [note.merged] }"#,
        r#"webhook Notes { url: "https://example.com/hook", on: [note.created] }"#,
    ),
    example(
        "P0404",
        r#"list Targets { slug: "targets", of: companies, access: read_only }"#,
        r#"list Targets { slug: "targets", of: companies, access: full_access }"#,
    ),
    instead(
        "P0601",
        r#"// In one part, and in another one:
attribute Mrr { on: companies, slug: "mrr", holds: number }
attribute Revenue { on: companies, slug: "mrr", holds: number }"#,
        r#"// In one part, and in another one:
attribute Mrr { on: companies, slug: "mrr", holds: number }
attribute Revenue { on: companies, slug: "revenue", holds: number }"#,
    ),
    example(
        "P0603",
        r#"$ PLG_ATTIO_URL=http://attio.example.com plg-stack plan --stage prod"#,
        r#"$ PLG_ATTIO_URL=https://attio.example.com plg-stack plan --stage prod"#,
    ),
    instead(
        "P0605",
        r#"$ plg-stack deploy --stage prod
# The key lacks the scope object_configuration:read-write."#,
        r#"$ plg-stack deploy --stage prod
# After the key was given object_configuration:read-write."#,
    ),
    instead(
        "P0608",
        r#"// Nobody has made this attribute.
existing attribute Mrr { on: companies, slug: "mrr" }"#,
        r#"// It is made here.
attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
    ),
    example(
        "P0609",
        r#"# The key is one of another workspace than last time.
$ ATTIO_API_KEY_PROD=… plg-stack deploy --stage prod"#,
        r#"# The same workspace as last time; another one is another stage.
$ ATTIO_API_KEY_NEW=… plg-stack deploy --stage new"#,
    ),
    instead(
        "P0610",
        r#"// It is taken out of the stack while it says so.
attribute Mrr { on: companies, slug: "mrr", holds: number, protect: true }"#,
        r#"// This is deployed first; then it can go.
attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
    ),
    instead("P0611", r#"$ plg-stack plan --target attribute.Mr"#, r#"$ plg-stack plan --target attribute.Mrr"#),
    instead(
        "P0618",
        r#"// A policy of the stack wants a description.
attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
        r#"/// What a customer pays a month.
attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
    ),
    instead(
        "P0621",
        r#"# A deploy was killed before an API had answered.
$ plg-stack state rm attribute.Mrr"#,
        r#"$ plg-stack deploy
$ plg-stack state rm attribute.Mrr"#,
    ),
    instead(
        "P0625",
        r#"// Two webhooks lead there since the plan was made.
webhook Deals { url: "https://example.com/hook", on: [deals.created] }"#,
        r#"// After one of the two was removed in the web app, the same again:
webhook Deals { url: "https://example.com/hook", on: [deals.created] }"#,
    ),
    instead(
        "P0626",
        r#"$ PLG_ATTIO_URL=https://attio.internal plg-stack plan --stage prod
# There is no such host."#,
        r#"$ PLG_ATTIO_URL=https://attio.example.com plg-stack plan --stage prod"#,
    ),
    instead(
        "P0628",
        r#"# A key without object_configuration:read-write:
$ ATTIO_API_KEY_PROD=… plg-stack plan --stage prod"#,
        r#"# A key with the scopes that `doctor` names:
$ ATTIO_API_KEY_PROD=… plg-stack plan --stage prod"#,
    ),
];
