plg::stack! {
    object Tenants { slug: "workspaces", singular: "Tenant", plural: "Tenants" }
}

fn main() {}
