//! What a command finds before it changes anything, or while it does.

use super::Code;

macro_rules! codes {
    ($($code:literal $title:literal $cause:literal $cure:literal)*) => {
        &[$(Code { code: $code, title: $title, says: &[], cause: $cause, cure: $cure }),*]
    };
}

pub(super) static CODES: &[Code] = codes! {
    "P0601" "the stack contradicts itself"
        "Parts of a stack fit each by itself, and not together: an address or a key twice, a cycle across them, a stage that one of them does not have."
        "Mend the declarations named. Exit code 2."
    "P0602" "a variable is not set"
        "A declaration or a stage takes this value from the environment. It is asked for before the first request."
        "Set it, in the environment or in a file `.env`; stage `local` needs none. Exit code 3."
    "P0603" "an address that is not one"
        "Keys are sent over TLS only: https, or plain http to this machine."
        "Use an https address. Exit code 2."
    "P0604" "the state cannot be read or written"
        "The disk is full or read-only, a file is damaged, missing, not plg's own, of another stack, or written by a later plg. A state that cannot be read is never written over."
        "Do what the message says; `docs/recovery.md` has the way out by hand. Exit code 1."
    "P0605" "an API said no"
        "The request was refused before anything was changed; the message has the status, the code and the request's id."
        "Do what the message says; `doctor` looks at keys and permissions. Exit code 3 for keys, else 4."
    "P0606" "another deploy is at work"
        "One deploy of a stage at a time. The message says who, where and since when; readers never wait."
        "Wait, or stop it. If it will never come back: `state unlock NONCE`, with the nonce of the message. Exit code 6."
    "P0607" "the lock was taken away"
        "Somebody took the lock of this deploy away, because it seemed dead. It can no longer write, so that two never do."
        "Let the other deploy finish, then run it again: what was sent is looked up first. Exit code 1."
    "P0608" "what is declared does not fit what is there"
        "Several objects have the name that is declared, something `existing` is not there, or something there cannot be brought in line."
        "Rename or remove what is not meant in the web app, or declare it as it is there. Exit code 2."
    "P0609" "another account than last time"
        "The keys lead to another workspace or project than the one this stage was deployed to. Deploying there would make everything twice."
        "Use the keys of that account; for a new account, add a stage. Exit code 5."
    "P0610" "protected"
        "A resource with `protect: true` would be deleted, archived or replaced."
        "Take `protect: true` off and deploy that first, if it is really meant. Exit code 5."
    "P0611" "no such address"
        "An address is `kind.Name`, such as `feature_flag.DarkMode`."
        "`graph` lists the addresses of the stack, `state list` those that were applied. Exit code 2."
    "P0612" "a stale plan"
        "The stack, the state or a live object is not as it was when the plan was saved; each is named. Or another version of plg saved it, in another format."
        "Make the plan again with `plan --out`, and look at it again. Exit code 7."
    "P0613" "no saved plan"
        "The file is not what `plan --out` writes, or was changed since, or is for another stack or stage."
        "Make the plan again with `plan --out`. Exit code 2."
};
