mod product {
    plg::stack! {
        stages: crate,
        event Opened { name: "seen" }
        feature_flag Mine { key: "mine", in prod { key: "plain" } }
        feature_flag Shown { key: "shown", release: [{ to: [member(elsewhere::Regulars)], rollout: 10% }] }
        experiment Shade { flag: elsewhere::Plain }
        survey Nps { questions: [open("Why?")], shown: { flag: elsewhere::Tested, variant: "zzz" } }
        cohort First { all: [member(crate::insight::Second)] }
    }
}

mod insight {
    use crate::product;
    plg::stack! {
        stages: crate,
        cohort Second { all: [member(product::First)] }
        attribute Size { on: elsewhere::crm::Targets, slug: "size", holds: text, required: true }
        webhook Hook { url: "https://example.com/hook", on: [elsewhere::crm::Tenant.resolved] }
        object Tenant { slug: "renters", singular: "Renter", plural: "Renters" }
        feature_flag Broken { key: "Not a key" }
    }
}

plg::stack! {
    name: "shop",
    stages: { local: sandbox, prod: sandbox },
    parts: [product, insight, elsewhere],
    experiment Light { flag: self::product::Mine }
    experiment Loud { flag: insight::Broken }
}

fn main() {}
