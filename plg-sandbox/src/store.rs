//! Tables of JSON rows, kept in memory and in one append-only log.
//!
//! Every change is one line `{"t": table, "k": key, "v": row | null}`; a request's lines are
//! written with one `write` when it ends, so a killed sandbox holds whole requests only. The cost
//! of a change does not grow with what is stored; opening a store folds the log into one line a row.

use crate::undo::UndoLog;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const LOG: &str = "sandbox.log";

/// One table: rows by key, in the order they were first put.
#[derive(Debug, Default, Clone)]
struct Table {
    order: BTreeMap<u64, String>,
    rows: HashMap<String, (u64, Value)>,
    next: u64,
}

/// Tables of JSON rows; in memory only, or also in a folder.
#[derive(Debug, Default)]
pub struct Store {
    tables: HashMap<String, Table>,
    pending: Vec<u8>,
    log: Option<(File, PathBuf)>,
    /// What was changed lately, where somebody may look at it as it was.
    undo: Option<UndoLog>,
}

impl Store {
    /// A store that is gone when dropped.
    pub fn in_memory() -> Self {
        Store::default()
    }

    /// Opens or creates the store in `dir`.
    ///
    /// # Errors
    /// When the folder cannot be made, read or written. A torn last line is dropped.
    pub fn open(dir: &Path) -> io::Result<Self> {
        Store::open_file(dir, LOG)
    }

    /// Opens or creates the store that is one file in `dir`.
    pub(crate) fn open_file(dir: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        let path = dir.join(name);
        let mut store = Store::default();
        if let Ok(text) = fs::read(&path) {
            for line in text.split(|b| *b == b'\n') {
                let Ok(Value::Object(line)) = serde_json::from_slice(line) else { continue };
                if let (Some(Value::String(t)), Some(Value::String(k))) = (line.get("t"), line.get("k")) {
                    match line.get("v") {
                        None | Some(Value::Null) => store.forget(t, k),
                        Some(v) => store.keep(t, k, v.clone()),
                    }
                }
            }
        }
        let folded = dir.join(format!("{name}.new"));
        let mut file = File::create(&folded)?;
        let mut text = Vec::new();
        for (table_name, table) in &store.tables {
            for key in table.order.values() {
                write_line(&mut text, table_name, key, &table.rows[key].1);
            }
        }
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&folded, &path)?;
        store.log = Some((OpenOptions::new().append(true).open(&path)?, path));
        Ok(store)
    }

    /// A store in memory with the same rows.
    pub(crate) fn copy(&self) -> Self {
        Store { tables: self.tables.clone(), undo: self.undo.clone(), ..Store::default() }
    }

    /// Notes changes from now on, or no longer.
    pub(crate) fn remember(&mut self, remember: bool) {
        match remember {
            true => drop(self.undo.get_or_insert_default()),
            false => self.undo = None,
        }
    }

    /// What is changed next is changed at this time.
    pub(crate) fn set_time(&mut self, now: Timestamp) {
        if let Some(undo) = &mut self.undo {
            undo.set_time(now);
        }
    }

    /// A store in memory with the rows of a time, as far back as changes were noted.
    pub(crate) fn as_of(&self, at: Timestamp) -> Self {
        let mut copy = Store { tables: self.tables.clone(), ..Store::default() };
        for change in self.undo.iter().flat_map(|undo| undo.since(at)) {
            copy.forget(&change.table, &change.key);
            if let (Some((place, row)), Some(table)) = (&change.before, copy.tables.get_mut(&change.table)) {
                table.order.insert(*place, change.key.clone());
                table.rows.insert(change.key.clone(), (*place, row.clone()));
            }
        }
        copy
    }

    /// Every row of every table, by table and key.
    pub(crate) fn everything(&self) -> BTreeMap<(String, String), Value> {
        let of = |(name, table): (&String, &Table)| {
            let rows = table.rows.iter().map(|(key, (_, row))| ((name.clone(), key.clone()), row.clone()));
            rows.collect::<Vec<_>>()
        };
        self.tables.iter().flat_map(of).collect()
    }

    /// The row under `key`.
    pub fn get(&self, table: &str, key: &str) -> Option<&Value> {
        self.tables.get(table)?.rows.get(key).map(|(_, row)| row)
    }

    /// Rows in the order they were first put.
    pub fn rows<'a>(&'a self, table: &str) -> impl DoubleEndedIterator<Item = (&'a str, &'a Value)> + use<'a> {
        self.tables.get(table).into_iter().flat_map(|t| t.order.values().map(|k| (k.as_str(), &t.rows[k].1)))
    }

    /// How many rows a table has.
    pub fn len(&self, table: &str) -> usize {
        self.tables.get(table).map_or(0, |t| t.rows.len())
    }

    /// Whether a table has no rows.
    pub fn is_empty(&self, table: &str) -> bool {
        self.len(table) == 0
    }

    /// Puts a row; one that was there keeps its place.
    pub fn put(&mut self, table: &str, key: &str, row: Value) {
        if self.log.is_some() {
            write_line(&mut self.pending, table, key, &row);
        }
        self.keep(table, key, row);
    }

    /// Removes a row; says whether there was one.
    pub fn remove(&mut self, table: &str, key: &str) -> bool {
        let there = self.get(table, key).is_some();
        if there {
            if self.log.is_some() {
                write_line(&mut self.pending, table, key, &Value::Null);
            }
            self.forget(table, key);
        }
        there
    }

    /// The next number of a sequence, from 1; never given twice, not even after a removal.
    pub fn next_number(&mut self, sequence: &str) -> u64 {
        let next = self.get("_sequences", sequence).and_then(Value::as_u64).unwrap_or(0) + 1;
        self.put("_sequences", sequence, json!(next));
        next
    }

    /// Removes every row of every table whose name starts with `prefix`, and not with `_`.
    pub fn clear(&mut self, prefix: &str) {
        let is_cleared = |table: &&String| table.starts_with(prefix) && !table.starts_with('_');
        let names: Vec<String> = self.tables.keys().filter(is_cleared).cloned().collect();
        for name in names {
            let keys: Vec<String> = self.rows(&name).map(|(k, _)| k.to_owned()).collect();
            for key in keys {
                self.remove(&name, &key);
            }
        }
    }

    /// Writes what changed since the last call to the log, in one write.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub fn commit(&mut self) -> io::Result<()> {
        if let Some((file, _)) = &mut self.log
            && !self.pending.is_empty()
        {
            file.write_all(&self.pending)?;
            self.pending.clear();
        }
        Ok(())
    }

    fn keep(&mut self, table: &str, key: &str, row: Value) {
        self.note(table, key);
        if !self.tables.contains_key(table) {
            self.tables.insert(table.to_owned(), Table::default());
        }
        let Some(table) = self.tables.get_mut(table) else { return };
        if let Some(old) = table.rows.get_mut(key) {
            old.1 = row;
            return;
        }
        let place = table.next;
        table.next += 1;
        table.order.insert(place, key.to_owned());
        table.rows.insert(key.to_owned(), (place, row));
    }

    fn note(&mut self, table: &str, key: &str) {
        if let Some(undo) = &mut self.undo {
            undo.note(table, key, self.tables.get(table).and_then(|t| t.rows.get(key)).cloned());
        }
    }

    fn forget(&mut self, table: &str, key: &str) {
        self.note(table, key);
        if let Some(table) = self.tables.get_mut(table)
            && let Some((place, _)) = table.rows.remove(key)
        {
            table.order.remove(&place);
        }
    }
}

fn write_line(out: &mut Vec<u8>, table: &str, key: &str, row: &Value) {
    let mut line = Map::new();
    line.insert("t".into(), json!(table));
    line.insert("k".into(), json!(key));
    line.insert("v".into(), row.clone());
    out.extend(Value::Object(line).to_string().into_bytes());
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_committed_is_there_when_opened_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        store.put("a", "2", json!("second"));
        store.put("a", "1", json!("first"));
        store.put("a", "2", json!("second, changed"));
        store.put("a", "3", json!("gone"));
        store.remove("a", "3");
        assert_eq!(store.next_number("n"), 1);
        store.commit().unwrap();
        store.put("a", "4", json!("never committed"));
        drop(store);

        let mut store = Store::open(dir.path()).unwrap();
        let rows: Vec<_> = store.rows("a").map(|(k, v)| (k.to_owned(), v.clone())).collect();
        assert_eq!(rows, [("2".to_owned(), json!("second, changed")), ("1".to_owned(), json!("first"))]);
        assert_eq!(store.next_number("n"), 2);
    }

    #[test]
    fn the_rows_of_an_earlier_time_are_still_known() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let rows = |store: &Store| store.rows("a").map(|(k, v)| format!("{k}{v}")).collect::<Vec<_>>();
        let mut store = Store::in_memory();
        store.put("a", "x", json!(1));
        store.put("a", "y", json!(1));
        store.remember(true);
        store.set_time(at(10));
        store.put("a", "x", json!(2));
        store.put("a", "z", json!(1));
        store.set_time(at(20));
        store.remove("a", "x");
        store.remove("a", "y");
        assert_eq!(rows(&store), ["z1"]);
        assert_eq!(rows(&store.as_of(at(20))), ["z1"]);
        assert_eq!(rows(&store.as_of(at(19))), ["x2", "y1", "z1"]);
        assert_eq!(rows(&store.copy().as_of(at(9))), ["x1", "y1"]);
    }

    #[test]
    fn a_torn_last_line_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(LOG), "{\"t\":\"a\",\"k\":\"1\",\"v\":1}\n{\"t\":\"a\",\"k\":\"2\"").unwrap();
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.len("a"), 1);
    }
}
