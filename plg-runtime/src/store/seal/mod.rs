//! Secrets that an API shows once, sealed for the key of whoever deploys.
//!
//! Keys are in the variable [`KEY`] and in a file, one a line. All of them open; the last one of the variable, else
//! the last one of the file, seals. The file only grows: a key is taken out by hand, once nothing needs it.

mod error;
mod key;
mod tag;

pub use error::SealError;
pub(crate) use key::is_age;

use crate::secret::Secret;
use crate::store::own::{plain, private_file, private_folder};
use key::{SealKey, Word, key_id};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
pub(crate) use tag::ValueTags;

/// The variable that holds the key where there is no file, as in CI.
pub const KEY: &str = "PLG_STATE_KEY";

/// Whoever adds to a key file of this process does so alone.
static ADDING: Mutex<()> = Mutex::new(());

/// Seals, and opens on request.
#[derive(Debug, Clone)]
pub struct SecretSealer {
    given: Option<Secret<String>>,
    file: PathBuf,
}

impl SecretSealer {
    /// Uses the keys in `given`, and those in `file`, which is made when it is first needed.
    pub fn new(given: Option<String>, file: &Path) -> Self {
        SecretSealer { given: given.filter(|key| !key.trim().is_empty()).map(Secret::new), file: file.to_owned() }
    }

    /// Seals a secret.
    ///
    /// # Errors
    /// When there is no key that seals and none can be made.
    pub fn seal(&self, secret: &Secret<String>) -> Result<String, SealError> {
        self.sealing()?.seal(secret).map_err(|_| SealError::NoRandomness)
    }

    /// Looks whether a secret could be sealed, before one is asked for that is shown once.
    ///
    /// # Errors
    /// As [`SecretSealer::seal`].
    pub fn check(&self) -> Result<(), SealError> {
        match self.current()? {
            None if self.given.is_some() => Err(SealError::OnlyOpens),
            _ => Ok(()),
        }
    }

    /// Opens what [`SecretSealer::seal`] made, and with the feature `sealed-with-age` what earlier versions made.
    ///
    /// # Errors
    /// When the key is not here, or is another one.
    pub fn open(&self, sealed: &str) -> Result<Secret<String>, SealError> {
        let open = |words: &[Word]| words.iter().find_map(|word| opened(word, sealed));
        let given = self.given()?;
        if let Some(secret) = open(&given) {
            return Ok(secret);
        }
        // The file only where the variable does not open it.
        let in_file = self.in_file()?;
        if let Some(secret) = open(&in_file) {
            return Ok(secret);
        }
        let all = [(KEY.to_owned(), given), (self.file.display().to_string(), in_file)];
        let places: Vec<String> =
            all.into_iter().filter(|(_, words)| !words.is_empty()).map(|(place, _)| place).collect();
        if is_age(sealed) && cfg!(not(feature = "sealed-with-age")) {
            return Err(SealError::Age);
        }
        if places.is_empty() {
            return Err(SealError::NoKey(self.file.clone()));
        }
        Err(SealError::WrongKey { places: places.join(" and "), key: key_id(sealed).map(str::to_owned) })
    }

    /// Whether a value is sealed with the key that seals now.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub fn is_current(&self, sealed: &str) -> Result<bool, SealError> {
        Ok(self.current()?.is_some_and(|key| key_id(sealed) == Some(&*key.id())))
    }

    /// The id of the key that seals now; none where none does yet.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub fn id(&self) -> Result<Option<String>, SealError> {
        Ok(self.current()?.map(|key| key.id()))
    }

    /// Adds a new key to the file, which seals from then on. The keys before it stay.
    ///
    /// # Errors
    /// When the keys are given, and when the file cannot be written.
    pub fn renew(&self) -> Result<(), SealError> {
        if self.given.is_some() {
            return Err(SealError::Given);
        }
        let _alone = ADDING.lock().unwrap_or_else(PoisonError::into_inner);
        self.add().map(drop)
    }

    /// A new key as text, for the variable.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn generate() -> Result<Secret<String>, SealError> {
        SealKey::make().map(|key| Secret::new(key.text().to_owned())).map_err(|_| SealError::NoRandomness)
    }

    /// The key that seals, which is made where there is none.
    fn sealing(&self) -> Result<SealKey, SealError> {
        if let Some(key) = self.current()? {
            return Ok(key);
        }
        if self.given.is_some() {
            // A key in a file would be gone with the machine that the variable is for.
            return Err(SealError::OnlyOpens);
        }
        let _alone = ADDING.lock().unwrap_or_else(PoisonError::into_inner);
        match self.current()? {
            Some(key) => Ok(key),
            None => self.add(),
        }
    }

    fn current(&self) -> Result<Option<SealKey>, SealError> {
        let words = if self.given.is_some() { self.given()? } else { self.in_file()? };
        Ok(words.into_iter().rev().find_map(|word| match word {
            Word::Key(key) => Some(key),
            Word::Age(_) => None,
        }))
    }

    fn given(&self) -> Result<Vec<Word>, SealError> {
        self.given.as_ref().map_or(Ok(Vec::new()), |text| words(text.expose(), KEY))
    }

    fn in_file(&self) -> Result<Vec<Word>, SealError> {
        let read = plain(&self.file).map_err(|error| SealError::Strange(Box::new(error)))?;
        let Some(_) = read else { return Ok(Vec::new()) };
        match fs::read_to_string(&self.file) {
            Ok(text) => words(&text, &self.file.display().to_string()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(source) => Err(SealError::Io { doing: "read", path: self.file.clone(), source }),
        }
    }

    /// Makes a key, in a new file or as another line of the one that is there.
    fn add(&self) -> Result<SealKey, SealError> {
        let failed = |doing| {
            let path = self.file.clone();
            move |source| SealError::Io { doing, path, source }
        };
        let key = SealKey::make().map_err(|_| SealError::NoRandomness)?;
        let line = format!("# key {}\n{}\n", key.id(), key.text());
        if !self.in_file()?.is_empty() {
            // Only ever added to: whoever adds at the same moment loses nothing, and all that is there still opens.
            let mut file = OpenOptions::new().append(true).open(&self.file).map_err(failed("add to"))?;
            file.write_all(format!("\n{line}").as_bytes()).and_then(|()| file.sync_all()).map_err(failed("add to"))?;
            return Ok(key);
        }
        let folder = self.file.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        private_folder(folder).map_err(|error| SealError::Strange(Box::new(error)))?;
        // Whole or not there, as others may need it at the same moment. Its mode is 0600.
        let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder).map_err(failed("make"))?;
        private_file(file.as_file())
            .and_then(|()| file.write_all(format!("{HEAD}{line}").as_bytes()))
            .and_then(|()| file.as_file().sync_all())
            .map_err(failed("write"))?;
        match file.persist_noclobber(&self.file) {
            Ok(_) => Ok(key),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                self.current()?.ok_or_else(|| SealError::NoKey(self.file.clone()))
            }
            Err(error) => Err(failed("write")(error.error)),
        }
    }
}

/// What a key file starts with.
const HEAD: &str = "# These keys decrypt the secrets in the state. Keep them, and keep them secret.\n\
                    # plg encrypts with the last key, and decrypts with all of them.\n";

/// Every key in a text: words between spaces, commas and lines; a line that starts with `#` is a comment.
fn words(text: &str, place: &str) -> Result<Vec<Word>, SealError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let words = lines.flat_map(|line| line.split([' ', '\t', ','])).filter(|word| !word.is_empty());
    words.map(|word| Word::parse(word).ok_or_else(|| SealError::NotAKey(place.to_owned()))).collect()
}

fn opened(word: &Word, sealed: &str) -> Option<Secret<String>> {
    match word {
        Word::Key(key) => key.open(sealed),
        #[cfg(feature = "sealed-with-age")]
        Word::Age(identity) => is_age(sealed).then(|| key::open_age(identity, sealed)).flatten(),
        #[cfg(not(feature = "sealed-with-age"))]
        Word::Age(_) => None,
    }
}

#[cfg(test)]
mod tests;
