//! A part of a part.

plg::stack! {
    /// Who pays.
    object Tenant { slug: "tenants", singular: "Tenant", plural: "Tenants" }

    /// Whom we want.
    list Targets { slug: "targets", of: companies }
}
