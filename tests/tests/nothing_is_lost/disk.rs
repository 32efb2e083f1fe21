//! A disk that is full, read-only or broken; a state that is newer, old, torn or garbage.

use crate::small::{FIRST, GONE, second, settles, world};
use plg_runtime::error::Error;
use plg_runtime::store::StoreError;
use plg_test::{DiskTrouble, Ended, Points, World};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::hostile::checked;

#[test]
fn a_disk_in_trouble_at_every_write() {
    let deployed = world();
    settles(&deployed, &FIRST, "the first version");
    let second = second();
    for (from, operation) in [(&world(), &FIRST), (&deployed, &second), (&deployed, &GONE)] {
        for trouble in [DiskTrouble::Full, DiskTrouble::ReadOnly, DiskTrouble::Unsure] {
            for after in (0..).step_by(3) {
                let world = from.fork(0);
                world.set_trouble(Some((after, trouble)));
                let story = format!("{trouble:?} after {after} writes");
                let ended = world.run(operation);
                if ended.worked().is_ok() {
                    // Either nothing was written any more, or only what the journal has too.
                    let Ended::Done(done) = ended else { panic!("{story}: it worked, and is not done") };
                    world.set_trouble(None);
                    settles(&world, operation, &story);
                    if done.1.warnings.is_empty() {
                        break;
                    }
                    continue;
                }
                world.set_trouble(None);
                settles(&world, operation, &story);
            }
        }
    }
}

fn refused(world: &World, is: fn(&StoreError) -> bool) {
    let rows = world.rows();
    let ended = world.run(&second());
    let Ended::Refused(error) = &ended else { panic!("{ended:?}") };
    assert!(matches!(&**error, Error::Store(store) if is(store)), "{error}");
    assert!(!error.hint().is_empty());
    assert_eq!(world.rows(), rows, "nothing was changed");
}

#[test]
fn a_state_that_cannot_be_read_changes_nothing() {
    let world = world();
    settles(&world, &FIRST, "the first version");
    let (state, journal) = world.files();
    let state = state.expect("there is a state");
    let mut newer: serde_json::Value = serde_json::from_slice(&state).unwrap();
    newer["version"] = json!(99);
    world.put_files(Some(checked(&newer)), journal.clone());
    refused(&world, |e| matches!(e, StoreError::Newer { found: 99, .. }));
    let base = json!({ "base": { "version": 99, "lineage": "l", "serial": 1 } }).to_string();
    let sum: String = Sha256::digest(&base).iter().take(8).map(|b| format!("{b:02x}")).collect();
    world.put_files(Some(state.clone()), Some(format!("{sum} {base}\n").into_bytes()));
    refused(&world, |e| matches!(e, StoreError::Newer { found: 99, .. }));
    for length in [0, 1, state.len() / 2, state.len() - 3] {
        world.put_files(Some(state[..length].to_vec()), journal.clone());
        refused(&world, |e| matches!(e, StoreError::Damaged { .. }));
    }
    for garbage in [&b"garbage"[..], b"[]", b"{\"version\": \"1\"}", &[0; 64], &[0xff; 9]] {
        world.put_files(Some(garbage.to_vec()), journal.clone());
        refused(&world, |e| matches!(e, StoreError::Damaged { .. }));
    }
    world.put_files(Some(state), journal);
    settles(&world, &second(), "the state is back");
}

/// Each place in a document.
fn places(json: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match json {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| places(value, &format!("{at}/{}", escaped(key)), found))
        }
        Value::Array(list) => list.iter().enumerate().for_each(|(n, value)| places(value, &format!("{at}/{n}"), found)),
        _ => {}
    }
}

#[test]
fn a_state_in_which_any_value_is_another_is_planned_against_or_refused() {
    let world = world();
    settles(&world, &FIRST, "the first version");
    let (state, journal) = world.files();
    let state: Value = serde_json::from_slice(&state.expect("there is a state")).unwrap();
    let mut all = Vec::new();
    places(&state, "", &mut all);
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let odd = [json!(null), json!(-1), json!("ä\u{0}/../%2e"), json!([]), json!({}), json!("cohort.Newcomers"), deep];
    let every = Points::from_environment() == Some(Points::All);
    for (place, at) in all.iter().enumerate() {
        for (which, odd) in odd.iter().enumerate() {
            if !every && !(place + which).is_multiple_of(29) {
                continue;
            }
            let mut wrong = state.clone();
            *wrong.pointer_mut(at).unwrap() = odd.clone();
            world.put_files(Some(checked(&wrong)), journal.clone());
            // Whatever comes of it, nothing panics.
            let _ = (world.plan(&FIRST), world.plan(&GONE));
        }
    }
}

#[test]
fn a_state_that_is_lost_is_found_again() {
    let world = world();
    settles(&world, &FIRST, "the first version");
    world.put_files(None, None);
    settles(&world, &FIRST, "everything is adopted");
    settles(&world, &GONE, "and removed");
}

#[test]
fn a_backup_from_before_the_last_deploy() {
    let world = world();
    settles(&world, &FIRST, "the first version");
    let backup = world.files();
    settles(&world, &second(), "the second version");
    let late = world.fork(0);
    world.put_files(backup.0.clone(), backup.1.clone());
    settles(&world, &second(), "with the state of the first version");
    late.put_files(backup.0, backup.1);
    // What the second version made has another id than this backup remembers: as far as it knows, people made it, and
    // to go back would replace it.
    let ended = late.run(&FIRST);
    let Ended::Refused(error) = &ended else { panic!("it is replaced: {ended:?}") };
    assert!(
        error.hint().contains("--include-adopted")
            || error.to_string().contains(", and plg did not create it, so plg does not replace it"),
        "{error}"
    );
    settles(&late, &second(), "it is as the second version left it");
}

#[test]
fn a_journal_that_is_cut_anywhere() {
    let whole = world();
    assert_eq!(whole.run(&FIRST).worked(), Ok(()));
    // Dead in the middle, so that there is a journal.
    let dead = world();
    let Ended::Died(_) = dead.run_until(&FIRST, Some(whole.passed() * 2 / 3)) else { panic!("it lives") };
    let (state, journal) = dead.files();
    let journal = journal.expect("there is a journal");
    // The first line comes with the file: without it, the file is damaged.
    let first = journal.iter().position(|byte| *byte == b'\n').expect("there is a line") + 1;
    for length in [0, 1, first - 1] {
        let world = dead.fork(0);
        world.put_files(state.clone(), Some(journal[..length].to_vec()));
        refused(&world, |e| matches!(e, StoreError::Damaged { .. }));
    }
    for length in (first..journal.len()).step_by(journal.len() / 40) {
        let world = dead.fork(0);
        world.put_files(state.clone(), Some(journal[..length].to_vec()));
        settles(&world, &FIRST, &format!("{length} bytes of the journal are left"));
    }
    let zeros = dead.fork(0);
    zeros.put_files(state.clone(), Some(vec![0; journal.len()]));
    refused(&zeros, |e| matches!(e, StoreError::Damaged { .. }));
    let lines: Vec<&[u8]> = journal.split_inclusive(|byte| *byte == b'\n').collect();
    // The last one that is whole is an older state where it is gone.
    let whole = lines.iter().filter(|line| line.ends_with(b"\n")).count();
    for gone in 0..whole - 1 {
        let world = dead.fork(0);
        let left: Vec<&[u8]> = lines.iter().enumerate().filter(|(n, _)| *n != gone).map(|(_, line)| *line).collect();
        world.put_files(state.clone(), Some(left.concat()));
        refused(&world, |e| matches!(e, StoreError::Damaged { .. }));
    }
    let mut flipped = journal;
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    dead.put_files(state, Some(flipped));
    refused(&dead, |e| matches!(e, StoreError::Damaged { .. }));
}

#[test]
fn one_of_the_two_files_is_gone_or_another() {
    let world = world();
    settles(&world, &FIRST, "the first version");
    let before = world.files();
    settles(&world, &second(), "the second version");
    let (state, journal) = world.files();
    let missing = |state: &Option<Vec<u8>>, journal: &Option<Vec<u8>>| {
        world.put_files(state.clone(), journal.clone());
        refused(&world, |e| matches!(e, StoreError::Damaged { .. }));
        assert_eq!(world.files(), (state.clone(), journal.clone()), "plg does not overwrite it");
    };
    missing(&state, &None);
    missing(&None, &journal);
    missing(&state, &before.1);
    missing(&before.0, &journal);
    missing(&state, &Some(Vec::new()));
    // Another stage's, with the same numbers.
    let text = String::from_utf8(journal.clone().expect("there is a journal")).expect("it is text");
    let (_, base) = text.trim_end().split_once(' ').expect("a checksum and the rest");
    let swapped = base.replace("\"stage\":\"", "\"stage\":\"other-");
    let sum: String = Sha256::digest(&swapped).iter().take(8).map(|b| format!("{b:02x}")).collect();
    world.put_files(state.clone(), Some(format!("{sum} {swapped}\n").into_bytes()));
    refused(&world, |e| matches!(e, StoreError::Foreign { .. }));
    world.put_files(state, journal);
    settles(&world, &second(), "both are back");
}
