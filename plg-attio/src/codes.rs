//! What the compiler says about Attio's kinds alone.

plg_core::codes! {
    MADE_BY_ATTIO "P0401" "an attribute that Attio does not make"
        "People, companies, deals, users and workspaces, and some of their attributes, are Attio's own: a stack can refer to them, and not create them."
        "Write `on: companies`, or `existing attribute …`; or choose another slug or type."
    NOT_ON_THIS_OBJECT "P0402" "not on this object"
        "Attio refuses this on people, companies or lists, or for this type of value."
        "Do what the message says: leave the field out, or put the attribute on another object."
    NEVER_FIRES "P0403" "a webhook that never fires"
        "Attio has a fixed set of events, and refuses a subscription to any other."
        "Take one of the events the message lists."
    CHANGED_BY_NOBODY "P0404" "a list that nobody could edit"
        "Attio refuses a list to which nobody has full access."
        "Write `access: full_access`, or give a member that level."
}
