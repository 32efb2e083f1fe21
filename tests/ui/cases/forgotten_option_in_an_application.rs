plg::stack! {
    attribute ChurnRisk { on: companies, slug: "churn_risk", holds: select { High, Medium, Low } }
}

fn main() {
    let color = match ChurnRisk::High {
        ChurnRisk::High => "red",
        ChurnRisk::Low => "green",
    };
    println!("{color}");
}
