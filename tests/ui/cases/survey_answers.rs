plg::stack! {
    survey Nps {
        questions: [
            rating("How is it?", scale: 5, display: emoji, then: by_answer { promoters: end, negative: to("wy") }),
            single("Why?", ["Price", "Other"], name: "why", then: by_answer { Prise: end }),
            multiple("What?", ["One", "Two"], then: by_answer { One: end }),
        ],
    }
}

fn main() {}
