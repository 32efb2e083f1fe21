//! Statuses of Attio attributes.

use super::attio::extra;
use super::option::{Choices, outside, within};
use super::prelude::*;

plg_core::kind! {
    /// One step of a status attribute, written inside it.
    status Status {
        /// What people read in Attio; from the item's name unless given. Unique within the attribute.
        title: Name,
        /// How long a record should stay in it at most; no limit unless given.
        target: Option<Span> = None,
        /// Whether Attio celebrates when a record gets there.
        celebrate: bool = false,
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: |_, _, _| (),
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Choices {
        list: "statuses",
        key: "status_id",
        together: &["title", "celebration_enabled", "target_time_in_status"],
    },
}

impl Describe for Status {
    fn want(&self) -> Want {
        let want = within(&self.common)
            .set("title", self.title.0)
            .set("celebration_enabled", self.celebrate)
            .set("target_time_in_status", self.target.map(Span::iso));
        extra(want, &self.common)
    }

    fn lint(&self) -> Vec<String> {
        outside(&self.common, "a status is written inside its attribute: `holds: status { … }`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::fixture::wanted;
    use crate::kinds::{Attribute, Holds, Kind, Place, SelectOption};
    use plg_core::Declared;

    static STAGE: Attribute = Attribute {
        common: Common::named("Stage"),
        on: Place::deals,
        slug: Slug("deal_stage"),
        title: Name("Stage"),
        holds: Holds::status(Items(&[&OPEN, &WON])),
        multiple: Attribute::multiple,
        required: Attribute::required,
        unique: Attribute::unique,
        default: Attribute::default,
        back: Attribute::back,
    };
    static OPEN: Status = Status {
        common: Common::named("Stage.Open").handled(&Handling { parent: Some(&STAGE), ..Handling::PLAIN }),
        title: Name("Open"),
        target: Some(Span { count: 7, unit: Unit::days }),
        ..Status::BLANK
    };
    static WON: Status = Status {
        common: Common::named("Stage.Won").handled(&Handling {
            parent: Some(&STAGE),
            previous: Some(&OPEN),
            ..Handling::PLAIN
        }),
        title: Name("Won 🎉"),
        celebrate: true,
        ..Status::BLANK
    };
    static HIGH: SelectOption = SelectOption {
        common: Common::named("Risk.High").handled(&Handling { parent: Some(&STAGE), ..Handling::PLAIN }),
        title: Name("High"),
    };

    fn resolved(declared: &dyn Declared) -> Map {
        let mut want = wanted(declared).fields;
        want.insert("attribute".into(), json!("a"));
        want.insert("object".into(), json!("o"));
        want.insert("target".into(), json!("objects"));
        want
    }

    fn row(key: &str, more: Json) -> Json {
        let mut row =
            json!({ "id": { "workspace_id": "w", "object_id": "o", "attribute_id": "a" }, "is_archived": false });
        row["id"][key] = json!("x");
        for (key, value) in more.as_object().unwrap() {
            row[key] = value.clone();
        }
        row
    }

    fn prior(live: Live) -> Prior {
        Prior { id: live.id, outputs: live.outputs, fields: live.fields }
    }

    #[test]
    fn each_belongs_to_its_attribute_and_follows_the_one_before() {
        let want = wanted(&WON);
        assert_eq!(want.after, ["status.Stage.Open"]);
        assert_eq!(want.fields["attribute"], json!({ "$ref": "attribute.Stage", "get": "id" }));
        assert_eq!(want.fields["object"], json!({ "$ref": "attribute.Stage", "get": "object" }));
        assert!(wanted(&OPEN).after.is_empty());
    }

    #[test]
    fn options_are_titles() {
        let (wire, want) = (SelectOption::SPEC.wire, resolved(&HIGH));
        let path = crate::kinds::attio::at!("objects/o/attributes/a/options");
        assert_eq!(wire.listing(&want).path, format!("{path}?show_archived=true"));
        assert_eq!(wire.create(&want), Call::new("POST", path, json!({ "data": { "title": "High" } })));
        let live = wire.read(row("option_id", json!({ "title": "High", "is_archived": true }))).unwrap();
        assert!(live.archived && wire.same("title", &want["title"], &live.fields["title"]));
        let prior = prior(live);
        let own = format!("{path}/x");
        assert_eq!(
            wire.revive(&want, &prior),
            Some(Call::new("PATCH", own.clone(), json!({ "data": { "title": "High", "is_archived": false } })))
        );
        assert_eq!(
            wire.remove(&prior),
            Removal::Archive(Call::new("PATCH", own, json!({ "data": { "is_archived": true } })))
        );
        assert_eq!(wire.update(&want, &["attribute".into()], &prior), None);
    }

    #[test]
    fn an_update_sends_everything_that_might_be_reset() {
        let (wire, want) = (Status::SPEC.wire, resolved(&OPEN));
        let path = crate::kinds::attio::at!("objects/o/attributes/a/statuses");
        assert_eq!(
            wire.create(&want),
            Call::new(
                "POST",
                path,
                json!({ "data": { "title": "Open", "celebration_enabled": false, "target_time_in_status": "P7D" } })
            )
        );
        let live = wire
            .read(row(
                "status_id",
                json!({ "title": "Opened", "celebration_enabled": true, "target_time_in_status": "P0Y0M7DT0H0M0S" }),
            ))
            .unwrap();
        assert!(wire.same(
            "target_time_in_status",
            &want["target_time_in_status"],
            &live.fields["target_time_in_status"]
        ));
        assert!(!wire.same("target_time_in_status", &Json::Null, &live.fields["target_time_in_status"]));
        // What people may click is sent back as it is, where it is not to change.
        assert_eq!(
            wire.update(&want, &["title".into()], &prior(live)),
            Some(Call::new(
                "PATCH",
                format!("{path}/x"),
                json!({ "data": {
                "title": "Open", "celebration_enabled": true, "target_time_in_status": "P0Y0M7DT0H0M0S" } })
            ))
        );
    }

    #[test]
    fn statuses_of_lists_have_paths_of_their_own() {
        let wire = Status::SPEC.wire;
        let mut want = resolved(&OPEN);
        want.insert("target".into(), json!("lists"));
        assert_eq!(wire.create(&want).path, crate::kinds::attio::at!("lists/o/attributes/a/statuses"));
        let mut prior = prior(wire.read(row("status_id", json!({ "title": "Open" }))).unwrap());
        prior.fields.insert("target".into(), json!("lists"));
        let Removal::Archive(call) = wire.remove(&prior) else { panic!("statuses are archived") };
        assert_eq!(call.path, crate::kinds::attio::at!("lists/o/attributes/a/statuses/x"));
    }

    #[test]
    fn nothing_belongs_to_nothing() {
        static LOST: Status = Status { common: Common::named("Lost"), title: Name("Lost"), ..Status::BLANK };
        assert_eq!(Describe::lint(&LOST).len(), 1);
        assert!(Describe::lint(&OPEN).is_empty());
    }
}
