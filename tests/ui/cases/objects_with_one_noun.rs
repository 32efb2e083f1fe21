plg::stack! {
    object Tenants { slug: "tenants", singular: "Tenant", plural: "Tenants" }
    object Renters { slug: "renters", singular: "Tenant", plural: "Renters" }
}

fn main() {}
