//! A query, read.

use super::UNDERSTOOD;
use super::words::QueryWord;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

/// Where rows are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueryTable {
    /// One row of nothing: `select 1`.
    Nothing,
    Events,
    Persons,
}

/// What a column gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ColumnValue {
    Constant(Value),
    /// A field, by its path: `properties`, `plan`.
    Field(Vec<String>),
    Count,
    /// How many different values a field has.
    Uniq(Vec<String>),
    /// The greatest value of a field.
    Max(Vec<String>),
    /// A row for each key of an object: `arrayJoin(JSONExtractKeys(properties))`.
    EachKey(JsonPlace),
    /// What a value is, in the words of the database below: `JSONType(properties, 'plan')`.
    Type(JsonPlace),
    /// A value as JSON: `JSONExtractRaw(properties, 'plan')`.
    Raw(JsonPlace),
    /// A text, and an empty one of anything else: `JSONExtractString(properties, 'plan')`.
    Text(JsonPlace),
}

impl ColumnValue {
    pub(super) fn is_aggregate(&self) -> bool {
        matches!(self, ColumnValue::Count | ColumnValue::Uniq(_) | ColumnValue::Max(_))
    }
}

/// A place in a JSON field: the field, and the keys below it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct JsonPlace {
    pub(super) field: Vec<String>,
    pub(super) keys: Vec<JsonKey>,
}

/// A key in a JSON field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum JsonKey {
    Given(String),
    /// What another column of the row gives, by its name.
    Column(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct QueryColumn {
    pub(super) name: String,
    pub(super) gives: ColumnValue,
}

/// One of the conditions, all of which hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct QueryTest {
    pub(super) field: Vec<String>,
    pub(super) operator: String,
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct SelectQuery {
    pub(super) columns: Vec<QueryColumn>,
    pub(super) from: QueryTable,
    pub(super) tests: Vec<QueryTest>,
    /// The values that rows are ordered by, each with whether the greatest comes first.
    pub(super) order: Vec<(ColumnValue, bool)>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

struct QueryReader<'a> {
    words: &'a [QueryWord],
    values: &'a Map<String, Value>,
    now: Timestamp,
}

/// Reads a query that is asked now, with the values that stand beside it.
pub(super) fn read(words: &[QueryWord], values: &Map<String, Value>, now: Timestamp) -> Result<SelectQuery, String> {
    let mut reader = QueryReader { words, values, now };
    reader.need("select")?;
    let mut columns = vec![reader.column()?];
    while reader.sign(",") {
        columns.push(reader.column()?);
    }
    let mut query = SelectQuery {
        columns,
        from: QueryTable::Nothing,
        tests: Vec::new(),
        order: Vec::new(),
        limit: None,
        offset: 0,
    };
    if reader.word("from") {
        query.from = match reader.name()?.to_lowercase().as_str() {
            "events" => QueryTable::Events,
            "persons" => QueryTable::Persons,
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
    let needs_rows = |column: &QueryColumn| !matches!(column.gives, ColumnValue::Constant(_) | ColumnValue::Count);
    if query.from == QueryTable::Nothing && query.columns.iter().any(needs_rows) {
        return Err(format!("there is no `from`; {UNDERSTOOD}"));
    }
    Ok(query)
}

fn shown(word: &QueryWord) -> String {
    match word {
        QueryWord::Name(text) | QueryWord::Sign(text) => format!("`{text}`"),
        QueryWord::Text(text) => format!("'{text}'"),
        QueryWord::Number(number) => number.to_string(),
        QueryWord::Given(name) => format!("{{{name}}}"),
    }
}

impl QueryReader<'_> {
    fn next(&mut self) -> Option<QueryWord> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first.clone())
    }

    fn word(&mut self, word: &str) -> bool {
        let is = matches!(self.words.first(), Some(QueryWord::Name(name)) if name.eq_ignore_ascii_case(word));
        if is {
            self.words = &self.words[1..];
        }
        is
    }

    fn sign(&mut self, sign: &str) -> bool {
        let is = self.words.first() == Some(&QueryWord::Sign(sign.to_owned()));
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
            Some(QueryWord::Name(name)) => Ok(name),
            other => Err(format!(
                "a name is missing before {}; {UNDERSTOOD}",
                other.as_ref().map_or_else(String::new, shown)
            )),
        }
    }

    fn whole(&mut self) -> Result<usize, String> {
        match self.next() {
            Some(QueryWord::Number(number)) if number.fract() == 0.0 => Ok(number as usize),
            _ => Err("`limit` and `offset` take a whole number".to_owned()),
        }
    }

    fn column(&mut self) -> Result<QueryColumn, String> {
        let before = self.words;
        let gives = self.gives()?;
        let taken = &before[..before.len() - self.words.len()];
        let written: String = taken.iter().map(|word| shown(word).trim_matches('`').to_owned()).collect();
        let name = if self.word("as") { self.name()? } else { written };
        Ok(QueryColumn { name, gives })
    }

    fn gives(&mut self) -> Result<ColumnValue, String> {
        if let Some(value) = self.constant()? {
            return Ok(ColumnValue::Constant(value));
        }
        let name = self.name()?;
        if !self.sign("(") {
            return Ok(ColumnValue::Field(self.path(name)?));
        }
        let lower = name.to_lowercase();
        let is_distinct = self.word("distinct");
        match (lower.as_str(), is_distinct) {
            ("count", false) => {
                self.sign("*");
                self.need_sign(")")?;
                Ok(ColumnValue::Count)
            }
            ("count", true) | ("uniq" | "uniqexact", _) => {
                let first = self.name()?;
                let path = self.path(first)?;
                self.need_sign(")")?;
                Ok(ColumnValue::Uniq(path))
            }
            ("max", false) => {
                let first = self.name()?;
                let path = self.path(first)?;
                self.need_sign(")")?;
                Ok(ColumnValue::Max(path))
            }
            ("arrayjoin", false) => {
                self.need("JSONExtractKeys")?;
                self.need_sign("(")?;
                let place = self.json_place()?;
                self.need_sign(")")?;
                Ok(ColumnValue::EachKey(place))
            }
            ("jsontype", false) => Ok(ColumnValue::Type(self.json_place()?)),
            ("jsonextractraw", false) => Ok(ColumnValue::Raw(self.json_place()?)),
            ("jsonextractstring", false) => Ok(ColumnValue::Text(self.json_place()?)),
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
                Some(QueryWord::Text(name)) => path.push(name),
                _ => return Err(format!("a name in quotes is missing after `[`; {UNDERSTOOD}")),
            }
            self.need_sign("]")?;
        }
        Ok(path)
    }

    /// What stands in the parentheses of a function of JSON, with the one that ends them.
    fn json_place(&mut self) -> Result<JsonPlace, String> {
        let first = self.name()?;
        let mut place = JsonPlace { field: self.path(first)?, keys: Vec::new() };
        while self.sign(",") {
            place.keys.push(match self.constant()? {
                Some(Value::String(key)) => JsonKey::Given(key),
                Some(other) => return Err(format!("`{other}` is no key of JSON; {UNDERSTOOD}")),
                None => JsonKey::Column(self.name()?),
            });
        }
        self.need_sign(")")?;
        Ok(place)
    }

    /// `now()`, or so long before it: `now() - toIntervalDay(30)`. As a text, as which events have their times.
    fn instant(&mut self) -> Result<Option<Value>, String> {
        if !self.word("now") {
            return Ok(None);
        }
        self.need_sign("(")?;
        self.need_sign(")")?;
        let mut at = self.now;
        if self.sign("-") {
            let unit = self.name()?;
            let seconds = match unit.to_lowercase().as_str() {
                "tointervalsecond" => 1,
                "tointervalminute" => 60,
                "tointervalhour" => 3_600,
                "tointervalday" => 86_400,
                _ => return Err(format!("the sandbox has no function `{unit}`; {UNDERSTOOD}")),
            };
            self.need_sign("(")?;
            let count = i64::try_from(self.whole()?).unwrap_or(i64::MAX);
            self.need_sign(")")?;
            let before = SignedDuration::from_secs(count.saturating_mul(seconds));
            at = at.checked_sub(before).unwrap_or(Timestamp::MIN);
        }
        Ok(Some(json!(at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string())))
    }

    fn constant(&mut self) -> Result<Option<Value>, String> {
        let value = match self.words.first() {
            Some(QueryWord::Text(text)) => json!(text),
            Some(QueryWord::Number(number)) if number.fract() == 0.0 => json!(*number as i64),
            Some(QueryWord::Number(number)) => json!(number),
            Some(QueryWord::Given(name)) => {
                self.values.get(name).cloned().ok_or_else(|| format!("`values` has no `{name}`"))?
            }
            Some(QueryWord::Name(name)) if name.eq_ignore_ascii_case("true") => json!(true),
            Some(QueryWord::Name(name)) if name.eq_ignore_ascii_case("false") => json!(false),
            Some(QueryWord::Name(name)) if name.eq_ignore_ascii_case("null") => Value::Null,
            _ => return Ok(None),
        };
        self.words = &self.words[1..];
        Ok(Some(value))
    }

    fn test(&mut self) -> Result<QueryTest, String> {
        let first = self.name()?;
        let field = self.path(first)?;
        let negated = self.word("not");
        let mut operator = match self.next() {
            Some(QueryWord::Sign(sign))
                if matches!(sign.as_str(), "=" | "==" | "!=" | "<>" | ">" | "<" | ">=" | "<=") =>
            {
                sign
            }
            Some(QueryWord::Name(name)) if ["like", "ilike", "in"].contains(&name.to_lowercase().as_str()) => {
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
        Ok(QueryTest { field, operator, value })
    }

    fn value(&mut self) -> Result<Value, String> {
        let here = self.words.first().map_or_else(|| "the end".to_owned(), shown);
        if let Some(instant) = self.instant()? {
            return Ok(instant);
        }
        self.constant()?.ok_or_else(|| format!("a value is missing before {here}; {UNDERSTOOD}"))
    }

    /// Reads a value that rows are ordered by: a column by its name, or anything that a column can be.
    fn ordered(&mut self, columns: &[QueryColumn]) -> Result<ColumnValue, String> {
        if let Some(QueryWord::Name(name)) = self.words.first()
            && let Some(column) = columns.iter().find(|column| column.name == *name)
        {
            self.words = &self.words[1..];
            return Ok(column.gives.clone());
        }
        self.gives()
    }
}
