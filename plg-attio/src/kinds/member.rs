//! Members of an Attio workspace: found by their addresses, never made.

use super::attio::{live, row, whole};
use super::prelude::*;
use plg_core::source::{Answers, Import, Known, read};

plg_core::kind! {
    /// A member of the workspace, whom an admin invites in Attio: `existing member Ada { email: "ada@example.com" }`. Lists
    /// give members access, and webhooks ask who did something. A key needs the scope `user_management:read` to see them.
    member Member {
        /// The address that they sign in with; capital letters make no difference.
        email: MemberEmail,
    }
    provider: &crate::PROVIDER,
    key: &["email"],
    check: check,
    unique: &[],
    titled: None,
    surface: Surface::NONE,
    wire: &Members,
}

plg_core::texts! {
    /// The address of a member.
    MemberEmail { what: "an e-mail address", max: 254, code: codes::TEXT, check: address, constant: false }
}

fn address(text: &str) -> Result<(), String> {
    let parts = text.split_once('@');
    let is_address = |(name, host): (&str, &str)| !name.is_empty() && host.contains('.') && !host.contains('@');
    if parts.is_some_and(is_address) && !text.chars().any(char::is_whitespace) {
        return Ok(());
    }
    Err(format!(
        "`{text}` is not an e-mail address\nhelp: write the one that the member signs in with, such as \"ada@example.com\""
    ))
}

fn check(member: &Block, _: &Declarations, report: &mut Report) {
    if !member.existing {
        report.error(
            crate::codes::MADE_BY_ATTIO,
            member.at,
            format!(
                "plg cannot create a member: invite the member in Attio\nhelp: write `existing member {}`",
                member.name
            ),
        );
    }
}

impl Describe for Member {
    fn want(&self) -> Want {
        Want::new().set("email_address", self.email.0)
    }
}

#[derive(Debug)]
struct Members;

impl Wire for Members {
    fn collection(&self, _: &Map) -> RestCollection {
        whole("workspace_members")
    }

    fn read(&self, json: Json) -> Option<Live> {
        Some(Live { system: true, ..live(row(json)?, "workspace_member_id")? })
    }

    fn remove(&self, _: &Prior) -> Removal {
        Removal::Forget("members are invited and suspended in Attio")
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "email_address").to_lowercase())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        let lower = |text: &Json| text.as_str().map(str::to_lowercase);
        if field == "email_address" { lower(want) == lower(live) } else { same(want, live) }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        if *word == "email" { &["email_address"] } else { itself(word) }
    }
}

/// Why nothing can be given to a member, as it is.
pub(super) fn unfit(member: &Live) -> Option<Hold> {
    (text(&member.fields, "access_level") == "suspended").then(|| Hold {
        says: "the member is suspended".to_owned(),
        help: "leave the member out, or let an admin restore the access in Attio",
    })
}

/// What a member is known by before anything refers to it.
fn unnamed(id: &str) -> String {
    format!("member {id}")
}

impl Import for Member {
    const ANSWERS: Answers = Answers::BLANK;

    fn label(live: &Live) -> &str {
        text(&live.fields, "email_address").split('@').next().unwrap_or_default()
    }

    fn import(live: &Live, common: Common, _: &mut Known) -> Result<Self, String> {
        Ok(Member { common, email: MemberEmail(read::leak(text(&live.fields, "email_address"))) })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }

    /// Nobody is written whom nothing refers to.
    fn keep_own(live: &Live, known: &mut Known) {
        let name = known.name("member", &live.id, Self::label(live));
        let common = Common::named(name).handled(&Handling { existing: true, ..Handling::PLAIN });
        let email = MemberEmail(read::leak(text(&live.fields, "email_address")));
        let member: &'static Member = read::keep(Member { common, email });
        known.keep(unnamed(&live.id), member);
        known.remember(member, live);
    }
}

/// The member of this id, who is written from then on.
///
/// # Errors
/// That nobody has it.
pub(super) fn referred_to(known: &mut Known, id: &str) -> Result<&'static Member, String> {
    if let Some(member) = known.get(id) {
        return Ok(member);
    }
    let Some(member) = known.get::<Member>(&unnamed(id)) else { return known.find(&id.into()) };
    known.keep(id, member);
    known.notice(member);
    Ok(member)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{block, mistakes, node, wanted};
    use super::*;
    use crate::kinds::Kind;

    static ADA: Member = Member {
        common: Common::named("Ada").handled(&Handling { existing: true, ..Handling::PLAIN }),
        email: MemberEmail("Ada@Example.com"),
    };

    #[test]
    fn found_by_an_address_in_any_case() {
        let (wire, want) = (Member::SPEC.wire, wanted(&ADA).fields);
        let row = json!({ "id": { "workspace_id": "w", "workspace_member_id": "m" }, "first_name": "Ada",
            "email_address": "ada@example.com", "access_level": "suspended" });
        let live = wire.read(row).unwrap();
        assert_eq!((live.id.as_str(), wire.identity(&live.fields)), ("m", wire.identity(&want)));
        assert_eq!(wire.listing(&want).path, crate::kinds::attio::at!("workspace_members"));
        assert!(unfit(&live).is_some());
        assert!(unfit(&Live::default()).is_none());
    }

    #[test]
    fn nobody_makes_one() {
        let mut ada = block("member", "Ada", vec![("email", node(2, Given::Text("ada@example.com".into())))]);
        assert!(mistakes("member", &ada, &[])[0].1.contains("plg cannot create a member: invite the member in Attio"));
        ada.existing = true;
        assert_eq!(mistakes("member", &ada, &[]), []);
        assert!(address("ada@example.com").is_ok());
        assert!(
            ["ada", "@example.com", "ada@example", "a da@example.com"].into_iter().all(|text| address(text).is_err())
        );
    }
}
