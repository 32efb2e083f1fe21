plg::stack! {
    name: "case",
    stages: { local: sandbox },

    event Used { name: "used" }

    insight Long {
        shows: trend [Used, average(Used, of: session("$session_seconds"))] {
            with: [session("session_duration", at_least: 60), session("$is_bounce", is: ["never"])],
        },
    }
    insight Channels { shows: trend [Used] { breakdown: session("$chanel_type") } }
    insight Summed { shows: trend [sum(Used, of: session("$entry_pathname"))] }
    insight Named { shows: trend [Used] { breakdown: session(anything("$entry_own")), with: [group(0, { property: "of", is: ["x"] })] } }
}

fn main() {}
