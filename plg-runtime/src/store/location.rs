//! Where the state of a stage is kept, with every variable read.

use super::StoreError;
use super::backend::StateBackend;
use super::folder::Folder;
use crate::declared::environment::Missing;
use crate::secret::Secret;
use plg_core::{Azure, Gcs, Postgres, Prefix, S3, Server, Setting, Storage, Text, TextRule};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A place for the states of stages.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateLocation {
    /// The stage's folder on this machine.
    Folder(PathBuf),
    /// A bucket in S3, or in what speaks its protocol.
    S3 {
        /// The bucket.
        bucket: String,
        /// What the names of all objects start with.
        prefix: Option<String>,
        /// The bucket's region.
        region: Option<String>,
        /// The server, where it is not AWS's own.
        endpoint: Option<String>,
    },
    /// A bucket in Google Cloud Storage.
    Gcs {
        /// The bucket.
        bucket: String,
        /// What the names of all objects start with.
        prefix: Option<String>,
    },
    /// A container in Azure Blob Storage.
    Azure {
        /// The storage account.
        account: String,
        /// The container.
        container: String,
        /// What the names of all objects start with.
        prefix: Option<String>,
    },
    /// A PostgreSQL database.
    Postgres {
        /// Its address, with the password in it.
        url: Secret<String>,
    },
}

/// One kind of place: its name, what it is built with, and how it is written on a command line.
#[derive(Debug)]
#[cfg_attr(
    all(feature = "object-store", feature = "postgres"),
    expect(dead_code, reason = "names and features are said by programs that lack one")
)]
struct PlaceKind {
    /// What people call it.
    title: &'static str,
    /// How it is written on a command line.
    syntax: &'static str,
    /// The cargo feature that has it; none for what is always there.
    feature: Option<&'static str>,
}

const FOLDER: PlaceKind = PlaceKind { title: "a folder", syntax: "`folder`, `folder:PATH`", feature: None };
const S3_BUCKET: PlaceKind =
    PlaceKind { title: "S3", syntax: "`s3://bucket/prefix?region=…&endpoint=…`", feature: Some("object-store") };
const GCS_BUCKET: PlaceKind =
    PlaceKind { title: "Google Cloud Storage", syntax: "`gs://bucket/prefix`", feature: Some("object-store") };
const AZURE_CONTAINER: PlaceKind = PlaceKind {
    title: "Azure Blob Storage",
    syntax: "`azure://account/container/prefix`",
    feature: Some("object-store"),
};
const DATABASE: PlaceKind = PlaceKind {
    title: "PostgreSQL",
    syntax: "`env:NAME` for a variable that holds one of these or the address of a PostgreSQL database",
    feature: Some("postgres"),
};

/// Every kind of place for a state.
const KINDS: [&PlaceKind; 5] = [&FOLDER, &S3_BUCKET, &GCS_BUCKET, &AZURE_CONTAINER, &DATABASE];

#[cfg(not(all(feature = "object-store", feature = "postgres")))]
impl PlaceKind {
    fn unbuilt(&self) -> StoreError {
        StoreError::Unbuilt { what: self.title, feature: self.feature.unwrap_or_default() }
    }
}

impl StateLocation {
    #[cfg(not(all(feature = "object-store", feature = "postgres")))]
    fn kind(&self) -> &'static PlaceKind {
        match self {
            StateLocation::Folder(_) => &FOLDER,
            StateLocation::S3 { .. } => &S3_BUCKET,
            StateLocation::Gcs { .. } => &GCS_BUCKET,
            StateLocation::Azure { .. } => &AZURE_CONTAINER,
            StateLocation::Postgres { .. } => &DATABASE,
        }
    }

    /// The place that a stage declares; `folder` is the stage's own.
    ///
    /// # Errors
    /// With every variable that is not set, or the first that is not usable.
    pub fn of(
        storage: &Storage,
        folder: &Path,
        stage: &str,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, StoreError> {
        let mut from = From { stage, environment, missing: Vec::new(), wrong: None };
        let backend = match storage {
            Storage::folder => StateLocation::Folder(folder.to_owned()),
            Storage::s3(S3 { bucket, prefix, region, endpoint }) => StateLocation::S3 {
                bucket: from.text(bucket.0, "the bucket", &Setting::RULE),
                prefix: prefix.map(|prefix| from.text(prefix.0, "the prefix", &Prefix::RULE)),
                region: region.map(|region| from.text(region.0, "the region", &Setting::RULE)),
                endpoint: endpoint.map(|endpoint| from.text(endpoint.0, "the server", &Server::RULE)),
            },
            Storage::gcs(Gcs { bucket, prefix }) => StateLocation::Gcs {
                bucket: from.text(bucket.0, "the bucket", &Setting::RULE),
                prefix: prefix.map(|prefix| from.text(prefix.0, "the prefix", &Prefix::RULE)),
            },
            Storage::azure(Azure { account, container, prefix }) => StateLocation::Azure {
                account: from.text(account.0, "the storage account", &Setting::RULE),
                container: from.text(container.0, "the container", &Setting::RULE),
                prefix: prefix.map(|prefix| from.text(prefix.0, "the prefix", &Prefix::RULE)),
            },
            Storage::postgres(Postgres { url }) => {
                StateLocation::Postgres { url: Secret::new(from.variable(url.0, "the database")) }
            }
        };
        if !from.missing.is_empty() {
            return Err(StoreError::Environment(from.missing));
        }
        match from.wrong {
            Some(wrong) => Err(wrong),
            None => Ok(backend),
        }
    }

    /// A place as it is written on a command line: `folder`, `folder:PATH`, `s3://bucket/prefix` with
    /// `?region=…&endpoint=…`, `gs://bucket/prefix`, `azure://account/container/prefix`, or
    /// `env:NAME` for a variable that holds one of these or the address of a PostgreSQL database.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str, folder: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, StoreError> {
        if let Some(name) = text.strip_prefix("env:") {
            let value = environment(name).ok_or_else(|| setting(format!("{name} is not set")))?;
            if value.starts_with("postgres://") || value.starts_with("postgresql://") {
                return Ok(StateLocation::Postgres { url: Secret::new(value) });
            }
            return if value.starts_with("env:") {
                Err(setting(format!("{name} names another variable")))
            } else {
                // What is in a variable may be a secret, and is not said.
                StateLocation::parse(&value, folder, environment)
                    .map_err(|_| setting(format!("the value of {name} does not name a place for a state")))
            };
        }
        if text == "folder" {
            return Ok(StateLocation::Folder(folder.to_owned()));
        }
        if let Some(path) = text.strip_prefix("folder:") {
            return Ok(StateLocation::Folder(path.into()));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(setting(format!("`{text}` does not name a place for a state")));
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut parts = path.trim_end_matches('/').splitn(if scheme == "azure" { 3 } else { 2 }, '/');
        let mut next = |rule: &TextRule| -> Result<Option<String>, StoreError> {
            parts.next().map(|part| checked(part, rule)).transpose()
        };
        let needed = |part: Option<String>| part.ok_or_else(|| setting(format!("`{text}` is incomplete")));
        let backend = match scheme {
            "s3" => {
                let (mut region, mut endpoint) = (None, None);
                for pair in query.split('&').filter(|pair| !pair.is_empty()) {
                    match pair.split_once('=') {
                        Some(("region", value)) => region = Some(checked(value, &Setting::RULE)?),
                        Some(("endpoint", value)) => endpoint = Some(checked(value, &Server::RULE)?),
                        _ => return Err(setting(format!("`{pair}` is not a setting of a bucket"))),
                    }
                }
                StateLocation::S3 {
                    bucket: needed(next(&Setting::RULE)?)?,
                    prefix: next(&Prefix::RULE)?,
                    region,
                    endpoint,
                }
            }
            "gs" => StateLocation::Gcs { bucket: needed(next(&Setting::RULE)?)?, prefix: next(&Prefix::RULE)? },
            "azure" => StateLocation::Azure {
                account: needed(next(&Setting::RULE)?)?,
                container: needed(next(&Setting::RULE)?)?,
                prefix: next(&Prefix::RULE)?,
            },
            "postgres" | "postgresql" => {
                return Err(StoreError::Setting {
                    message: "a database's address contains a password, which others would see".into(),
                    hint: "set a variable to the address, and write `env:NAME`".into(),
                });
            }
            _ => return Err(setting(format!("`{scheme}` is not a kind of place for a state"))),
        };
        Ok(backend)
    }

    /// Opens the place of one stage there.
    ///
    /// # Errors
    /// When this program was built without it, or what is set does not make a client.
    #[cfg_attr(
        not(any(feature = "object-store", feature = "postgres")),
        expect(unused_variables, reason = "a folder already belongs to one stage")
    )]
    pub fn open(&self, stack: &str, stage: &str) -> Result<Arc<dyn StateBackend>, StoreError> {
        Ok(match self {
            StateLocation::Folder(path) => Arc::new(Folder::new(path)),
            #[cfg(feature = "object-store")]
            StateLocation::S3 { bucket, prefix, region, endpoint } => Arc::new(super::remote::object::Objects::s3(
                bucket,
                region.as_deref(),
                endpoint.as_deref(),
                &format!("s3://{bucket}"),
                &within(prefix.as_deref(), stack, stage),
            )?),
            #[cfg(feature = "object-store")]
            StateLocation::Gcs { bucket, prefix } => Arc::new(super::remote::object::Objects::gcs(
                bucket,
                &format!("gs://{bucket}"),
                &within(prefix.as_deref(), stack, stage),
            )?),
            #[cfg(feature = "object-store")]
            StateLocation::Azure { account, container, prefix } => Arc::new(super::remote::object::Objects::azure(
                account,
                container,
                &format!("azure://{account}/{container}"),
                &within(prefix.as_deref(), stack, stage),
            )?),
            #[cfg(feature = "postgres")]
            StateLocation::Postgres { url } => Arc::new(super::remote::postgres::Postgres::new(url, stack, stage)?),
            #[cfg(not(all(feature = "object-store", feature = "postgres")))]
            _ => return Err(self.kind().unbuilt()),
        })
    }
}

/// Where one stage's objects are: stages of several stacks can share a bucket and a prefix.
#[cfg(feature = "object-store")]
fn within(prefix: Option<&str>, stack: &str, stage: &str) -> String {
    match prefix {
        Some(prefix) => format!("{prefix}/{stack}/{stage}"),
        None => format!("{stack}/{stage}"),
    }
}

fn setting(message: String) -> StoreError {
    StoreError::Setting {
        message,
        hint: {
            let syntax: Vec<&str> = KINDS.iter().map(|kind| kind.syntax).collect();
            format!("write {}", syntax.join(", ").replace(", `env:", ", or `env:"))
        },
    }
}

fn checked(text: &str, rule: &TextRule) -> Result<String, StoreError> {
    let wrong = |what: String| setting(format!("`{text}`: {}", what.lines().next().unwrap_or_default()));
    (rule.check)(text).map_err(wrong)?;
    Ok(text.to_owned())
}

struct From<'a> {
    stage: &'a str,
    environment: &'a dyn Fn(&str) -> Option<String>,
    missing: Vec<Missing>,
    wrong: Option<StoreError>,
}

impl From<'_> {
    fn variable(&mut self, name: &str, purpose: &str) -> String {
        (self.environment)(name).unwrap_or_else(|| {
            self.missing.push(Missing {
                name: name.to_owned(),
                purpose: format!("{purpose} with the state of stage {}", self.stage),
                place: String::new(),
            });
            String::new()
        })
    }

    fn text(&mut self, text: Text, purpose: &str, rule: &TextRule) -> String {
        let name = match text {
            Text::Given(text) => return text.to_owned(),
            Text::Env(name) => name,
        };
        let value = self.variable(name, purpose);
        if let Err(what) = (rule.check)(&value)
            && !value.is_empty()
        {
            let mut lines = what.lines();
            let message = format!("{name} cannot be {purpose}: {}", lines.next().unwrap_or_default());
            let hint = format!("set it to {}", rule.what);
            self.wrong.get_or_insert(StoreError::Setting { message, hint });
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<StateLocation, StoreError> {
        let environment = |name: &str| match name {
            "DATABASE" => Some("postgres://u:hunter2@db.example/d".to_owned()),
            "BUCKET" => Some("gs://plg/teams/growth".to_owned()),
            "ODD" => Some("hunter2".to_owned()),
            _ => None,
        };
        StateLocation::parse(text, Path::new("/here"), &environment)
    }

    #[test]
    fn a_place_on_a_command_line() {
        assert_eq!(parse("folder").unwrap(), StateLocation::Folder("/here".into()));
        assert_eq!(parse("folder:/there").unwrap(), StateLocation::Folder("/there".into()));
        assert_eq!(
            parse("s3://plg/a/b?region=eu-central-1&endpoint=http://127.0.0.1:9000").unwrap(),
            StateLocation::S3 {
                bucket: "plg".into(),
                prefix: Some("a/b".into()),
                region: Some("eu-central-1".into()),
                endpoint: Some("http://127.0.0.1:9000".into()),
            }
        );
        assert_eq!(
            parse("azure://team/plg").unwrap(),
            StateLocation::Azure { account: "team".into(), container: "plg".into(), prefix: None }
        );
        assert_eq!(
            parse("env:BUCKET").unwrap(),
            StateLocation::Gcs { bucket: "plg".into(), prefix: Some("teams/growth".into()) }
        );
        assert!(matches!(parse("env:DATABASE").unwrap(), StateLocation::Postgres { .. }));
        for bad in ["", "s3", "s3://", "s3://a/../b", "azure://team", "ftp://x/y", "s3://a?b=c", "env:NONE"] {
            assert!(matches!(parse(bad), Err(StoreError::Setting { .. })), "{bad}");
        }
        for secret in ["env:ODD", "postgres://u:hunter2@db.example/d"] {
            let error = parse(secret).unwrap_err();
            assert!(!format!("{error} {error:?} {}", error.hint()).contains("hunter2"));
        }
    }

    #[test]
    fn what_is_missing_in_the_environment_is_said_at_once() {
        let storage = Storage::s3(S3 {
            bucket: Setting(Text::Env("BUCKET")),
            prefix: Some(Prefix(Text::Env("PREFIX"))),
            region: None,
            endpoint: Some(Server(Text::Env("SERVER"))),
        });
        let none = |_: &str| None;
        let Err(StoreError::Environment(missing)) = StateLocation::of(&storage, Path::new("/here"), "prod", &none)
        else {
            panic!("nothing was missing")
        };
        assert_eq!(missing.len(), 3);
        let plain = |name: &str| Some(if name == "SERVER" { "http://minio.example" } else { "plg" }.to_owned());
        let wrong = StateLocation::of(&storage, Path::new("/here"), "prod", &plain);
        assert!(matches!(wrong, Err(StoreError::Setting { .. })), "{wrong:?}");
    }

    #[cfg(not(any(feature = "object-store", feature = "postgres")))]
    #[test]
    fn what_this_program_was_built_without_is_named() {
        for (place, feature) in [("s3://plg", "object-store"), ("env:DATABASE", "postgres")] {
            let error = parse(place).unwrap().open("shop", "prod").unwrap_err();
            assert!(error.hint().contains(&format!("--features {feature}")), "{}", error.hint());
        }
    }
}
