plg::stack! {
    cohort TrialEnds { all: [person("trial_ends_at", before: 7 days ahead)] }
}

fn main() {}
