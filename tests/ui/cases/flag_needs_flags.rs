plg::stack! {
    feature_flag Off { key: "off", active: false }
    feature_flag Split { key: "split", variants: { control: 50%, test: 50% } }
    feature_flag Needs { key: "needs", release: [{ to: [needs(Off), needs(Split, is: "tset")] }] }
    feature_flag First { key: "first", release: [{ to: [needs(Second)] }] }
    feature_flag Second { key: "second", release: [{ to: [needs_off(First)] }] }
}

fn main() {}
