//! PostgreSQL: a row a stage, a row a piece of its journal.
//!
//! The lock is an advisory lock of the holder's connection, which the server frees when the holder
//! dies. Each write is one transaction that first locks the stage's row and looks whether the nonce
//! in it is still the holder's. Whoever takes the lock away, or takes it after a connection was cut,
//! changes that nonce in a transaction of its own, so that each write of an earlier holder is wholly
//! before it, and seen by the next one, or refused.
//!
//! A pooler that gives every transaction another connection would free the advisory lock at once;
//! the nonce still keeps the state whole then, as a second deploy stops the first.

use super::{Worker, failed};
use crate::secret::Secret;
use crate::store::backend::{StateBackend, StateWriter};
use crate::store::{Holder, StoreError};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, NoTls, Transaction};

/// What a connection begins with: a commit that returns is on disk, and nothing waits for ever.
const BEGIN: &str = "
    SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') IN ('off', 'local');
    SET application_name = 'plg';
    SET statement_timeout = '60s';
    SET lock_timeout = '30s';
    SET idle_in_transaction_session_timeout = '60s';
";

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS plg_stage (
        stack text NOT NULL, stage text NOT NULL, nonce text, holder text, snapshot bytea,
        PRIMARY KEY (stack, stage)
    );
    CREATE TABLE IF NOT EXISTS plg_journal (
        stack text NOT NULL, stage text NOT NULL, number bigint GENERATED ALWAYS AS IDENTITY, bytes bytea NOT NULL,
        PRIMARY KEY (stack, stage, number)
    );
";

/// Two who make the tables at once would get in each other's way.
const MAKING_TABLES: i64 = 0x706c_6774_6162_6c65;

/// The state of a stage in a PostgreSQL database.
#[derive(Debug)]
pub struct Postgres {
    worker: Arc<Worker>,
    stage: Arc<StageRows>,
}

struct StageRows {
    config: Config,
    tls: bool,
    stack: String,
    stage: String,
    /// The advisory lock's number.
    lock: i64,
    place: PathBuf,
}

// The connection's settings have a password in them.
impl std::fmt::Debug for StageRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("StageRows").field(&self.place).finish()
    }
}

impl Postgres {
    /// The stage of this name in the database at `url`.
    ///
    /// # Errors
    /// When it is no address of a PostgreSQL server, or one of another machine without TLS.
    pub fn new(url: &Secret<String>, stack: &str, stage: &str) -> Result<Self, StoreError> {
        let stage = Arc::new(StageRows::new(url, stack, stage)?);
        Ok(Postgres { worker: Arc::new(Worker::start(&stage.place)?), stage })
    }

    fn run<T: Send + 'static, W>(&self, work: impl FnOnce(Arc<StageRows>) -> W) -> Result<T, StoreError>
    where
        W: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        self.worker.run(&self.stage.place, work(self.stage.clone()))
    }
}

impl StageRows {
    fn new(url: &Secret<String>, stack: &str, stage: &str) -> Result<Self, StoreError> {
        let wrong = |message: &str| StoreError::Remote {
            doing: "use",
            path: "the PostgreSQL address".into(),
            message: message.to_owned(),
        };
        // The parser's own words may quote a part of the password.
        let mut config: Config = url
            .expose()
            .parse()
            .map_err(|_| wrong("it is not an address of PostgreSQL: write `postgres://user:password@host/database`"))?;
        let local = is_local(&config);
        if !local {
            if config.get_ssl_mode() == SslMode::Disable {
                return Err(wrong("plg connects to another machine with TLS only: remove `sslmode=disable`"));
            }
            config.ssl_mode(SslMode::Require);
        }
        let tls = config.get_ssl_mode() == SslMode::Require;
        config.connect_timeout(Duration::from_secs(10));
        config.keepalives_idle(Duration::from_secs(30));
        config.tcp_user_timeout(Duration::from_secs(60));
        let host = match config.get_hosts().first() {
            Some(Host::Tcp(host)) => host.clone(),
            _ => "localhost".to_owned(),
        };
        let place = format!("postgres://{host}/{}/{stack}/{stage}", config.get_dbname().unwrap_or_default());
        let digest = Sha256::digest(format!("plg/{stack}/{stage}"));
        let mut lock = [0; 8];
        lock.copy_from_slice(&digest[..8]);
        Ok(StageRows {
            config,
            tls,
            stack: stack.to_owned(),
            stage: stage.to_owned(),
            lock: i64::from_be_bytes(lock),
            place: place.into(),
        })
    }

    fn error(&self, doing: &'static str) -> impl Fn(tokio_postgres::Error) -> StoreError + '_ {
        move |error| failed(doing, &self.place, &error)
    }

    async fn connect(&self) -> Result<Client, StoreError> {
        let client = if self.tls {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let tls = <rustls::ClientConfig as rustls_platform_verifier::ConfigVerifierExt>::with_platform_verifier()
                .map_err(|e| failed("reach", &self.place, &e))?;
            let tls = tokio_postgres_rustls::MakeRustlsConnect::new(tls);
            let (client, connection) = self.config.connect(tls).await.map_err(self.error("reach"))?;
            tokio::spawn(connection);
            client
        } else {
            let (client, connection) = self.config.connect(NoTls).await.map_err(self.error("reach"))?;
            tokio::spawn(connection);
            client
        };
        client.batch_execute(BEGIN).await.map_err(self.error("reach"))?;
        Ok(client)
    }

    async fn make_tables(&self, client: &mut Client) -> Result<(), StoreError> {
        let write = self.error("write");
        let there = client
            .query_one("SELECT to_regclass('plg_stage') IS NOT NULL AND to_regclass('plg_journal') IS NOT NULL", &[])
            .await
            .map_err(&write)?;
        // Who may only read and write the tables need not be allowed to make them.
        if !there.get::<_, bool>(0) {
            let transaction = client.transaction().await.map_err(&write)?;
            transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&MAKING_TABLES]).await.map_err(&write)?;
            transaction.batch_execute(TABLES).await.map_err(&write)?;
            transaction.commit().await.map_err(&write)?;
        }
        client
            .execute(
                "INSERT INTO plg_stage (stack, stage) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                &[&self.stack, &self.stage],
            )
            .await
            .map_err(&write)?;
        Ok(())
    }

    async fn holder(&self, client: &Client) -> Result<Option<Holder>, StoreError> {
        let rows = client
            .query(
                "SELECT holder FROM plg_stage WHERE stack = $1 AND stage = $2 AND nonce IS NOT NULL",
                &[&self.stack, &self.stage],
            )
            .await;
        let rows = none_without_tables(rows, Vec::new()).map_err(self.error("read"))?;
        let text: Option<String> = rows.first().and_then(|row| row.get(0));
        Ok(text.map(|text| serde_json::from_str(&text).unwrap_or_default()))
    }

    /// The stage's row, locked until the transaction ends, if `nonce` still holds it.
    async fn guarded<'a>(&self, client: &'a mut Client, nonce: &str) -> Result<Transaction<'a>, StoreError> {
        let transaction = client.transaction().await.map_err(self.error("write"))?;
        let row = transaction
            .query_opt(
                "SELECT nonce, holder FROM plg_stage WHERE stack = $1 AND stage = $2 FOR UPDATE",
                &[&self.stack, &self.stage],
            )
            .await
            .map_err(self.error("write"))?;
        let (now, holder): (Option<String>, Option<String>) =
            row.map(|row| (row.get(0), row.get(1))).unwrap_or_default();
        if now.as_deref() == Some(nonce) {
            return Ok(transaction);
        }
        Err(StoreError::Fenced(holder.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()))
    }

    async fn take(&self, holder: &Holder) -> Result<Client, StoreError> {
        let mut client = self.connect().await?;
        self.make_tables(&mut client).await?;
        let locked =
            client.query_one("SELECT pg_try_advisory_lock($1)", &[&self.lock]).await.map_err(self.error("lock"))?;
        if !locked.get::<_, bool>(0) {
            return Err(StoreError::Locked(self.holder(&client).await?.unwrap_or_default()));
        }
        let text = serde_json::to_string(holder).unwrap_or_default();
        client
            .execute(
                "UPDATE plg_stage SET nonce = $3, holder = $4 WHERE stack = $1 AND stage = $2",
                &[&self.stack, &self.stage, &holder.nonce, &text],
            )
            .await
            .map_err(self.error("lock"))?;
        Ok(client)
    }

    async fn unlock(&self, nonce: &str) -> Result<Holder, StoreError> {
        let mut client = self.connect().await?;
        let holder = match self.holder(&client).await? {
            Some(holder) if holder.nonce == nonce => holder,
            other => return Err(StoreError::NotThatLock(other.map(Box::new))),
        };
        // Its connection first: a holder that is suspended in a transaction has the row locked.
        let ended = client
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks
                 WHERE locktype = 'advisory' AND granted AND objsubid = 1
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND ((classid::bigint << 32) | objid::bigint) = $1",
                &[&self.lock],
            )
            .await
            .map_err(self.error("unlock"))?;
        if ended > 0 {
            // The server needs a moment to end it.
            client.execute("SELECT pg_advisory_lock($1)", &[&self.lock]).await.map_err(self.error("unlock"))?;
            client.execute("SELECT pg_advisory_unlock($1)", &[&self.lock]).await.map_err(self.error("unlock"))?;
        }
        match self.guarded(&mut client, nonce).await {
            Ok(transaction) => {
                self.forget_holder(&transaction).await?;
                transaction.commit().await.map_err(self.error("unlock"))?;
                Ok(holder)
            }
            // It was given back meanwhile, perhaps to be taken by another.
            Err(StoreError::Fenced(other)) => {
                Err(StoreError::NotThatLock((!other.nonce.is_empty()).then(|| Box::new(other))))
            }
            Err(error) => Err(error),
        }
    }

    async fn forget_holder(&self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        transaction
            .execute(
                "UPDATE plg_stage SET nonce = NULL, holder = NULL WHERE stack = $1 AND stage = $2",
                &[&self.stack, &self.stage],
            )
            .await
            .map_err(self.error("unlock"))?;
        Ok(())
    }

    async fn write(&self, client: &mut Client, nonce: &str, what: &What) -> Result<(), StoreError> {
        let write = self.error("write");
        let transaction = self.guarded(client, nonce).await?;
        let stage: [&(dyn tokio_postgres::types::ToSql + Sync); 2] = [&self.stack, &self.stage];
        const JOURNAL: &str = "INSERT INTO plg_journal (stack, stage, bytes) VALUES ($1, $2, $3)";
        match what {
            What::Snapshot(bytes) => {
                let update = "UPDATE plg_stage SET snapshot = $3 WHERE stack = $1 AND stage = $2";
                transaction.execute(update, &[stage[0], stage[1], bytes]).await.map_err(&write)?;
            }
            What::Journal(bytes) => {
                let delete = "DELETE FROM plg_journal WHERE stack = $1 AND stage = $2";
                transaction.execute(delete, &stage).await.map_err(&write)?;
                transaction.execute(JOURNAL, &[stage[0], stage[1], bytes]).await.map_err(&write)?;
            }
            What::Append(bytes) => {
                transaction.execute(JOURNAL, &[stage[0], stage[1], bytes]).await.map_err(&write)?;
            }
            What::Release => self.forget_holder(&transaction).await?,
        }
        transaction.commit().await.map_err(&write)?;
        if matches!(what, What::Release) {
            // The end of the connection would free it too, but in the server's own time.
            client.execute("SELECT pg_advisory_unlock($1)", &[&self.lock]).await.map_err(&write)?;
        }
        Ok(())
    }
}

/// Whether everything it may connect to is this machine.
fn is_local(config: &Config) -> bool {
    let addresses = config.get_hostaddrs();
    let hosts = config.get_hosts();
    let named = hosts.iter().all(|host| match host {
        Host::Tcp(host) => host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    });
    addresses.iter().all(|ip| ip.is_loopback()) && named
}

/// Where nothing was ever kept, there are no tables either.
fn none_without_tables<T>(read: Result<T, tokio_postgres::Error>, none: T) -> Result<T, tokio_postgres::Error> {
    match read {
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(none),
        other => other,
    }
}

impl StateBackend for Postgres {
    fn place(&self, what: &str) -> PathBuf {
        self.stage.place.join(what)
    }

    fn snapshot(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.run(|stage| async move {
            let client = stage.connect().await?;
            let row = client
                .query_opt(
                    "SELECT snapshot FROM plg_stage WHERE stack = $1 AND stage = $2",
                    &[&stage.stack, &stage.stage],
                )
                .await;
            let row = none_without_tables(row, None).map_err(stage.error("read"))?;
            Ok(row.and_then(|row| row.get(0)))
        })
    }

    fn journal(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.run(|stage| async move {
            let client = stage.connect().await?;
            let rows = client
                .query(
                    "SELECT bytes FROM plg_journal WHERE stack = $1 AND stage = $2 ORDER BY number",
                    &[&stage.stack, &stage.stage],
                )
                .await;
            let rows = none_without_tables(rows, Vec::new()).map_err(stage.error("read"))?;
            let bytes = || rows.iter().flat_map(|row| row.get::<_, Vec<u8>>(0)).collect();
            Ok((!rows.is_empty()).then(bytes))
        })
    }

    fn lock(&self, holder: &Holder) -> Result<Box<dyn StateWriter>, StoreError> {
        let nonce = holder.nonce.clone();
        let holder = holder.clone();
        let client = self.run(|stage| async move { stage.take(&holder).await })?;
        Ok(Box::new(Held {
            worker: self.worker.clone(),
            stage: self.stage.clone(),
            nonce,
            client: Arc::new(tokio::sync::Mutex::new(client)),
        }))
    }

    fn holder(&self) -> Result<Option<Holder>, StoreError> {
        self.run(|stage| async move { stage.holder(&stage.connect().await?).await })
    }

    fn unlock(&self, nonce: &str) -> Result<Holder, StoreError> {
        let nonce = nonce.to_owned();
        self.run(|stage| async move { stage.unlock(&nonce).await })
    }
}

enum What {
    Snapshot(Vec<u8>),
    Journal(Vec<u8>),
    Append(Vec<u8>),
    Release,
}

struct Held {
    worker: Arc<Worker>,
    stage: Arc<StageRows>,
    nonce: String,
    client: Arc<tokio::sync::Mutex<Client>>,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").field("stage", &self.stage).field("nonce", &self.nonce).finish_non_exhaustive()
    }
}

impl Held {
    fn write(&self, what: What) -> Result<(), StoreError> {
        let (stage, nonce, client) = (self.stage.clone(), self.nonce.clone(), self.client.clone());
        self.worker.run(&self.stage.place, async move {
            let mut client = client.lock().await;
            let written = stage.write(&mut client, &nonce, &what).await;
            if matches!(written, Err(StoreError::Remote { .. })) && client.is_closed() {
                // Whoever takes a lock away ends the connection that has it: that should be said.
                let holder = stage.holder(&stage.connect().await?).await?;
                if holder.as_ref().is_none_or(|holder| holder.nonce != nonce) {
                    return Err(StoreError::Fenced(holder.unwrap_or_default()));
                }
            }
            written
        })
    }
}

impl StateWriter for Held {
    fn put_snapshot(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.write(What::Snapshot(bytes.to_vec()))
    }

    fn put_journal(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.write(What::Journal(bytes.to_vec()))
    }

    fn append(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.write(What::Append(bytes.to_vec()))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Err(error) = self.write(What::Release) {
            tracing::debug!("the lock in {} could not be released: {error}", self.stage.place.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(url: &str) -> Result<StageRows, StoreError> {
        StageRows::new(&Secret::new(url.to_owned()), "shop", "prod")
    }

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        for url in ["postgres://u@localhost/d", "postgres://u@127.0.0.1:5433/d", "host=/tmp user=u"] {
            assert!(!stage(url).unwrap().tls, "{url}");
        }
        for url in [
            "postgres://u@db.example/d",
            "postgres://u@db.example/d?sslmode=prefer",
            "postgres://u@localhost/d?sslmode=require",
            "host=localhost hostaddr=192.0.2.1 user=u",
            "host=localhost,db.example user=u",
        ] {
            assert!(stage(url).unwrap().tls, "{url}");
        }
        assert!(stage("postgres://u@db.example/d?sslmode=disable").is_err());
    }

    #[test]
    fn the_password_is_nowhere_to_be_read() {
        let good = stage("postgres://u:hunter2@db.example/d").unwrap();
        let bad = stage("postgres://u:hunter2@db.example/d?hunter2=1").unwrap_err();
        for shown in [format!("{good:?}"), good.place.display().to_string(), format!("{bad:?} {bad} {}", bad.hint())] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}
