plg::stack! {
    survey Nps {
        questions: [
            single("Why?", ["Price", "Other"], translations: { de: { ask: "Warum?", choices: ["Preis"] } }),
            open("And now?"),
        ],
        appearance: { thank_you: "Thanks" },
    }
    survey Code { questions: [open("Why?", translations: { "pt_BR": { ask: "Por quê?" } })] }
}

fn main() {}
