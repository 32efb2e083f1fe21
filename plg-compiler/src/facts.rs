//! What a part tells the root about its declarations: one text, and a token for each place that a rule may speak of.
//!
//! Blocks are written as arrays, in the order in which they are walked through; sites are not written, as both walks
//! meet them in the same order.

use crate::accounts::{InAccount, NamedAccount, StageAccounts};
use crate::declarations::Lowered;
use crate::lower::Sites;
use crate::names::Symbols;
use crate::syntax::StackSyntax;
use plg_core::{Block, Given, Node, Site, Unit, linked};
use proc_macro2::Span;
use serde_json::{Value as Json, json};

/// A declaration of a part, as every stage has it.
pub(crate) struct Fact {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    /// Where its name stands.
    pub(crate) at: Site,
    /// The account it is in.
    pub(crate) account: InAccount,
    /// Where that is said, if it is not the default one.
    pub(crate) said: Option<Site>,
    pub(crate) base: Option<Block>,
    pub(crate) stages: Vec<(String, Option<Block>)>,
}

/// A reference to another part, as its declaration's name and the kinds it may be of; to the same one, as its name.
const PATH: &str = "path";

/// Every declaration of a stack as a text, and the places in it. `is_read` says whether each of them could be read as one.
pub(crate) fn write(stack: &StackSyntax, names: &Symbols, lowered: &Lowered, is_read: bool) -> (String, Vec<Span>) {
    let mut writer = FactWriter { sites: &lowered.sites, spans: Vec::new(), deep: true };
    let mut facts = Vec::new();
    for (place, (declaration, item)) in stack.declarations.iter().zip(&lowered.items).enumerate() {
        let (Some(spec), Some((account, said))) = (names.specs[place], &lowered.accounts[place]) else { continue };
        let forms = || item.block.iter().chain(item.stages.iter().filter_map(|said| said.block.as_ref()));
        // A declaration that names nothing is wrong in its own fields alone.
        writer.deep = forms().any(|block| block.fields.iter().any(|field| names_something(&field.2)));
        // Before its own place, where the way back finds it.
        writer.spans.extend(*said);
        writer.spans.push(declaration.name.span());
        let at = writer.spans.len() - 1;
        let base = writer.form(item.block.as_ref());
        let stages: Vec<Json> =
            item.stages.iter().map(|said| json!([said.name, writer.form(said.block.as_ref())])).collect();
        let name = declaration.name.to_string();
        facts.push(match said {
            Some(_) => json!([spec.keyword, name, at, writer.deep, base, stages, account.name]),
            None => json!([spec.keyword, name, at, writer.deep, base, stages]),
        });
    }
    if !is_read || names.specs.iter().any(Option::is_none) {
        facts.push(Json::Null);
    }
    (Json::from(facts).to_string(), writer.spans)
}

/// Whether a value or a part of it is a reference, names the key of something, or is a text that is told apart by a word:
/// what a rule over all declarations looks at, such as the name of a property that another one declares.
fn names_something(node: &Node) -> bool {
    match &node.given {
        Given::Ref(_) | Given::Key { .. } => true,
        Given::List(list) => list.iter().any(names_something),
        Given::Record(fields) => fields.iter().any(|(_, node)| names_something(node)),
        Given::Map(map) => map.iter().any(|(.., node)| names_something(node)),
        Given::Case(_, Some(held)) => matches!(held.given, Given::Text(_)) || names_something(held),
        Given::Topic(subject, _) => names_something(subject),
        Given::Items(blocks) => blocks.iter().flat_map(|block| &block.fields).any(|(.., node)| names_something(node)),
        _ => false,
    }
}

/// Every reference in a value.
pub(crate) fn each_reference<'a>(node: &'a Node, see: &mut dyn FnMut(&'a Node)) {
    match &node.given {
        Given::Ref(_) => see(node),
        Given::List(list) => list.iter().for_each(|node| each_reference(node, see)),
        Given::Record(fields) => fields.iter().for_each(|(_, node)| each_reference(node, see)),
        Given::Map(map) => map.iter().for_each(|(.., node)| each_reference(node, see)),
        Given::Case(_, Some(held)) => each_reference(held, see),
        Given::Topic(subject, _) => each_reference(subject, see),
        Given::Items(blocks) => {
            blocks.iter().flat_map(|block| &block.fields).for_each(|(.., node)| each_reference(node, see));
        }
        _ => {}
    }
}

/// The accounts of a root's stages as a text, and the places in it.
pub(crate) fn write_stages(stages: &[StageAccounts]) -> (String, Vec<Span>) {
    let mut spans = Vec::new();
    let mut one = |stage: &StageAccounts| {
        spans.push(stage.at);
        spans.extend(stage.accounts.iter().map(|named| named.at));
        let name = |named: &NamedAccount| json!([named.account.name, named.account.provider.word]);
        let accounts: Vec<Json> = stage.accounts.iter().map(name).collect();
        json!([stage.name, stage.is_sandbox, stage.is_whole, accounts])
    };
    let told: Vec<Json> = stages.iter().map(&mut one).collect();
    (Json::from(told).to_string(), spans)
}

/// Reads what [`write_stages`] wrote.
pub(crate) fn read_stages(text: &str, spans: &[Span]) -> Option<Vec<StageAccounts>> {
    let list: Vec<Json> = serde_json::from_str(text).ok()?;
    let mut spans = spans.iter().copied();
    let mut stages = Vec::new();
    for stage in &list {
        let [name, is_sandbox, is_whole, accounts] = array(stage)? else { return None };
        let at = spans.next()?;
        let mut named = Vec::new();
        for account in array(accounts)? {
            let [name, word] = array(account)? else { return None };
            let (provider, name) = (linked::provider(word.as_str()?)?, name.as_str()?.to_owned());
            named.push(NamedAccount { account: InAccount { provider, name }, at: spans.next()? });
        }
        stages.push(StageAccounts {
            name: name.as_str()?.to_owned(),
            at,
            is_sandbox: is_sandbox.as_bool()?,
            is_whole: is_whole.as_bool()?,
            accounts: named,
        });
    }
    Some(stages)
}

struct FactWriter<'a> {
    sites: &'a Sites,
    spans: Vec<Span>,
    /// Whether places within fields are told as well.
    deep: bool,
}

impl FactWriter<'_> {
    fn form(&mut self, block: Option<&Block>) -> Json {
        block.map_or(Json::Null, |block| self.block(block, true))
    }

    fn block(&mut self, block: &Block, top: bool) -> Json {
        let fields = block.fields.iter().map(|(name, _, node)| json!([name, self.node(node, top)])).collect();
        Json::Array(vec![block.kind.into(), block.name.as_str().into(), block.existing.into(), Json::Array(fields)])
    }

    fn node(&mut self, node: &Node, top: bool) -> Json {
        if top || self.deep {
            // One for each, as the walk back counts them.
            self.spans.push(self.sites.span(node.at).unwrap_or_else(Span::call_site));
        }
        match &node.given {
            Given::Text(text) => json!(["text", text]),
            Given::Env(name) => json!(["env", name]),
            Given::Constant => json!(["constant"]),
            Given::Bool(yes) => json!(["bool", yes]),
            Given::Int(n) => json!(["int", n]),
            Given::Float(n) => json!(["float", n]),
            Given::Percent(n) => json!(["percent", n]),
            Given::Span(span) => json!(["span", span.count, span.unit.as_str()]),
            Given::Word(word) => json!(["word", word]),
            Given::Ref(name) => match self.sites.kinds.get(&node.at.0) {
                Some(kinds) => json!([PATH, name, kinds]),
                None => json!(["name", name]),
            },
            Given::Key { of, member } => json!(["key", of, member]),
            Given::List(list) => {
                json!(["list", list.iter().map(|node| self.node(node, false)).collect::<Vec<_>>()])
            }
            Given::Record(fields) => {
                let fields: Vec<Json> =
                    fields.iter().map(|(name, node)| json!([name, self.node(node, false)])).collect();
                json!(["record", fields])
            }
            Given::Case(word, held) => {
                let held = held.as_ref().map(|held| self.node(held, false));
                json!(["case", word, held])
            }
            Given::Topic(subject, verb) => json!(["topic", self.node(subject, false), verb]),
            Given::Map(map) => {
                let entries: Vec<Json> =
                    map.iter().map(|(key, _, node)| json!([key, self.node(node, false)])).collect();
                json!(["map", entries])
            }
            Given::Items(blocks) => {
                json!(["items", blocks.iter().map(|block| self.block(block, false)).collect::<Vec<_>>()])
            }
            Given::Json(held) => json!(["json", held]),
        }
    }
}

/// Reads what [`write`] wrote, and whether that is all; nothing of it, where it is of another version.
pub(crate) fn read(text: &str) -> Option<(Vec<Fact>, bool)> {
    let list: Vec<Json> = serde_json::from_str(text).ok()?;
    let mut reader = FactReader { next: 0, deep: true, own: Site(0) };
    let told = list.iter().filter(|fact| !fact.is_null());
    let facts: Vec<Fact> = told.map(|fact| reader.fact(fact)).collect::<Option<_>>()?;
    let is_read = facts.len() == list.len();
    Some((facts, is_read))
}

struct FactReader {
    next: u32,
    deep: bool,
    /// The name of the declaration being read: where something is whose place is not told.
    own: Site,
}

impl FactReader {
    fn fact(&mut self, json: &Json) -> Option<Fact> {
        let [kind, name, at, deep, base, stages, account @ ..] = array(json)? else { return None };
        self.own = Site(u32::try_from(at.as_u64()?).ok()?);
        self.next = self.own.0 + 1;
        self.deep = deep.as_bool()?;
        let base = self.form(base)?;
        let mut read = Vec::new();
        for said in array(stages)? {
            let [stage, form] = array(said)? else { return None };
            read.push((stage.as_str()?.to_owned(), self.form(form)?));
        }
        let spec = linked::find(kind.as_str()?)?;
        let provider = spec.provider();
        let (account, said) = match account {
            [] => (provider.word, None),
            [account] => (account.as_str()?, Some(Site(self.own.0.checked_sub(1)?))),
            _ => return None,
        };
        let account = InAccount { provider, name: account.to_owned() };
        Some(Fact {
            kind: spec.keyword,
            name: name.as_str()?.to_owned(),
            at: self.own,
            account,
            said,
            base,
            stages: read,
        })
    }

    fn form(&mut self, json: &Json) -> Option<Option<Block>> {
        if json.is_null() { Some(None) } else { self.block(json, true).map(Some) }
    }

    fn block(&mut self, json: &Json, top: bool) -> Option<Block> {
        let [kind, name, existing, fields] = array(json)? else { return None };
        let mut read = Vec::new();
        for field in array(fields)? {
            let [name, node] = array(field)? else { return None };
            let node = self.node(node, top)?;
            read.push((name.as_str()?.to_owned(), node.at, node));
        }
        Some(Block {
            kind: linked::find(kind.as_str()?)?.keyword,
            name: name.as_str()?.to_owned(),
            at: self.own,
            existing: existing.as_bool()?,
            fields: read,
        })
    }

    fn node(&mut self, json: &Json, top: bool) -> Option<Node> {
        let at = if top || self.deep {
            self.next += 1;
            Site(self.next - 1)
        } else {
            self.own
        };
        let (word, rest) = array(json)?.split_first()?;
        let text = |json: &Json| json.as_str().map(str::to_owned);
        let given = match (word.as_str()?, rest) {
            ("text", [held]) => Given::Text(text(held)?),
            ("env", [name]) => Given::Env(text(name)?),
            ("constant", []) => Given::Constant,
            ("bool", [yes]) => Given::Bool(yes.as_bool()?),
            ("int", [n]) => Given::Int(n.as_i64()?),
            ("float", [n]) => Given::Float(n.as_f64()?),
            ("percent", [n]) => Given::Percent(n.as_f64()?),
            ("span", [count, unit]) => Given::Span(plg_core::Span {
                count: u32::try_from(count.as_u64()?).ok()?,
                unit: Unit::spelt(unit.as_str()?)?,
            }),
            ("word", [word]) => Given::Word(text(word)?),
            // The kinds stand behind the path until all parts are known.
            (PATH, [path, kinds]) => {
                let kinds: Option<Vec<&str>> = array(kinds)?.iter().map(Json::as_str).collect();
                Given::Ref(Some(format!("{} {}", path.as_str()?, kinds?.join(" "))))
            }
            ("name", [name]) => Given::Ref(text(name)),
            ("key", [of, member]) => Given::Key { of: text(of)?, member: text(member) },
            ("list", [list]) => {
                Given::List(array(list)?.iter().map(|node| self.node(node, false)).collect::<Option<_>>()?)
            }
            ("record", [fields]) => {
                let mut read = Vec::new();
                for field in array(fields)? {
                    let [name, node] = array(field)? else { return None };
                    read.push((text(name)?, self.node(node, false)?));
                }
                Given::Record(read)
            }
            ("case", [word, held]) => {
                let held = if held.is_null() { None } else { Some(Box::new(self.node(held, false)?)) };
                Given::Case(text(word)?, held)
            }
            ("topic", [subject, verb]) => Given::Topic(Box::new(self.node(subject, false)?), text(verb)?),
            ("map", [entries]) => {
                let mut read = Vec::new();
                for entry in array(entries)? {
                    let [key, node] = array(entry)? else { return None };
                    let node = self.node(node, false)?;
                    read.push((text(key)?, node.at, node));
                }
                Given::Map(read)
            }
            ("items", [blocks]) => {
                Given::Items(array(blocks)?.iter().map(|block| self.block(block, false)).collect::<Option<_>>()?)
            }
            ("json", [held]) => Given::Json(serde_json::from_value(held.clone()).ok()?),
            _ => return None,
        };
        Some(Node { at, given })
    }
}

fn array(json: &Json) -> Option<&[Json]> {
    json.as_array().map(Vec::as_slice)
}
