//! What is deployed, as a person would look for it: the page at `/`.

pub(crate) mod build;
pub(crate) mod html;
pub(crate) mod part;

use crate::accounts::SandboxAccount;
use crate::{Sandbox, SandboxRequest};
use part::HomePart;
use std::fmt::Write;

const STYLE: &str = concat!(include_str!("home.css"), include_str!("build.css"));

/// What is added where accounts are told apart by their names.
const ACCOUNTS_STYLE: &str = include_str!("accounts.css");

/// What keeps the page as the sandbox is, and answers its forms, at `/home.js`.
pub(crate) const SCRIPT: &str = concat!(include_str!("home.js"), include_str!("who.js"));

/// One account's part of the page.
struct AccountPart {
    account: SandboxAccount,
    /// Its API, for people, as it is written on a page.
    title: String,
    links: String,
    html: String,
}

/// The page, from the same answers a client gets.
pub(crate) fn page(sandbox: &Sandbox) -> String {
    let parts: Vec<AccountPart> = sandbox.accounts().into_iter().filter_map(|account| part(sandbox, account)).collect();
    // The default accounts of Attio and PostHog need no name as long as they are alone.
    let named = parts.iter().any(|part| part.account.root().is_none());
    let (mut links, mut body) = (Vec::new(), String::new());
    for part in &parts {
        if named {
            links.push(format!("<a href=\"#account-{0}\">{0}</a>", part.account.name));
            under_its_name(&mut body, part);
        } else {
            links.push(part.links.clone());
            body.push_str(&part.html);
        }
    }
    let (served, links) = (served(&parts), links.join(" "));
    let more = if named { ACCOUNTS_STYLE } else { "" };
    let mut built = String::new();
    build::banner(&mut built, sandbox.build().as_ref());
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'self'; connect-src 'self'\">\n\
         <title>plg sandbox</title>\n<style>\n{STYLE}{more}</style>\n<script src=\"/home.js\" defer></script>\n</head>\n<body>\n<header>\n<h1>plg sandbox</h1>\n\
         <p>What is deployed here. {served}, \
         controls under <code>/_sandbox</code>. Nothing here reaches the real services.</p>\n\
         <p id=\"live\" class=\"note\" role=\"status\"></p>\n{built}\
         <nav aria-label=\"On this page\">{links}</nav>\n</header>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn part(sandbox: &Sandbox, account: SandboxAccount) -> Option<AccountPart> {
    let look = |path: &str| sandbox.look(&account, &SandboxRequest::new("GET", path));
    let (api, settings) = sandbox.api_of(&account)?;
    let prefix = if account.root().is_some() { String::new() } else { format!("{}.", account.name) };
    let mut part = HomePart::new(&look, &settings, (account.url(""), prefix));
    api.home(&mut part);
    let (links, html) = part.done();
    Some(AccountPart { title: html::escaped(api.title()), account, links, html })
}

/// Where each account answers.
fn served(parts: &[AccountPart]) -> String {
    let one = |(at, part): (usize, &AccountPart)| {
        let is = if at == 0 { " is served" } else { "" };
        match part.account.root() {
            Some(root) => format!("{}{is} under <code>{root}</code>", part.title),
            None => format!("{} ({}){is} under <code>{}</code>", part.account.name, part.title, part.account.url("")),
        }
    };
    parts.iter().enumerate().map(one).collect::<Vec<_>>().join(", ")
}

/// A part with its account's name above it, its own headings one level lower.
fn under_its_name(out: &mut String, AccountPart { account, title, links, html }: &AccountPart) {
    let name = &account.name;
    let _ = writeln!(
        out,
        "<section class=\"account\" aria-labelledby=\"account-{name}\">\n\
         <h2 id=\"account-{name}\">{name} <span class=\"count\">{title}</span></h2>\n\
         <nav aria-label=\"In {name}\">{links}</nav>"
    );
    let lower = |html: String, level: u8| {
        let (from, to) = (level, level + 1);
        html.replace(&format!("<h{from}"), &format!("<h{to}")).replace(&format!("</h{from}>"), &format!("</h{to}>"))
    };
    out.push_str(&[4, 3, 2].into_iter().fold(html.clone(), lower));
    out.push_str("</section>\n");
}
