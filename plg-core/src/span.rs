//! Durations.

words! {
    /// A unit of time.
    Unit "unit of time" {
        minutes = "minute",
        hours = "hour",
        days = "day",
        weeks = "week",
        months = "month",
        years = "year",
    }
}

/// A duration of one unit, such as 7 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// How many; from 1.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

impl Span {
    /// As ISO 8601, such as `P7D` or `PT2H`.
    pub fn iso(self) -> String {
        match self.unit {
            Unit::minutes => format!("PT{}M", self.count),
            Unit::hours => format!("PT{}H", self.count),
            Unit::days => format!("P{}D", self.count),
            Unit::weeks => format!("P{}W", self.count),
            Unit::months => format!("P{}M", self.count),
            Unit::years => format!("P{}Y", self.count),
        }
    }
}
