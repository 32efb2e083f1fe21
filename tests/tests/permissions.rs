//! Where keys come from and what they have to be allowed: `docs/keys.md` must say what the kinds say.
//!
//! `PLG_WRITE=1 cargo test -p tests --test permissions` writes it anew.

use plg_core::{Map, Permission};
use std::fmt::Write;
use std::path::Path;

const INTRODUCTION: &str = r#"# Keys

A stage takes one key for each of its accounts, from the variables that its declaration names. Give each stage keys of
its own: a key of `dev` that does not reach `prod` cannot change it by mistake. `doctor` looks at all of them, and says
everything they lack at once.

This page is rendered from the kinds: `PLG_WRITE=1 cargo test -p tests --test permissions` writes it anew.

## Variables

| variable | what it holds |
|---|---|
| those in `env("…")` | the key of an account, the number of a project, whatever a declaration names |
| `PLG_<ACCOUNT>_URL_<STAGE>` | the address that an account is asked at in one stage, in place of its own: for an account `marketing` in stage `dev`, `PLG_MARKETING_URL_DEV`. Plain http is for this machine only |
| `PLG_<ACCOUNT>_URL` | the same for every stage. The account that is called like its provider is `PLG_ATTIO_URL` or `PLG_POSTHOG_URL` |

All of them can stand in a `.env` in this folder or one above it; what is set already wins:

```text
ATTIO_API_KEY_DEV=…
POSTHOG_API_KEY_DEV=phx_…
MARKETING_API_KEY_DEV=phx_…
PLG_MARKETING_URL_DEV=http://127.0.0.1:4848/accounts/marketing
```

## Attio

1. In Attio, open the menu beside the workspace's name, and there *Workspace settings*, *Developers*. Only an admin of
   the workspace has that page.
2. *New access token*; older workspaces have *Create a new integration*, and the token under *Access tokens* of it.
3. Choose the scopes of the kinds your stack declares, from the table below.
4. Copy the token into the variable, `ATTIO_API_KEY_PROD` for instance. Scopes can be changed later; the token stays.

A key belongs to one workspace. An attribute of a list, with its options and statuses, takes `list_configuration`;
servers of before autumn 2026 ask for `object_configuration` for parts of it, so give both where a stack has lists.
Deleting an object deletes its records, and takes `record_permission:read-write` too: for `destroy`, and where a
declared object was taken out of the stack. How many records hold a value of what a plan removes is told where the key
has `record_permission:read` (for lists `list_entry:read`).

## PostHog

1. In PostHog, open *Settings*, *Personal API keys* under *Account*: `https://eu.posthog.com/settings/user-api-keys`, or
   the same page of `us.posthog.com` or of your own server.
2. *Create personal API key*. Limit it to the project of the stage; a key that is limited to other projects is refused
   before anything is asked for.
3. Choose the scopes of the kinds your stack declares, from the table below, and `project:read`.
4. Copy the key into the variable, `POSTHOG_API_KEY_PROD` for instance. It begins with `phx_` and is shown once.
5. The number of the project is in the address of all its pages, `/project/12345/…`, and under *Settings*, *Project*.

A key that begins with `phc_` is a project key: applications send events with it, and nothing can be read or changed.
`phs_` is a project's secret key, which does not do either. Both are refused before any request.

A scope is not all: PostHog also looks at what the person behind the key may do in the project. Organizations can
forbid their members personal keys.

## When it is looked at

| Command | Takes |
|---|---|
| `plan`, `drift`, `doctor` | reading, for each kind of the stack |
| `import` | reading, for every kind; what the key may not read is left out, and said |
| `deploy`, `promote`, `drift --repair`, `destroy` | reading, and writing for the kinds of what the plan changes |
| `unused --live` | reading, for each kind of the stack in PostHog, and `query:read` for counts, times, values and flags; without that scope a warning names the parts that are not compared |

Each key is asked what it may do with the first requests of a command: Attio's `/v2/self`, and PostHog's
`/api/personal_api_keys/@current/`. What is missing is named before the first write: nothing is half done because a
key lacks one scope. `doctor` names what a deploy of the whole stack takes. A PostHog server without that endpoint is
asked as it comes: what a key may not do is then refused one by one.
"#;

fn page() -> String {
    let mut out = INTRODUCTION.to_owned();
    for provider in tests::providers() {
        let title = format!("Scopes in {}", provider.title);
        let _ = write!(out, "\n## {title}\n\n| Kind | To look | To deploy |\n|---|---|---|\n");
        for spec in tests::kinds().filter(|spec| spec.provider() == provider) {
            if spec.wire.keys_in().is_some() {
                let keyword = spec.keyword;
                let _ = writeln!(
                    out,
                    "| [`{keyword}`](reference.md#{keyword}) | what its path takes | what its path takes |"
                );
                continue;
            }
            let mut fields = vec![Map::new()];
            if spec.wire.collection(&on_a_list()).path != spec.wire.collection(&Map::new()).path {
                fields.push(on_a_list());
            }
            let of = |fields: &Map, writes| {
                let path = spec.wire.collection(fields).path;
                let permission = provider.api.permission(&path).expect("every kind has a permission");
                let older = permission.older.map_or_else(String::new, |older| {
                    let older = Permission { object: older, older: None, ..permission };
                    format!(" (older servers: `{}`)", older.spelled(writes))
                });
                format!("`{}`{older}", permission.spelled(writes))
            };
            let cell = |writes| fields.iter().map(|fields| of(fields, writes)).collect::<Vec<_>>().join(", on lists ");
            let keyword = spec.keyword;
            let _ = writeln!(out, "| [`{keyword}`](reference.md#{keyword}) | {} | {} |", cell(false), cell(true));
        }
    }
    out
}

/// The fields of what is on a list, where a kind can be.
fn on_a_list() -> Map {
    Map::from_iter([("target".to_owned(), "lists".into())])
}

#[test]
fn the_page_is_what_the_kinds_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/keys.md");
    let page = page();
    if std::env::var_os("PLG_WRITE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == page,
        "docs/keys.md is not what the kinds say; `PLG_WRITE=1 cargo test -p tests --test permissions` writes it anew"
    );
}
