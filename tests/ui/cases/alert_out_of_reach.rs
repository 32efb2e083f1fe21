plg::stack! {
    name: "case",
    stages: { local: sandbox },

    event Used { name: "used" }
    event Paid { name: "paid" }

    insight Uses { shows: trend [Used, Paid] { formula: "B / A" } }
    insight Total { shows: trend [Used] { display: number } }
    insight Buying { shows: funnel [Used, Paid] }
    insight Stays { shows: retention { of: Used, returning: Used } }

    alert OfRetention { insight: Stays, when: value(below: 10) }
    alert WithoutBound { insight: Uses, when: value {} }
    alert OfEveryNumber { insight: Uses, when: value(above: 5, below: 10) }
    alert OfNoLine { insight: Uses, when: value(below: 10), line: 2 }
    alert OfNoStep { insight: Buying, when: value(below: 10), watches: conversion(step: 3) }
    alert OfRows { insight: Buying, when: value(below: 10), watches: row(any) }
    alert OfNoTime { insight: Total, when: rises(above: 10, unit: percent) }
    alert Restless { insight: Uses, when: value(below: 10), quiet: ["22:00-22:10"] }
}

fn main() {}
