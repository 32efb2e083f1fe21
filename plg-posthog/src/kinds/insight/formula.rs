//! Formulas over the lines of a trend: the first is `A`.

/// What is wrong with a formula, and what to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It names a line that the trend does not draw.
    Line(char),
    /// It cannot be read, for this reason.
    Form(String),
    /// It names no line at all.
    NoLine,
}

/// Reads a formula over the lines `A` to `last`: numbers, lines, `+ - * /` and parentheses.
pub(super) fn check(formula: &str, last: char) -> Result<(), Wrong> {
    let mut reader = FormulaReader { rest: formula.trim_start(), last, lines: 0 };
    reader.sum()?;
    match reader.rest.chars().next() {
        None if reader.lines == 0 => Err(Wrong::NoLine),
        None => Ok(()),
        Some(')') => Err(Wrong::Form("this `)` closes nothing".into())),
        Some(c) => Err(Wrong::Form(format!("`{c}` cannot stand there"))),
    }
}

struct FormulaReader<'a> {
    rest: &'a str,
    last: char,
    lines: usize,
}

impl FormulaReader<'_> {
    fn take(&mut self, wanted: &[char]) -> Option<char> {
        let c = self.rest.chars().next().filter(|c| wanted.contains(c))?;
        self.skip(c.len_utf8());
        Some(c)
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default().trim_start();
    }

    fn sum(&mut self) -> Result<(), Wrong> {
        self.product()?;
        while self.take(&['+', '-']).is_some() {
            self.product()?;
        }
        Ok(())
    }

    fn product(&mut self) -> Result<(), Wrong> {
        self.part()?;
        while self.take(&['*', '/']).is_some() {
            self.part()?;
        }
        Ok(())
    }

    fn part(&mut self) -> Result<(), Wrong> {
        while self.take(&['+', '-']).is_some() {}
        if self.take(&['(']).is_some() {
            self.sum()?;
            return match self.take(&[')']) {
                Some(_) => Ok(()),
                None => Err(Wrong::Form("a `(` is not closed".into())),
            };
        }
        let Some(first) = self.rest.chars().next() else {
            return Err(Wrong::Form("it ends without a line or a number".into()));
        };
        if first.is_ascii_alphabetic() {
            if !('A'..=self.last).contains(&first) {
                return Err(Wrong::Line(first));
            }
            let next = self.rest.chars().nth(1);
            if next.is_some_and(|c| c.is_alphanumeric()) {
                return Err(Wrong::Form(format!(
                    "a line is one letter, and `{first}` is followed by another character"
                )));
            }
            self.lines += 1;
            self.skip(1);
            return Ok(());
        }
        let digits = self.rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(self.rest.len());
        let number = self.rest.get(..digits).unwrap_or_default();
        if number.parse::<f64>().is_err() {
            return Err(Wrong::Form(format!("a line or a number is expected in place of `{first}`")));
        }
        self.skip(digits);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_read() {
        for good in ["A", "B / A * 100", "(A+B)/C", "-A + 2.5", "A/(B-(C*2))", " A "] {
            assert_eq!(check(good, 'C'), Ok(()), "{good}");
        }
        let form = |formula: &str| match check(formula, 'C') {
            Err(Wrong::Form(why)) => why,
            other => panic!("{formula}: {other:?}"),
        };
        assert_eq!(check("D / A", 'C'), Err(Wrong::Line('D')));
        assert_eq!(check("a", 'C'), Err(Wrong::Line('a')));
        assert_eq!(check("100", 'C'), Err(Wrong::NoLine));
        assert_eq!(form("A +"), "it ends without a line or a number");
        assert_eq!(form(""), "it ends without a line or a number");
        assert_eq!(form("(A"), "a `(` is not closed");
        assert_eq!(form("A)"), "this `)` closes nothing");
        assert_eq!(form("A B"), "`B` cannot stand there");
        assert_eq!(form("AB"), "a line is one letter, and `A` is followed by another character");
        assert_eq!(form("A * $"), "a line or a number is expected in place of `$`");
        assert_eq!(form("1.2.3 + A"), "a line or a number is expected in place of `1`");
    }
}
