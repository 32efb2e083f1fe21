//! Secrets that an API shows once, encrypted with age for the key of whoever deploys.

use crate::secret::Secret;
use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The variable that holds the key where there is no file, as in CI.
pub const KEY: &str = "PLG_STATE_KEY";

/// Encrypts, and decrypts on request.
#[derive(Debug, Clone)]
pub struct SecretSealer {
    given: Option<Secret<String>>,
    file: PathBuf,
}

/// Why a secret cannot be kept, or not be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The key file cannot be read or made.
    #[error("cannot {doing} the key {}: {source}", path.display())]
    Io {
        /// The verb.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Nothing that decrypts it is here.
    #[error("there is no key: neither {KEY} nor {}", .0.display())]
    NoKey(PathBuf),
    /// It is no key.
    #[error("{0} holds no age key, which starts with AGE-SECRET-KEY-1")]
    NotAKey(String),
    /// It is another key, or what was encrypted is damaged.
    #[error("{0} does not open it: it was encrypted for another key, or is damaged")]
    WrongKey(String),
    /// It cannot be encrypted.
    #[error("it cannot be encrypted: {0}")]
    Encrypt(String),
}

impl SealError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            SealError::Io { .. } => "mend the permissions, and run it again".into(),
            SealError::NoKey(path) => {
                format!("set {KEY} to the key it was deployed with, or put that file to {}", path.display())
            }
            SealError::NotAKey(_) => "put the key back that was made at the first deploy, from a backup".into(),
            SealError::WrongKey(_) => format!("set {KEY} to the key it was deployed with"),
            SealError::Encrypt(_) => "run it again".into(),
        }
    }
}

impl SecretSealer {
    /// Uses the key in `given`, else the one in `file`, which is made when it is first needed.
    pub fn new(given: Option<String>, file: &Path) -> Self {
        SecretSealer { given: given.filter(|key| !key.trim().is_empty()).map(Secret::new), file: file.to_owned() }
    }

    /// Encrypts a secret, as text that the `age` program can decrypt too.
    ///
    /// # Errors
    /// When there is no key and none can be made.
    pub(crate) fn seal(&self, secret: &Secret<String>) -> Result<String, SealError> {
        let identity = match self.identity()? {
            Some(identity) => identity,
            None => self.make()?,
        };
        age::encrypt_and_armor(&identity.to_public(), secret.expose().as_bytes())
            .map_err(|error| SealError::Encrypt(error.to_string()))
    }

    /// Decrypts a value that was encrypted for this key.
    ///
    /// # Errors
    /// When the key is not here, or is another one.
    pub fn open(&self, sealed: &str) -> Result<Secret<String>, SealError> {
        let identity = self.identity()?.ok_or_else(|| SealError::NoKey(self.file.clone()))?;
        let wrong = || SealError::WrongKey(self.name());
        let bytes = age::decrypt(&identity, sealed.as_bytes()).map_err(|_| wrong())?;
        String::from_utf8(bytes).map(Secret::new).map_err(|_| wrong())
    }

    fn name(&self) -> String {
        if self.given.is_some() { KEY.to_owned() } else { self.file.display().to_string() }
    }

    fn identity(&self) -> Result<Option<Identity>, SealError> {
        let text = match &self.given {
            Some(key) => key.clone(),
            None => match fs::read_to_string(&self.file) {
                Ok(text) => Secret::new(text),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(source) => return Err(SealError::Io { doing: "read", path: self.file.clone(), source }),
            },
        };
        // Comments are allowed, as in files of `age-keygen`.
        let mut lines = text.expose().lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let key = lines.next().and_then(|line| Identity::from_str(line).ok());
        key.map(Some).ok_or_else(|| SealError::NotAKey(self.name()))
    }

    fn make(&self) -> Result<Identity, SealError> {
        let failed = |doing| {
            let path = self.file.clone();
            move |source| SealError::Io { doing, path, source }
        };
        let folder = self.file.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed("make a folder for"))?;
        // The key is not meant for a repository, and neither is what lies around it.
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            fs::write(&ignore, "*\n").map_err(failed("hide from git"))?;
        }
        let identity = Identity::generate();
        let text = format!(
            "# Decrypts what the APIs showed once. Keep it, and keep it secret.\n# public key: {}\n{}\n",
            identity.to_public(),
            identity.to_string().expose_secret()
        );
        // Whole or not there, as others may need it at the same moment. Its mode is 0600.
        let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder).map_err(failed("make"))?;
        file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(failed("write"))?;
        match file.persist_noclobber(&self.file) {
            Ok(_) => Ok(identity),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                self.identity()?.ok_or_else(|| SealError::NoKey(self.file.clone()))
            }
            Err(error) => Err(failed("write")(error.error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_for_one_key_and_opened_by_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("deep").join("key");
        let keeper = SecretSealer::new(None, &file);
        let secret = Secret::new("whsec_planted".to_owned());
        let sealed = keeper.seal(&secret).unwrap();
        assert!(sealed.starts_with("-----BEGIN AGE ENCRYPTED FILE-----") && !sealed.contains("planted"));
        assert_eq!(keeper.open(&sealed).unwrap(), secret);
        assert_eq!(keeper.open(&keeper.seal(&secret).unwrap()).unwrap(), secret, "one key for all");

        let text = fs::read_to_string(&file).unwrap();
        let key = text.lines().last().unwrap().to_owned();
        let given = SecretSealer::new(Some(format!(" {key}\n")), Path::new("/nowhere"));
        assert_eq!(given.open(&sealed).unwrap(), secret);
        assert!(!format!("{given:?}").contains(&key));

        let other = SecretSealer::new(None, &dir.path().join("other"));
        assert!(matches!(other.open(&sealed), Err(SealError::NoKey(_))));
        other.seal(&secret).unwrap();
        assert!(matches!(other.open(&sealed), Err(SealError::WrongKey(_))));
        assert!(matches!(keeper.open("garbage"), Err(SealError::WrongKey(_))));
        assert!(
            matches!(SecretSealer::new(Some("hunter2".into()), &file).open(&sealed), Err(SealError::NotAKey(name)) if name == KEY)
        );
    }

    #[test]
    fn many_at_once_make_one_key() {
        let dir = tempfile::tempdir().unwrap();
        let keeper = SecretSealer::new(None, &dir.path().join("key"));
        let sealed: Vec<_> = std::thread::scope(|scope| {
            let seal = || keeper.seal(&Secret::new("s".to_owned())).unwrap();
            let all: Vec<_> = (0..16).map(|_| scope.spawn(seal)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(sealed.iter().all(|sealed| keeper.open(sealed).is_ok()));
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key");
        SecretSealer::new(None, &file).seal(&Secret::new("s".to_owned())).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
