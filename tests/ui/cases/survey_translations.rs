plg::stack! {
    survey Partly {
        questions: [
            rating(
                "How is it?",
                low: "Bad",
                translations: { de: { ask: "Wie ist es?" }, fr: { ask: "Comment ?", low: "Mal" } },
            ),
            link("Read on?", "https://example.com", translations: { de: { ask: "Weiterlesen?" } }),
        ],
    }
    survey Ways {
        questions: [
            open("Why?", then: to("what")),
            single("Which?", ["One", "Two"], then: by_answer { One: to("wher"), Three: end }),
            open("What?", name: "where"),
        ],
    }
}

fn main() {}
