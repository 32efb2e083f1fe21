//! TypeScript: literal unions and constants, laid out as prettier leaves them. No import: what is
//! needed of a client is a structural type, so that `posthog-node` and `posthog-js` both fit.

use crate::layout::{Scope, eased, is_identifier, width, wrap};
use crate::{AppAttribute, AppNames, Collection, CollectionKind, File, Page, PropertyType, ValueType, header};
use plg_core::inert::visible;
use std::fmt::Write;

const WIDTH: usize = 80;

/// What an account's modules are called: no further account's is called so.
const MODULES: &[&str] = &["crm", "default", "events", "flags", "ids", "index"];

pub(crate) fn files(names: &AppNames) -> Vec<File> {
    let mut taken = Scope::with(MODULES);
    let further: Vec<(String, &AppNames)> =
        names.accounts.iter().map(|account| (taken.take(account.name), &account.names)).collect();
    let mut files = modules(names, "", &further);
    for (folder, names) in &further {
        files.extend(modules(names, &format!("{folder}/"), &[]));
    }
    files
}

/// The modules of one account of each provider, in a folder; the first names all of them.
fn modules(names: &AppNames, folder: &str, further: &[(String, &AppNames)]) -> Vec<File> {
    let file = |name: &str, text: String| File { name: format!("{folder}{name}.ts"), text };
    let mut files = Vec::new();
    if names.is_product {
        files.extend([file("events", events(names)), file("flags", flags(names))]);
    }
    if names.is_crm {
        files.push(file("crm", crm(names)));
    }
    if names.is_product {
        files.push(file("ids", ids(names)));
    }
    let is_there = |module: &&str| files.iter().any(|file| file.name == format!("{folder}{module}.ts"));
    let mut index = start(names);
    for module in ["crm", "events", "flags", "ids"].into_iter().filter(is_there) {
        let _ = writeln!(index, "export * as {module} from \"./{module}.js\";");
    }
    for (account, _) in further {
        let _ = writeln!(index, "export * as {account} from \"./{account}/index.js\";");
    }
    files.insert(0, file("index", index));
    files
}

fn events(names: &AppNames) -> String {
    let mut out = start(names);
    doc(&mut out, 0, "Every event, by the name it is declared with.");
    constants(
        &mut out,
        0,
        "export const events = ",
        " as const;",
        names.events.iter().map(|e| (e.name, e.doc, e.event)),
    );
    out.push_str(EVENT_NAME);
    if !names.events.is_empty() {
        out.push_str(OWN);
    }
    if names.has_texts() {
        texts(&mut out, names);
    }
    doc(&mut out, 0, "What is sent with each event.");
    open(&mut out, "export interface Properties ", names.events.is_empty());
    for event in &names.events {
        doc(&mut out, 2, event.doc);
        if event.properties.is_empty() {
            let _ = writeln!(out, "  {}: Own;", key(event.event));
            continue;
        }
        let _ = writeln!(out, "  {}: Own & {{", key(event.event));
        for property in &event.properties {
            doc(&mut out, 4, property.doc);
            let ty = match property.ty {
                _ if !property.texts.is_empty() => &format!("OneOf<{}, {}>", eased(event.name), eased(property.key)),
                PropertyType::Text | PropertyType::Datetime => "string",
                PropertyType::Number => "number",
                PropertyType::Boolean => "boolean",
                PropertyType::Object => "{ readonly [key: string]: unknown }",
            };
            let ty = match property.is_list {
                true if ty.contains(" | ") => format!("readonly ({ty})[]"),
                true => format!("readonly {ty}[]"),
                false => ty.to_owned(),
            };
            let (mark, or) = if property.optional { ("?", " | undefined") } else { ("", "") };
            let _ = writeln!(out, "    {}{mark}: {ty}{or};", key(property.key));
        }
        out.push_str("  };\n");
    }
    out.push_str("}\n");
    out.push_str(CAPTURE);
    out
}

/// The texts that properties can be.
fn texts(out: &mut String, names: &AppNames) {
    doc(out, 0, "What properties can be, where that is one of a list: by the name of the event and the key.");
    open(out, "export const texts = ", false);
    for event in &names.events {
        let mut chosen = event.properties.iter().filter(|property| !property.texts.is_empty()).peekable();
        if chosen.peek().is_none() {
            continue;
        }
        open(out, &format!("  {}: ", key(event.name)), false);
        for property in chosen {
            doc(out, 4, property.doc);
            let mut taken = Scope::default();
            let named: Vec<_> = property.texts.iter().map(|one| (taken.take(&one.name), one.text.as_str())).collect();
            let named = named.iter().map(|(name, text)| (name.as_str(), "", *text));
            constants(out, 4, &format!("{}: ", key(property.key)), ",", named);
        }
        out.push_str("  },\n");
    }
    out.push_str("} as const;\n");
    out.push_str(ONE_OF);
}

const ONE_OF: &str = r#"
/** One of the texts that a property of an event can be. */
export type OneOf<
  Name extends keyof typeof texts,
  Key extends keyof (typeof texts)[Name],
> = (typeof texts)[Name][Key][keyof (typeof texts)[Name][Key]];

"#;

const EVENT_NAME: &str = r#"
/** The name of an event, as PostHog knows it. */
export type EventName = (typeof events)[keyof typeof events];

"#;

const OWN: &str = r#"/** Properties of PostHog's own, such as `$set`. */
type Own = {
  readonly [property: `$${string}`]: unknown;
};

"#;

const CAPTURE: &str = r#"
/** What is needed of the client of `posthog-node`. */
export interface ServerClient {
  capture(message: {
    distinctId: string;
    event: string;
    properties: Record<string, unknown>;
  }): void;
}

/** Sends an event from a server, with the client of `posthog-node`. */
export function captureOnServer<
  Client extends ServerClient,
  Name extends EventName,
>(
  client: Client,
  distinctId: string,
  event: Name,
  properties: Properties[Name],
  options?: Omit<
    Parameters<Client["capture"]>[0],
    "distinctId" | "event" | "properties"
  >,
): void {
  client.capture({ ...options, distinctId, event, properties });
}

/** What is needed of `posthog-js`. */
export interface BrowserClient<Options, Result> {
  capture(
    event: string,
    properties?: Record<string, unknown> | null,
    options?: Options,
  ): Result;
}

/** Sends an event from a browser, with `posthog-js`. */
export function captureInBrowser<Options, Result, Name extends EventName>(
  client: BrowserClient<Options, Result>,
  event: Name,
  properties: Properties[Name],
  options?: Options,
): Result {
  return client.capture(event, properties, options);
}
"#;

fn flags(names: &AppNames) -> String {
    let mut out = start(names);
    doc(&mut out, 0, "Every flag, by the name it is declared with.");
    constants(&mut out, 0, "export const flags = ", " as const;", names.flags.iter().map(|f| (f.name, f.doc, f.key)));
    out.push_str("\n/** What the code asks for. */\nexport type FlagKey = (typeof flags)[keyof typeof flags];\n\n");
    doc(&mut out, 0, "The variants of each flag that has some.");
    let several: Vec<_> = names.flags.iter().filter(|flag| !flag.variants.is_empty()).collect();
    open(&mut out, "export const variants = ", several.is_empty());
    for flag in &several {
        doc(&mut out, 2, flag.doc);
        let variants = flag.variants.iter().map(|v| (v.name.as_str(), "", v.key));
        constants(&mut out, 2, &format!("{}: ", key(flag.name)), ",", variants);
    }
    out.push_str("} as const;\n");
    out.push_str(VARIANT);
    doc(&mut out, 0, "What each flag can be: one of its variants, or on or off.");
    open(&mut out, "export interface FlagValues ", names.flags.is_empty());
    for flag in &names.flags {
        doc(&mut out, 2, flag.doc);
        let ty = if flag.variants.is_empty() {
            "boolean".to_owned()
        } else {
            format!("Variant<{}> | false", eased(flag.name))
        };
        let _ = writeln!(out, "  {}: {ty};", key(flag.key));
    }
    out.push_str("}\n");
    let known = several.iter().map(|flag| (flag.key, format!("Object.values(variants{})", member(flag.name))));
    out.push('\n');
    open(&mut out, "const known: { readonly [key: string]: readonly string[] } = ", several.is_empty());
    for (name, values) in known {
        assigned(&mut out, 2, &key(name), &values, ",");
    }
    out.push_str("};\n");
    out.push_str(FLAG_VALUE);
    out
}

const VARIANT: &str = r#"
/** The key of a variant of a flag. */
export type Variant<Name extends keyof typeof variants> =
  (typeof variants)[Name][keyof (typeof variants)[Name]];

"#;

const FLAG_VALUE: &str = r#"
/**
 * What a client of PostHog answered for a flag; nothing where that is none of
 * what the flag can be, as when it is not there yet.
 */
export function flagValue<Key extends FlagKey>(
  key: Key,
  answer: unknown,
): FlagValues[Key] | undefined {
  const variants = known[key];
  const fits =
    variants === undefined
      ? typeof answer === "boolean"
      : answer === false ||
        (typeof answer === "string" && variants.includes(answer));
  return fits ? (answer as FlagValues[Key]) : undefined;
}
"#;

fn crm(names: &AppNames) -> String {
    let mut out = start(names);
    for (kind, title, attributes, values) in [
        (CollectionKind::Object, "objects", "attributes", "Values"),
        (CollectionKind::List, "lists", "entryAttributes", "EntryValues"),
    ] {
        let collections: Vec<&Collection> = names.collections(kind).collect();
        let (of, have) = match kind {
            CollectionKind::Object => ("object", "records"),
            CollectionKind::List => ("list", "entries"),
        };
        doc(&mut out, 0, &format!("The slug of every {of}, by the name it is declared with."));
        let slugs = collections.iter().map(|collection| (collection.name.as_str(), collection.doc, collection.slug));
        constants(&mut out, 0, &format!("export const {title} = "), " as const;", slugs);
        out.push('\n');
        doc(&mut out, 0, &format!("The slugs of the attributes that {have} have, by the slug of the {of}."));
        open(&mut out, &format!("export const {attributes} = "), collections.is_empty());
        for collection in &collections {
            let slugs = collection.attributes.iter().map(|a| (a.name, a.doc, a.slug));
            constants(&mut out, 2, &format!("{}: ", key(collection.slug)), ",", slugs);
        }
        out.push_str("} as const;\n\n");
        doc(&mut out, 0, &format!("What {have} hold, by the slug of the {of}: what Attio takes as `values`."));
        open(&mut out, &format!("export interface {values} "), collections.is_empty());
        for collection in &collections {
            if collection.attributes.is_empty() {
                // `{}` would take anything.
                let _ = writeln!(out, "  {}: Record<string, never>;", key(collection.slug));
                continue;
            }
            let _ = writeln!(out, "  {}: {{", key(collection.slug));
            for attribute in &collection.attributes {
                doc(&mut out, 4, attribute.doc);
                let _ = writeln!(out, "    {}?: {};", key(attribute.slug), value(attribute));
            }
            out.push_str("  };\n");
        }
        out.push_str("}\n\n");
    }
    let choosing: Vec<&AppAttribute> = names.with_choices().collect();
    doc(&mut out, 0, "The title of every option and status, by attribute.");
    open(&mut out, "export const options = ", choosing.is_empty());
    for attribute in choosing {
        doc(&mut out, 2, attribute.doc);
        let titles = attribute.choices.iter().map(|choice| (choice.name, choice.doc, choice.title));
        constants(&mut out, 2, &format!("{}: ", key(attribute.name)), ",", titles);
    }
    out.push_str("} as const;\n");
    out.push_str(OPTION);
    out
}

const OPTION: &str = r#"
/** The title of an option or a status of an attribute. */
export type Option<Name extends keyof typeof options> =
  (typeof options)[Name][keyof (typeof options)[Name]];

/** A record, as an attribute refers to it. */
export interface RecordReference {
  target_object: string;
  target_record_id: string;
}

/** A member of the workspace, as an attribute refers to them. */
export interface ActorReference {
  referenced_actor_type: "workspace-member";
  referenced_actor_id: string;
}
"#;

fn value(attribute: &AppAttribute) -> String {
    let one = match attribute.ty {
        ValueType::Text
        | ValueType::Date
        | ValueType::Timestamp
        | ValueType::Location
        | ValueType::PhoneNumber
        | ValueType::EmailAddress
        | ValueType::Domain => "string".to_owned(),
        ValueType::Number | ValueType::Currency | ValueType::Rating => "number".to_owned(),
        ValueType::Checkbox => "boolean".to_owned(),
        ValueType::Select | ValueType::Status if attribute.choices.is_empty() => "never".to_owned(),
        ValueType::Select | ValueType::Status => format!("Option<{}>", eased(attribute.name)),
        ValueType::Record => "RecordReference".to_owned(),
        ValueType::Actor => "ActorReference".to_owned(),
    };
    if attribute.multiple { format!("{one}[]") } else { format!("{one} | null") }
}

fn ids(names: &AppNames) -> String {
    let mut out = start(names);
    for (title, pages) in [("surveys", &names.surveys), ("dashboards", &names.dashboards)] {
        doc(&mut out, 0, &format!("The ids of {title}, by stage: of those that are deployed there."));
        open(&mut out, &format!("export const {title} = "), names.stages.is_empty());
        for stage in &names.stages {
            let deployed: Vec<(&Page, _)> = pages.iter().filter_map(|p| Some((p, p.ids.get(stage)?))).collect();
            open(&mut out, &format!("  {}: ", key(stage)), deployed.is_empty());
            for (page, id) in &deployed {
                doc(&mut out, 4, page.doc);
                let id = id.as_str().map_or_else(|| id.to_string(), eased);
                assigned(&mut out, 4, &key(page.name), &id, ",");
            }
            out.push_str(if deployed.is_empty() { "},\n" } else { "  },\n" });
        }
        out.push_str("} as const;\n");
        if title == "surveys" {
            out.push('\n');
        }
    }
    out
}

fn start(names: &AppNames) -> String {
    format!("// {}\n\n", header(names))
}

/// The start of an object: on one line where nothing follows.
fn open(out: &mut String, head: &str, empty: bool) {
    let _ = write!(out, "{head}{{{}", if empty { "" } else { "\n" });
}

/// An object of text constants.
fn constants<'a>(
    out: &mut String,
    indent: usize,
    head: &str,
    tail: &str,
    entries: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
) {
    let entries: Vec<_> = entries.collect();
    let margin = " ".repeat(indent);
    open(out, &format!("{margin}{head}"), entries.is_empty());
    for (name, about, text) in &entries {
        doc(out, indent + 2, about);
        assigned(out, indent + 2, &key(name), &eased(text), ",");
    }
    let _ = writeln!(out, "{}}}{tail}", if entries.is_empty() { "" } else { &margin });
}

/// `name: value`, on two lines where one is too long.
fn assigned(out: &mut String, indent: usize, name: &str, value: &str, tail: &str) {
    let margin = " ".repeat(indent);
    let line = format!("{margin}{name}: {value}{tail}");
    if width(&line) <= WIDTH {
        let _ = writeln!(out, "{line}");
    } else {
        let _ = writeln!(out, "{margin}{name}:\n{margin}  {value}{tail}");
    }
}

/// A doc comment; nothing, where there is nothing to say.
fn doc(out: &mut String, indent: usize, text: &str) {
    let text = visible(text.trim()).replace("*/", "*\\/");
    if text.is_empty() {
        return;
    }
    let margin = " ".repeat(indent);
    let lines = wrap(&text, WIDTH - indent - 7);
    if let [line] = &lines[..] {
        let _ = writeln!(out, "{margin}/** {line} */");
        return;
    }
    let _ = writeln!(out, "{margin}/**");
    for line in lines {
        let _ = writeln!(out, "{}", format!("{margin} * {line}").trim_end());
    }
    let _ = writeln!(out, "{margin} */");
}

/// A property's name, eased where it must be.
fn key(text: &str) -> String {
    if is_identifier(text) || text.strip_prefix('$').is_some_and(|rest| rest.is_empty() || is_identifier(rest)) {
        text.to_owned()
    } else {
        eased(text)
    }
}

fn member(name: &str) -> String {
    if is_identifier(name) { format!(".{name}") } else { format!("[{}]", eased(name)) }
}
