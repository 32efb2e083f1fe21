//! What became of a bench, as a table.

use std::fmt;

/// One operation that was killed, or one trouble of the world that was tried.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct BenchRow {
    /// What was done.
    pub operation: String,
    /// Instants at which it can die, or cases that there are.
    pub instants: u64,
    /// How often it was killed, or how many cases were tried.
    pub tried: u64,
    /// What was lost, with the instant or the case.
    pub lost: Vec<String>,
    /// What is there twice, and no later plan said so.
    pub doubled: Vec<String>,
    /// How often something is there twice, and a later plan said so.
    pub told: u64,
}

/// What became of a bench.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct BenchReport {
    /// By operation, and by trouble.
    pub rows: Vec<BenchRow>,
}

impl BenchReport {
    /// How often anything was killed or tried.
    #[must_use]
    pub fn tried(&self) -> u64 {
        self.rows.iter().map(|r| r.tried).sum()
    }

    /// What was lost, or doubled in silence.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.complaints().count()
    }

    /// What was lost, and what was doubled in silence, in words.
    pub fn complaints(&self) -> impl Iterator<Item = &String> {
        self.rows.iter().flat_map(|row| row.lost.iter().chain(&row.doubled))
    }
}

impl fmt::Display for BenchReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| operation or trouble | instants or cases | tried | lost | doubled | told |")?;
        writeln!(f, "|---|---|---|---|---|---|")?;
        for BenchRow { operation, instants, tried, lost, doubled, told } in &self.rows {
            writeln!(f, "| {operation} | {instants} | {tried} | {} | {} | {told} |", lost.len(), doubled.len())?;
        }
        let lost: usize = self.rows.iter().map(|r| r.lost.len()).sum();
        let doubled: usize = self.rows.iter().map(|r| r.doubled.len()).sum();
        let told: u64 = self.rows.iter().map(|r| r.told).sum();
        write!(f, "| together | | {} | {lost} | {doubled} | {told} |", self.tried())
    }
}
