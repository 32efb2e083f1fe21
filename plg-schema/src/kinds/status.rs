//! Statuses of Attio's status attributes: the steps of a pipeline.

use super::attio;
use super::prelude::*;

kind! {
    /// One step of a status attribute. Steps keep the order they are written in, for ever.
    status Status {
        /// What people read, unique within its attribute; from the item's name unless written.
        title: Name,
        /// How long a record should stay here at most.
        target: Option<Span> = None,
        /// Whether Attio celebrates when a record gets here.
        celebrate: bool = false,
    }
    provider: Attio,
    check: |_, _, _| (),
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Statuses,
}

impl Describe for Status {
    fn want(&self) -> Want {
        super::inside(&self.common)
            .set("title", self.title.0)
            .set("celebration_enabled", self.celebrate)
            .set("target_time_in_status", self.target.map_or(Json::Null, |t| Json::from(t.iso())))
    }
}

#[derive(Debug)]
struct Statuses;

fn path(fields: &Map) -> String {
    format!(
        "/v2/objects/{}/attributes/{}/statuses",
        segment(text(fields, "object")),
        segment(text(fields, "attribute"))
    )
}

fn one(prior: &Prior) -> String {
    format!("{}/{}", path(&prior.fields), segment(&prior.id))
}

/// All three always go together: a PATCH that leaves one out may reset it.
fn body(want: &Map) -> Map {
    pick(want, &["title", "celebration_enabled", "target_time_in_status"].map(str::to_owned))
}

impl Wire for Statuses {
    fn listing(&self, want: &Map) -> Listing {
        Listing { path: format!("{}?show_archived=true", path(want)), paging: Paging::Data }
    }

    fn read(&self, json: &Json) -> Option<Live> {
        let row = attio::row(json)?;
        attio::live(row, row.get("id")?.get("status_id")?)
    }

    fn create(&self, want: &Map) -> Call {
        Call::new("POST", path(want), attio::wrap(body(want)))
    }

    fn update(&self, want: &Map, _: &[String], prior: &Prior) -> Option<Call> {
        Some(Call::new("PATCH", one(prior), attio::wrap(body(want))))
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        let mut body = body(want);
        body.insert("is_archived".into(), json!(false));
        Some(Call::new("PATCH", one(prior), attio::wrap(body)))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        Removal::Archive(Call::new("PATCH", one(prior), json!({ "data": { "is_archived": true } })))
    }

    fn parents(&self) -> &'static [&'static str] {
        &["object", "attribute"]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "title").to_owned())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match (field, want.as_str(), live.as_str()) {
            ("target_time_in_status", Some(want), Some(live)) => {
                want == live || duration(want).is_some_and(|w| duration(live) == Some(w))
            }
            _ => same(want, live),
        }
    }

    fn fields_of(&self, word: &str) -> &'static [&'static str] {
        match word {
            "target" => &["target_time_in_status"],
            "celebrate" => &["celebration_enabled"],
            _ => &[],
        }
    }
}

/// An ISO 8601 duration as years, months, weeks, days, hours, minutes, seconds: `P1D` is `P0Y0M1DT0H0M0S`.
fn duration(text: &str) -> Option<[u64; 7]> {
    let mut out = [0; 7];
    let rest = text.strip_prefix('P')?;
    let (date, time) = rest.split_once('T').unwrap_or((rest, ""));
    for (part, letters, from) in [(date, "YMWD", 0), (time, "HMS", 4)] {
        let mut digits = String::new();
        for letter in part.chars() {
            if letter.is_ascii_digit() {
                digits.push(letter);
                continue;
            }
            let place = letters.find(letter)?;
            out[from + place] = digits.parse().ok()?;
            digits.clear();
        }
        if !digits.is_empty() {
            return None;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_compared_by_what_they_mean() {
        let same = |a: &str, b: &str| Statuses.same("target_time_in_status", &json!(a), &json!(b));
        assert!(same("P7D", "P0Y0M7DT0H0M0S"));
        assert!(same("PT2H", "P0Y0M0DT2H0M0S"));
        assert!(!same("P7D", "P1W"));
        assert!(!same("P7D", "xP7Dx"));
        assert!(!Statuses.same("target_time_in_status", &json!("P7D"), &Json::Null));
    }
}
