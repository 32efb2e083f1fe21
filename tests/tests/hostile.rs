//! Bytes that nobody would write: they are refused or read, and nothing panics.

use plg_runtime::store::{Folder, Holder, StateStore, StoreError};
use serde_json::{Value as Json, json};
use std::path::Path;
use std::sync::Arc;
use tests::hostile;

/// Every file in a folder of `corpus/`.
fn corpus(name: &str, each: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("the corpus is there") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        each(&bytes);
        count += 1;
        // Cut anywhere, and with any one byte wrong.
        for place in (0..bytes.len()).step_by(1 + bytes.len() / 50) {
            each(&bytes[..place]);
            let mut wrong = bytes.clone();
            wrong[place] ^= 0x5a;
            each(&wrong);
        }
    }
    assert!(count > 0, "{} is empty", folder.display());
}

#[test]
fn states() {
    corpus("state", hostile::state);
}

#[test]
fn journals() {
    corpus("journal", hostile::journal);
}

#[test]
fn plans() {
    corpus("plan", hostile::plan);
}

#[test]
fn answers() {
    corpus("answer", hostile::answer);
}

/// Each value of an answer in turn, replaced by each of these.
fn odd() -> Vec<Json> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    vec![Json::Null, json!(-1), json!(1e300), json!(""), json!("ä\u{0}\u{202e}/../%2e"), json!([]), json!({}), deep]
}

fn pointers(json: &Json, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match json {
        Json::Object(map) => map.iter().for_each(|(key, value)| {
            pointers(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
        }),
        Json::Array(list) => {
            list.iter().enumerate().for_each(|(n, value)| pointers(value, &format!("{at}/{n}"), found));
        }
        _ => {}
    }
}

#[test]
fn every_value_of_every_kind_of_answer_may_be_something_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/answer");
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        let Ok(json) = serde_json::from_slice::<Json>(&bytes) else { continue };
        let mut places = Vec::new();
        pointers(&json, "", &mut places);
        for place in places {
            for odd in odd() {
                let mut wrong = json.clone();
                if let Some(value) = wrong.pointer_mut(&place) {
                    *value = odd;
                }
                hostile::object(&wrong);
            }
        }
    }
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let root = Path::new("/somewhere");
    let inside = root.join(".plg");
    for name in ["..", ".", "/etc", "a/b", "a\\b", "", "C:", "\u{202e}", "a\0b", "....//", "~"] {
        let folder = plg_runtime::session::folder(root, name, name);
        assert!(folder.starts_with(&inside), "{name:?}: {}", folder.display());
        let depth = folder.components().count();
        assert!(depth <= inside.components().count() + 2, "{name:?}: {}", folder.display());
        assert!(folder.components().all(|part| part != std::path::Component::ParentDir), "{name:?}");
    }
}

#[test]
fn a_file_without_end_is_not_read_to_its_end() {
    for name in ["state.json", "journal"] {
        let dir = tempfile::tempdir().expect("a folder");
        let file = std::fs::File::create(dir.path().join(name)).expect("it can be made");
        // It is one hole, and takes no room.
        file.set_len(1 << 40).expect("a hole");
        let read = || plg_runtime::store::read(&Folder::new(dir.path()), "s", "local");
        assert!(matches!(read(), Err(StoreError::Damaged { .. })), "{name}");
        #[cfg(unix)]
        {
            std::fs::remove_file(dir.path().join(name)).expect("it is there");
            std::os::unix::fs::symlink("/dev/zero", dir.path().join(name)).expect("a link");
            assert!(matches!(read(), Err(StoreError::Strange { .. })), "{name}");
        }
    }
}

#[tokio::test]
async fn a_damaged_state_is_never_written_over() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("state.json");
    std::fs::write(&file, "{ garbage").expect("written");
    let open = || StateStore::open(Arc::new(Folder::new(dir.path())), "s", "local", &Holder::me("test", "now"));
    assert!(open().is_err());
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "{ garbage");
}
