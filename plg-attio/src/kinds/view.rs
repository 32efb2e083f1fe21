//! Views of Attio's objects and lists: read by their titles, never made.

use super::attio::{live, row, whole};
use super::prelude::*;
use super::{Object, Place};
use plg_core::kinds::Kind;

plg_core::kind! {
    /// A view that people made in Attio: `existing view OpenDeals { on: deals, title: "Open deals" }`. The id of it, which
    /// `output` shows, is what queries take as `filter_view_id`. Attio's API cannot make, change or remove a view, and tells
    /// neither its filters nor its columns. Plans stop where no view, or more than one, has the title.
    view AttioView {
        /// The object or list whose records or entries it shows.
        on: Place,
        /// Its title, as people see it.
        title: Name,
    }
    provider: &crate::PROVIDER,
    key: &["on", "title"],
    check: check,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &AttioViews,
}

fn check(view: &Block, _: &Declarations, report: &mut Report) {
    if !view.existing {
        report.error(
            crate::codes::MADE_BY_ATTIO,
            view.at,
            format!(
                "Attio's API cannot create a view: create it in the web app\nhelp: write `existing view {}`",
                view.name
            ),
        );
    }
}

impl Describe for AttioView {
    fn want(&self) -> Want {
        let place = self.on.place();
        Want::new().set("on", reference(place)).set("target", place.collection()).set("title", self.title.0)
    }
}

#[derive(Debug)]
struct AttioViews;

const PARENTS: &[&str] = &["on", "target"];

impl Wire for AttioViews {
    fn collection(&self, fields: &Map) -> RestCollection {
        let path = format!("{}/{}/views", super::attio::target(fields), segment(text(fields, "on")));
        RestCollection { query: "?limit=1000", ..whole(&path) }
    }

    // One that is known by its id has no request of its own.
    fn by_id(&self, _: &Prior) -> Option<Call> {
        None
    }

    fn read(&self, json: Json) -> Option<Live> {
        live(row(json)?, "view_id")
    }

    fn remove(&self, _: &Prior) -> Removal {
        Removal::Forget("views are made and removed in Attio")
    }

    fn parents(&self) -> &'static [&'static str] {
        PARENTS
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "title").to_owned())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        if *word == "on" { PARENTS } else { itself(word) }
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &[Object::KEYWORD]
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{block, mistakes, node, wanted, word};
    use super::*;
    use crate::kinds::Kind;

    static OPEN: AttioView = AttioView {
        common: Common::named("Open").handled(&Handling { existing: true, ..Handling::PLAIN }),
        on: Place::deals,
        title: Name("Open deals"),
    };

    #[test]
    fn found_by_their_titles() {
        let (wire, mut want) = (AttioView::SPEC.wire, wanted(&OPEN).fields);
        want.insert("on".into(), "o".into());
        assert_eq!(wire.listing(&want).path, format!("{}?limit=1000", crate::kinds::attio::at!("objects/o/views")));
        let row = json!({ "id": { "workspace_id": "w", "object_id": "o", "view_id": "v" }, "title": "Open deals",
            "created_at": "2026-05-16T00:00:00.000000000Z" });
        let live = wire.read(row).unwrap();
        assert_eq!((live.id.as_str(), wire.identity(&live.fields)), ("v", wire.identity(&want)));
    }

    #[test]
    fn nobody_makes_one() {
        let fields = vec![("on", word(2, "deals")), ("title", node(3, Given::Text("Open".into())))];
        let mut open = block("view", "Open", fields);
        assert!(mistakes("view", &open, &[])[0].1.contains("cannot create a view"));
        open.existing = true;
        assert_eq!(mistakes("view", &open, &[]), []);
    }
}
