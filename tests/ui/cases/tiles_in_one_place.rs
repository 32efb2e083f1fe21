plg::stack! {
    name: "case",
    stages: { local: sandbox },

    event Used { name: "used" }
    insight Uses { shows: trend [Used] }
    insight Users { shows: trend [people(Used)] }

    dashboard Wide { tiles: [insight(Uses, at: { x: 6, y: 0, w: 7, h: 5 })] }
    dashboard Flat { tiles: [insight(Uses, at: { x: 0, y: 0, w: 6, h: 0 })] }
    dashboard Crowded {
        tiles: [
            insight(Uses, at: { x: 0, y: 0, w: 6, h: 5 }),
            insight(Users, at: { x: 5, y: 4, w: 6, h: 5 }),
        ],
    }
    dashboard Twice { tiles: [Uses, insight(Uses, colour: blue)] }
    dashboard Texts { tiles: [text(" "), text("Welcome"), text("Welcome")] }
    dashboard Buttons { tiles: [button("Docs", url: "docs.example.com")] }
}

fn main() {}
