//! What the compiler says about a stack.

use super::Code;

macro_rules! codes {
    ($($code:literal $title:literal [$($says:literal),+ $(,)?] $cause:literal $cure:literal)*) => {
        &[$(Code { code: $code, title: $title, says: &[$($says),+], cause: $cause, cure: $cure }),*]
    };
}

pub(super) static CODES: &[Code] = codes! {
    "P0101" "a declaration is not finished"
        ["expected a name after *", "expected `{` after *", "expected `,` between fields", "`*` needs a colon and a value", "expected a name"]
        "A declaration is `kind Name { field: value, … }`, with a comma between two fields. While it is half typed, the rest of the stack is still read, so that nothing else is reported for it."
        "Write what the message names: the name after the kind, the brace, the comma, or the colon and the value."
    "P0102" "not a kind of resource"
        ["`*` is not a kind of resource"]
        "Every declaration starts with a kind that Attio or PostHog has, such as `attribute` or `feature_flag`."
        "Take the kind the message offers; the language reference lists all of them."
    "P0103" "not a field of this kind"
        ["`*` is not a field of *", "`*` is not a field here"]
        "Each kind, and each case of a value, has fields of its own; a field that the API would drop without a word is refused here."
        "Take the field the message offers. A JSON key that has no word in the language yet goes into `extra: { \"key\": value }`."
    "P0104" "a field is missing"
        ["* is missing `*`", "* is missing here"]
        "The API refuses the resource without this field, and there is no value that would be right for everybody."
        "Write the field."
    "P0105" "written twice"
        ["`*` is written twice", "stage `*` is written twice", "`*` is in this list already"]
        "Only one of the two could count."
        "Leave one of them out. What differs in one stage goes into `in stage { … }`."
    "P0106" "the head of the stack"
        ["a stack's name is *", "stage `*` needs a target", "`*` is not a stage of this stack", "there are no stages here*"]
        "A stack starts with its name and its stages; a part of it names the module that has the stages. `in stage { … }` needs one of them."
        "Write `name: \"my-stack\"` and `stages: { local: sandbox }`, or take the stage the message offers."
    "P0107" "a secret written down"
        ["a secret is never written *", "an environment variable's name is in capitals"]
        "A stack is source code: what stands in it is in the repository and in every build. Keys and secrets come from the environment."
        "Write `env(\"NAME\")`, with a name in capitals, and set the variable where it is deployed."
    "P0201" "nothing of this name"
        ["cannot find * in this stack", "`*` is not a standard object"]
        "A reference names a declaration of this stack, and there is none of this name and kind. In a web app this is the experiment that points at a flag nobody made."
        "Take the name the message offers, declare it, or refer to something that is there already with `existing kind Name { … }`. A declaration of another stack is named with its path: `crm::LifecycleStage`."
    "P0202" "a declaration of another kind"
        ["expected a*, but `*` is a*", "expected an*, but `*` is a*"]
        "The field refers to one kind, and the name is of another one."
        "Name a declaration of the kind that is expected."
    "P0203" "declared twice"
        ["`*` is declared twice*", "`*` can already be chosen"]
        "Names are unique in a stack, and options in their attribute: a reference could mean either."
        "Give one of them another name."
    "P0204" "the same key, slug or title twice"
        ["`*` on line * has the * already", "`*` has the * already", "\"*\" is what `*` is called already"]
        "The API keeps these apart, and would refuse the second one or overwrite the first."
        "Give one of them another key, slug, name or title."
    "P0205" "a cycle"
        ["`*` depends on itself: *"]
        "Each of them would have to be made before the other."
        "Take one of the references in the chain out."
    "P0206" "a name in the wrong case"
        ["names are written in PascalCase*"]
        "Each declaration becomes a Rust type, which is written in PascalCase."
        "Write the name the message offers; keys, slugs and titles are fields of their own."
    "P0207" "nothing was renamed"
        ["`*` is still declared, so nothing can have been renamed *"]
        "`was` names what a declaration was called before, and that one is still there."
        "Take `was` out, or the old declaration."
    "P0301" "not one of the words"
        ["`*` is not a *", "`*` is not an *", "expected one of *"]
        "The API knows a few words here, and refuses every other."
        "Take one of the words the message lists."
    "P0302" "a share"
        ["expected a share*", "*% is out of range*", "the variants' shares add up to *"]
        "Shares are written with a percent sign, are from 0% to 100%, and those of a flag's variants add up to 100%."
        "Write the share the message offers."
    "P0303" "a length of time or a moment"
        ["a duration needs a unit*", "`*` is not a unit of time here", "expected a duration*", "expected a time in the past*", "PostHog's relative dates only look back*", "`*` is no date*", "* is out of range: 1 to 10000 is accepted"]
        "A length of time is a number with a unit, `7 days`; a moment in the past is `7 days ago`; a date is `2026-03-31`."
        "Write it as the message shows."
    "P0304" "a text that the API refuses"
        ["this text has * characters*", "a slug is *", "a prefix is *", "a key has letters*", "an address must start with *", "the description of *", "a sign has *", "`*` is no mail address*", "`*` has no mail address*"]
        "The API has a rule for this text: its length, its letters, or how it starts."
        "Write the text the message offers."
    "P0305" "a list"
        ["expected a list in brackets*", "this list has no condition*", "there is nothing to count*", "nobody would get this*", "1 to 6 insights of a dashboard*"]
        "What can be several stands in brackets, also where it is one: `[deals.created]`."
        "Put brackets around it, or an entry into them."
    "P0306" "a number out of range"
        ["* is out of range: * is accepted", "a retention has 2 periods*", "a month has a first *", "`*` counts from 1*", "below * or above * is every number*", "a survey is asked 1 to *", "a funnel's *"]
        "The API accepts a range of numbers here."
        "Write a number in the range the message names."
    "P0307" "`extra` for what has a word"
        ["`*` is a field of a*", "a JSON key is in quotes*"]
        "`extra` passes JSON keys through that the language has no word for; this one has one, and both could not count."
        "Write the field itself."
    "P0308" "a value of another shape"
        ["a * stands alone: nothing may follow it", "* stands alone: nothing may follow it", "expected *", "`*` needs its *", "`*` needs * in parentheses*"]
        "Here stands something else than what the field takes."
        "Write the value the message describes."
    "P0401" "an attribute that Attio does not make"
        ["Attio makes `*` attributes itself*", "`*` is Attio's own attribute*", "`*` is the slug of Attio's own object*"]
        "People, companies, deals, users and workspaces, and some of their attributes, are Attio's own: they can be referred to, and not be made."
        "Write `on: companies`, or `existing attribute …`; or take another slug or type."
    "P0402" "not on this object"
        ["* cannot have a status", "attributes of * cannot *", "a * cannot be unique", "a record has one `*` at most*", "attributes of lists cannot *", "this is no default for *", "`*` is not a currency that Attio knows"]
        "Attio refuses this on people, companies or lists, or for this type of value."
        "Do what the message says: leave the field out, or put the attribute on another object."
    "P0403" "a webhook that never fires"
        ["there is no event `*`*", "a webhook needs something to tell*", "a condition makes one comparison*"]
        "Attio sends a fixed set of events; a subscription to another one is accepted by nobody."
        "Take one of the events the message lists."
    "P0404" "a list that nobody could change"
        ["nobody could change this list*"]
        "Attio refuses a list to which nobody has full access."
        "Write `access: full_access`, or give a member that level."
    "P0501" "a flag's variants"
        ["a flag has 2 to 20 variants*", "`*` has no variant `*`*", "`*` has no variants*", "`*` is no variant of this flag*", "a variant is one of a flag's*", "a flag with variants has a payload*", "remote configuration is the same*", "`persist` needs the person*"]
        "A flag is on or off, or has 2 to 20 variants with shares that add up to 100%. An experiment compares variants, one of which is `control`."
        "Write `variants: { control: 50%, test: 50% }`, or do what the message says."
    "P0502" "a cohort that never calculates"
        ["a cohort of negations alone *", "* is found by what people did, and such a cohort *"]
        "PostHog stores such a cohort, or such a condition, and then never matches anybody, or refuses the flag."
        "Put a condition beside it that people meet; in a flag, use a cohort of `person(…)` conditions only."
    "P0503" "a survey's questions"
        ["a question has 2 to 20 answers*", "a scale *", "there are faces for *", "a net promoter score *", "question * would follow itself*", "questions in a different order *", "there is no question *", "an external survey *", "a survey ends after *"]
        "PostHog accepts certain scales and answers, and questions that lead to one another in their order."
        "Do what the message says."
    "P0504" "an insight or an alert that shows nothing"
        ["`*` is no trend*", "`*` is no line of this trend*", "this alert would never fire*", "a note that says nothing*", "the first of what?*", "there is no address to compare*"]
        "It would be stored, and never say anything."
        "Do what the message says."
    "P0505" "one of PostHog's own"
        ["`*` is one of PostHog's own events*"]
        "Events that start with `$` are sent and defined by PostHog."
        "Write `existing event Name { name: \"$…\" }` to refer to it."
    "P0506" "an experiment, a feature or a subscription"
        ["the flag `*` has variants, and *", "a feature's payload has keys*", "`*` measures this experiment already*"]
        "What it is built on does not fit it."
        "Do what the message says."
};
