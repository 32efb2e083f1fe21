//! A PostgreSQL in which a process can die.

use crate::proxy::{Proxy, SOCKET};
use plg_runtime::secret::Secret;
use plg_runtime::store::remote::postgres::Postgres;
use plg_runtime::store::{Holder, StateBackend, StateWriter, StoreError};
use plg_test::{Life, TestBackend};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio_postgres::NoTls;

/// A database of a server, reached through a proxy of its own.
#[derive(Debug)]
pub(crate) struct Database {
    server: PathBuf,
    name: String,
    /// How many there are.
    count: Arc<AtomicU64>,
    proxy: Arc<Proxy>,
}

impl Database {
    /// The one that is in every server.
    pub(crate) fn of(server: &Path) -> Arc<Self> {
        assert!(server.join(SOCKET).exists(), "{} has no server in it", server.display());
        Arc::new(Database {
            server: server.to_owned(),
            name: "postgres".into(),
            count: Arc::default(),
            proxy: Arc::new(Proxy::to(server).unwrap()),
        })
    }

    /// The way to it.
    pub(crate) fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    fn command(&self, statement: &str) -> Result<(), StoreError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let done = runtime.block_on(async {
            // Nobody may be connected to what is copied.
            let address = format!("host={} user=plg dbname=template1", self.server.display());
            let (client, connection) = tokio_postgres::connect(&address, NoTls).await?;
            let connection = tokio::spawn(connection);
            let done = client.batch_execute(statement).await;
            drop(client);
            let _ = connection.await;
            done
        });
        done.map_err(|e| StoreError::Remote {
            doing: "copy",
            path: self.name.clone().into(),
            message: format!("{e}: {:?}", e.as_db_error()),
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.name != "postgres" {
            let _ = self.command(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}

impl TestBackend for Database {
    fn open(&self, stack: &str, stage: &str, life: Life) -> Result<Arc<dyn StateBackend>, StoreError> {
        let folder = self.proxy.folder(life);
        let url = Secret::new(format!("host={} user=plg dbname={}", folder.display(), self.name));
        Ok(Arc::new(Through { medium: Postgres::new(&url, stack, stage)?, _proxy: self.proxy.clone() }))
    }

    fn fork(&self) -> Result<Arc<dyn TestBackend>, StoreError> {
        Ok(self.copy()?)
    }
}

impl Database {
    /// Another database with the same in it.
    pub(crate) fn copy(&self) -> Result<Arc<Self>, StoreError> {
        let name = format!("plg_{}", self.count.fetch_add(1, Ordering::Relaxed));
        self.command(&format!("CREATE DATABASE {name} TEMPLATE {}", self.name))?;
        let proxy = Proxy::to(&self.server).map_err(|e| StoreError::Remote {
            doing: "reach",
            path: name.clone().into(),
            message: e.to_string(),
        })?;
        Ok(Arc::new(Database { server: self.server.clone(), name, count: self.count.clone(), proxy: Arc::new(proxy) }))
    }
}

/// A state, and the way to it for as long as anybody uses it.
#[derive(Debug)]
struct Through {
    medium: Postgres,
    _proxy: Arc<Proxy>,
}

impl StateBackend for Through {
    fn place(&self, what: &str) -> PathBuf {
        self.medium.place(what)
    }

    fn snapshot(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.medium.snapshot()
    }

    fn journal(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.medium.journal()
    }

    fn lock(&self, holder: &Holder) -> Result<Box<dyn StateWriter>, StoreError> {
        self.medium.lock(holder)
    }

    fn holder(&self) -> Result<Option<Holder>, StoreError> {
        self.medium.holder()
    }

    fn unlock(&self, nonce: &str) -> Result<Holder, StoreError> {
        self.medium.unlock(nonce)
    }
}
