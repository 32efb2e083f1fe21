mod stack {
    plg::stack! {
        event SignedUp { name: "signed_up", properties: { plan: text } }
    }
}

fn main() {
    println!("{}", stack::SignedUp { plan: "pro".into() }.plan);
    println!("{}", stack::ReportExported { rows: 12 }.rows);
}
