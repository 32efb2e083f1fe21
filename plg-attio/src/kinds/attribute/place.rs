//! Where an attribute can be.

use super::super::{Extendable, STANDARD};

plg_core::choice! {
    /// One of Attio's own objects, or an object or a list that is declared.
    Place "standard object", code: plg_core::codes::UNKNOWN_NAME {
        /// People; always there.
        people,
        /// Companies; always there.
        companies,
        /// Deals; an admin has to switch them on in Attio.
        deals,
        /// Users of a product; an admin has to switch them on in Attio.
        users,
        /// Workspaces of a product; an admin has to switch them on in Attio.
        workspaces,
        ; /// An object or a list that is declared.
        else declared(&'static dyn Extendable)
    }
}

impl Place {
    /// The object or the list.
    pub fn place(&self) -> &'static dyn Extendable {
        match self {
            Place::people => &STANDARD[0],
            Place::companies => &STANDARD[1],
            Place::deals => &STANDARD[2],
            Place::users => &STANDARD[3],
            Place::workspaces => &STANDARD[4],
            Place::declared(place) => *place,
        }
    }
}
