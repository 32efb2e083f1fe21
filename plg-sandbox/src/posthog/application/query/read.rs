//! A query, read.

use super::UNDERSTOOD;
use super::words::Word;
use serde_json::{Map, Value, json};

/// Where rows are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// One row of nothing: `select 1`.
    Nothing,
    Events,
    Persons,
}

/// What a column gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Gives {
    Constant(Value),
    /// A field, by its path: `properties`, `plan`.
    Field(Vec<String>),
    Count,
    /// How many different values a field has.
    Uniq(Vec<String>),
}

impl Gives {
    pub(super) fn is_aggregate(&self) -> bool {
        matches!(self, Gives::Count | Gives::Uniq(_))
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) gives: Gives,
}

/// One of the conditions, all of which hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Test {
    pub(super) field: Vec<String>,
    pub(super) operator: String,
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Query {
    pub(super) columns: Vec<Column>,
    pub(super) from: From,
    pub(super) tests: Vec<Test>,
    /// What it is ordered by, and whether the greatest comes first.
    pub(super) order: Vec<(Gives, bool)>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

struct Reader<'a> {
    words: &'a [Word],
    values: &'a Map<String, Value>,
}

/// Reads a query, with the values that stand beside it.
pub(super) fn read(words: &[Word], values: &Map<String, Value>) -> Result<Query, String> {
    let mut reader = Reader { words, values };
    reader.need("select")?;
    let mut columns = vec![reader.column()?];
    while reader.sign(",") {
        columns.push(reader.column()?);
    }
    let mut query =
        Query { columns, from: From::Nothing, tests: Vec::new(), order: Vec::new(), limit: None, offset: 0 };
    if reader.word("from") {
        query.from = match reader.name()?.to_lowercase().as_str() {
            "events" => From::Events,
            "persons" => From::Persons,
            other => return Err(format!("the sandbox has no table `{other}`; {UNDERSTOOD}")),
        };
    }
    if reader.word("where") {
        query.tests.push(reader.test()?);
        while reader.word("and") {
            query.tests.push(reader.test()?);
        }
    }
    if reader.word("group") {
        reader.need("by")?;
        reader.gives()?;
        while reader.sign(",") {
            reader.gives()?;
        }
    }
    if reader.word("order") {
        reader.need("by")?;
        loop {
            let by = reader.ordered(&query.columns)?;
            let is_down = reader.word("desc");
            if !is_down {
                reader.word("asc");
            }
            query.order.push((by, is_down));
            if !reader.sign(",") {
                break;
            }
        }
    }
    if reader.word("limit") {
        query.limit = Some(reader.whole()?);
    }
    if reader.word("offset") {
        query.offset = reader.whole()?;
    }
    if let Some(word) = reader.words.first() {
        return Err(format!("{} is not understood here; {UNDERSTOOD}", shown(word)));
    }
    let needs_rows = |column: &Column| matches!(column.gives, Gives::Field(_));
    if query.from == From::Nothing && query.columns.iter().any(needs_rows) {
        return Err(format!("there is no `from`; {UNDERSTOOD}"));
    }
    Ok(query)
}

fn shown(word: &Word) -> String {
    match word {
        Word::Name(text) | Word::Sign(text) => format!("`{text}`"),
        Word::Text(text) => format!("'{text}'"),
        Word::Number(number) => number.to_string(),
        Word::Given(name) => format!("{{{name}}}"),
    }
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Word> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first.clone())
    }

    fn word(&mut self, word: &str) -> bool {
        let is = matches!(self.words.first(), Some(Word::Name(name)) if name.eq_ignore_ascii_case(word));
        if is {
            self.words = &self.words[1..];
        }
        is
    }

    fn sign(&mut self, sign: &str) -> bool {
        let is = self.words.first() == Some(&Word::Sign(sign.to_owned()));
        if is {
            self.words = &self.words[1..];
        }
        is
    }

    fn need(&mut self, word: &str) -> Result<(), String> {
        if self.word(word) {
            return Ok(());
        }
        let here = self.words.first().map_or_else(|| "the end".to_owned(), shown);
        Err(format!("`{word}` is missing before {here}; {UNDERSTOOD}"))
    }

    fn need_sign(&mut self, sign: &str) -> Result<(), String> {
        if self.sign(sign) { Ok(()) } else { Err(format!("`{sign}` is missing; {UNDERSTOOD}")) }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Word::Name(name)) => Ok(name),
            other => Err(format!(
                "a name is missing before {}; {UNDERSTOOD}",
                other.as_ref().map_or_else(String::new, shown)
            )),
        }
    }

    fn whole(&mut self) -> Result<usize, String> {
        match self.next() {
            Some(Word::Number(number)) if number.fract() == 0.0 => Ok(number as usize),
            _ => Err("`limit` and `offset` take a whole number".to_owned()),
        }
    }

    fn column(&mut self) -> Result<Column, String> {
        let before = self.words;
        let gives = self.gives()?;
        let taken = &before[..before.len() - self.words.len()];
        let written: String = taken.iter().map(|word| shown(word).trim_matches('`').to_owned()).collect();
        let name = if self.word("as") { self.name()? } else { written };
        Ok(Column { name, gives })
    }

    fn gives(&mut self) -> Result<Gives, String> {
        if let Some(value) = self.constant()? {
            return Ok(Gives::Constant(value));
        }
        let name = self.name()?;
        if !self.sign("(") {
            return Ok(Gives::Field(self.path(name)?));
        }
        let lower = name.to_lowercase();
        let is_distinct = self.word("distinct");
        match (lower.as_str(), is_distinct) {
            ("count", false) => {
                self.sign("*");
                self.need_sign(")")?;
                Ok(Gives::Count)
            }
            ("count", true) | ("uniq" | "uniqexact", _) => {
                let first = self.name()?;
                let path = self.path(first)?;
                self.need_sign(")")?;
                Ok(Gives::Uniq(path))
            }
            _ => Err(format!("the sandbox has no function `{name}`; {UNDERSTOOD}")),
        }
    }

    fn path(&mut self, first: String) -> Result<Vec<String>, String> {
        let mut path = vec![first];
        while self.sign(".") {
            path.push(self.name()?);
        }
        // `properties['plan']`
        while self.sign("[") {
            match self.next() {
                Some(Word::Text(name)) => path.push(name),
                _ => return Err(format!("a name in quotes is missing after `[`; {UNDERSTOOD}")),
            }
            self.need_sign("]")?;
        }
        Ok(path)
    }

    fn constant(&mut self) -> Result<Option<Value>, String> {
        let value = match self.words.first() {
            Some(Word::Text(text)) => json!(text),
            Some(Word::Number(number)) if number.fract() == 0.0 => json!(*number as i64),
            Some(Word::Number(number)) => json!(number),
            Some(Word::Given(name)) => {
                self.values.get(name).cloned().ok_or_else(|| format!("`values` has no `{name}`"))?
            }
            Some(Word::Name(name)) if name.eq_ignore_ascii_case("true") => json!(true),
            Some(Word::Name(name)) if name.eq_ignore_ascii_case("false") => json!(false),
            Some(Word::Name(name)) if name.eq_ignore_ascii_case("null") => Value::Null,
            _ => return Ok(None),
        };
        self.words = &self.words[1..];
        Ok(Some(value))
    }

    fn test(&mut self) -> Result<Test, String> {
        let first = self.name()?;
        let field = self.path(first)?;
        let negated = self.word("not");
        let mut operator = match self.next() {
            Some(Word::Sign(sign)) if matches!(sign.as_str(), "=" | "==" | "!=" | "<>" | ">" | "<" | ">=" | "<=") => {
                sign
            }
            Some(Word::Name(name)) if ["like", "ilike", "in"].contains(&name.to_lowercase().as_str()) => {
                name.to_lowercase()
            }
            other => {
                let here = other.as_ref().map_or_else(|| "the end".to_owned(), shown);
                return Err(format!("a comparison is missing before {here}; {UNDERSTOOD}"));
            }
        };
        if negated {
            operator = format!("not {operator}");
        }
        let value = if operator.ends_with("in") {
            self.need_sign("(")?;
            let mut all = vec![self.value()?];
            while self.sign(",") {
                all.push(self.value()?);
            }
            self.need_sign(")")?;
            Value::Array(all)
        } else {
            self.value()?
        };
        Ok(Test { field, operator, value })
    }

    fn value(&mut self) -> Result<Value, String> {
        let here = self.words.first().map_or_else(|| "the end".to_owned(), shown);
        self.constant()?.ok_or_else(|| format!("a value is missing before {here}; {UNDERSTOOD}"))
    }

    /// What rows are ordered by: a column by its name, or anything that a column can be.
    fn ordered(&mut self, columns: &[Column]) -> Result<Gives, String> {
        if let Some(Word::Name(name)) = self.words.first()
            && let Some(column) = columns.iter().find(|column| column.name == *name)
        {
            self.words = &self.words[1..];
            return Ok(column.gives.clone());
        }
        self.gives()
    }
}
