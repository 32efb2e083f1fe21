plg::stack! {
    feature_flag Alone { key: "alone", release: [{ to: [needs(Alone)] }] }
    feature_flag First { key: "first", release: [{ to: [needs(Second)] }] }
    feature_flag Second { key: "second", release: [{ to: [needs(Third)] }] }
    feature_flag Third { key: "third", release: [{ to: [needs_off(First)] }] }
}

fn main() {}
