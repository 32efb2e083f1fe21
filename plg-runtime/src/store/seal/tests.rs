use super::*;

const AGE_IDENTITY: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";

fn secret() -> Secret<String> {
    Secret::new("whsec_planted".to_owned())
}

#[test]
fn sealed_for_one_key_and_opened_by_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("deep").join("key");
    let keeper = SecretSealer::new(None, &file);
    let sealed = keeper.seal(&secret()).unwrap();
    assert!(sealed.starts_with("plg1:") && !sealed.contains("planted"));
    assert_eq!(keeper.open(&sealed).unwrap(), secret());
    assert_eq!(keeper.open(&keeper.seal(&secret()).unwrap()).unwrap(), secret(), "one key for all");

    let text = fs::read_to_string(&file).unwrap();
    let key = text.lines().last().unwrap().to_owned();
    let given = SecretSealer::new(Some(format!(" {key}\n")), Path::new("/nowhere"));
    assert_eq!(given.open(&sealed).unwrap(), secret());
    assert!(!format!("{given:?}").contains(&key));

    let other = SecretSealer::new(None, &dir.path().join("other"));
    assert!(matches!(other.open(&sealed), Err(SealError::NoKey(_))));
    other.seal(&secret()).unwrap();
    let Err(SealError::WrongKey { key: Some(id), .. }) = other.open(&sealed) else { panic!("it opened") };
    assert_eq!(Some(id), keeper.id().unwrap());
    assert!(matches!(keeper.open("garbage"), Err(SealError::WrongKey { .. })));
    assert!(
        matches!(SecretSealer::new(Some("hunter2".into()), &file).open(&sealed), Err(SealError::NotAKey(name)) if name == KEY)
    );
}

#[test]
fn a_new_key_seals_and_the_old_one_still_opens() {
    let dir = tempfile::tempdir().unwrap();
    let keeper = SecretSealer::new(None, &dir.path().join("key"));
    let before = keeper.seal(&secret()).unwrap();
    keeper.renew().unwrap();
    let after = keeper.seal(&secret()).unwrap();
    assert_eq!((keeper.is_current(&before).unwrap(), keeper.is_current(&after).unwrap()), (false, true));
    assert!([before, after].iter().all(|sealed| keeper.open(sealed).unwrap() == secret()));
}

#[test]
fn an_age_identity_stays_and_a_key_is_added() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("key");
    let before = format!("# public key: age1…\n{AGE_IDENTITY}");
    fs::write(&file, &before).unwrap();
    let keeper = SecretSealer::new(None, &file);
    assert_eq!(keeper.id().unwrap(), None, "it seals nothing");
    let sealed = keeper.seal(&secret()).unwrap();
    assert_eq!(keeper.open(&sealed).unwrap(), secret());
    let now = fs::read_to_string(&file).unwrap();
    assert!(now.starts_with(&before) && now.contains("\nplg-key-1"), "{now}");

    let given = SecretSealer::new(Some(AGE_IDENTITY.into()), &dir.path().join("none"));
    assert!(matches!(given.check(), Err(SealError::OnlyOpens)));
    assert!(matches!(given.seal(&secret()), Err(SealError::OnlyOpens)), "a file would be gone with the machine");
    let key = SecretSealer::generate().unwrap();
    let both = SecretSealer::new(Some(format!("{AGE_IDENTITY},{}", key.expose())), &dir.path().join("none"));
    both.check().unwrap();
    assert_eq!(both.open(&both.seal(&secret()).unwrap()).unwrap(), secret());
    assert!(!dir.path().join("none").exists());
}

#[test]
fn many_at_once_make_one_key() {
    let dir = tempfile::tempdir().unwrap();
    for before in ["", AGE_IDENTITY] {
        let file = dir.path().join(format!("key{}", before.len()));
        if !before.is_empty() {
            fs::write(&file, before).unwrap();
        }
        let keeper = SecretSealer::new(None, &file);
        let sealed: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..16).map(|_| scope.spawn(|| keeper.seal(&secret()).unwrap())).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(sealed.iter().all(|sealed| keeper.open(sealed).is_ok()));
        assert_eq!(fs::read_to_string(&file).unwrap().matches("plg-key-1").count(), 1);
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_key() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("key");
    SecretSealer::new(None, &file).seal(&secret()).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(not(feature = "sealed-with-age"))]
#[test]
fn what_age_sealed_is_said_to_need_another_build() {
    let dir = tempfile::tempdir().unwrap();
    let keeper = SecretSealer::new(None, &dir.path().join("key"));
    keeper.seal(&secret()).unwrap();
    let error = keeper.open("-----BEGIN AGE ENCRYPTED FILE-----\n…").unwrap_err();
    assert!(matches!(error, SealError::Age), "{error}");
    assert!(error.hint().contains("--features sealed-with-age -- state rekey"), "{}", error.hint());
}
