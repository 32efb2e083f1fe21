//! Who gets what: a form for a person, and every flag's answer for them.

use crate::home::part::HomePart;
use std::fmt::Write;

/// The form. What it asks, and where, is in the page's script; what is typed into it stays while the page follows the
/// sandbox.
pub(super) fn write(home: &mut HomePart<'_>) {
    let (id, asks) = (home.kept("who", "Who gets what"), home.control("evaluate"));
    let out = home.html();
    let _ = write!(
        out,
        "<p>The value of every flag for one person, with the reason. Properties that the sandbox knows count, \
         too.</p>\n\
         <form class=\"who\" data-asks=\"{asks}\">\n\
         <p><label for=\"{id}-id\">Distinct id</label>\
         <input id=\"{id}-id\" name=\"id\" value=\"user-1\" autocomplete=\"off\" required></p>\n\
         <p><label for=\"{id}-person\">Properties of the person</label>\
         <textarea id=\"{id}-person\" name=\"person\" rows=\"3\" placeholder=\"plan=pro\" \
         aria-describedby=\"{id}-person-form\"></textarea>\
         <span class=\"note\" id=\"{id}-person-form\">One <code>NAME=VALUE</code> on each line.</span></p>\n\
         <p><label for=\"{id}-groups\">Groups</label>\
         <textarea id=\"{id}-groups\" name=\"groups\" rows=\"3\" placeholder=\"company=acme\" \
         aria-describedby=\"{id}-groups-form\"></textarea>\
         <span class=\"note\" id=\"{id}-groups-form\"><code>TYPE=KEY</code>, or <code>TYPE.NAME=VALUE</code> for \
         a property of a group.</span></p>\n\
         <p><button>Evaluate</button></p>\n</form>\n\
         <p class=\"note said\" role=\"status\"></p>\n<div class=\"cards answers\"></div>\n\
         <template><article class=\"card\"><h3><code></code> <span class=\"state\"></span></h3><p></p>\
         <ul class=\"criteria\"></ul></article></template>\n</section>\n"
    );
}
