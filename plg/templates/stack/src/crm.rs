//! What sales sees in Attio.

plg::stack! {
    stages: crate,

    /// Where a customer stands between trial and churn.
    attribute LifecycleStage {
        on: companies,
        slug: "lifecycle_stage",
        holds: select { Trial, Active, AtRisk, Churned },
    }

    /// Monthly recurring revenue, in euros.
    attribute Mrr { on: companies, slug: "mrr", title: "MRR", holds: number }

    /// Why a customer left.
    attribute ChurnReason { on: companies, slug: "churn_reason", holds: text }
}
