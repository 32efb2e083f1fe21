//! What imported declarations refer to, in Attio's words.

use super::{List, Object, On, Place, STANDARD};
use plg_core::source::Known;

/// The object of this id or slug.
pub(super) fn object(known: &Known, key: &str) -> Result<On, String> {
    let own = [On::people, On::companies, On::deals, On::users, On::workspaces];
    let found = known.get(key).or_else(|| known.stranger(&key.into()));
    let object: &Object = found.ok_or_else(|| format!("no object {key} is written here"))?;
    let standard = STANDARD.iter().position(|standard| standard.slug.0 == object.slug.0);
    Ok(standard.map_or(On::object(object), |place| own[place]))
}

/// The object of this id or slug, or the list of this id.
pub(super) fn place(known: &Known, key: &str) -> Result<Place, String> {
    if let Some(list) = known.get::<List>(key) {
        return Ok(Place::declared(list));
    }
    Ok(match object(known, key)? {
        On::people => Place::people,
        On::companies => Place::companies,
        On::deals => Place::deals,
        On::users => Place::users,
        On::workspaces => Place::workspaces,
        On::object(object) => Place::declared(object),
    })
}
