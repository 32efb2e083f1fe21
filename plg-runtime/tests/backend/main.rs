//! The same promises, checked of every place for a state.

#![expect(clippy::unwrap_used, reason = "all of it is tests")]

#[cfg(feature = "object-store")]
mod azure;
mod contract;
#[cfg(any(feature = "object-store", feature = "postgres"))]
mod servers;

use plg_runtime::store::{Folder, StateBackend};
use std::path::Path;
use std::sync::Arc;

fn folder(path: &Path) -> impl Fn(&str) -> Arc<dyn StateBackend> + Sync {
    let path = path.to_owned();
    move |stage| Arc::new(Folder::new(&path.join(stage)))
}

#[test]
fn a_folder() {
    let dir = tempfile::tempdir().unwrap();
    contract::check(&folder(dir.path()));
    let other = tempfile::tempdir().unwrap();
    contract::moves(&folder(dir.path()), &folder(other.path()));
}

#[cfg(feature = "object-store")]
mod objects {
    use super::*;
    use object_store::ObjectStore;
    use object_store::aws::AmazonS3Builder;
    use object_store::azure::MicrosoftAzureBuilder;
    use object_store::memory::InMemory;
    use plg_runtime::store::remote::object::Objects;

    fn stages(store: Arc<dyn ObjectStore>) -> impl Fn(&str) -> Arc<dyn StateBackend> + Sync {
        move |stage| Arc::new(Objects::new(store.clone(), "s3://plg", &format!("team/shop/{stage}")).unwrap())
    }

    #[test]
    fn an_object_store_in_memory() {
        let dir = tempfile::tempdir().unwrap();
        let open = stages(Arc::new(InMemory::new()));
        contract::check(&open);
        contract::moves(&folder(dir.path()), &open);
    }

    #[test]
    fn an_s3_server() {
        let Some(server) = servers::s3() else { return };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = AmazonS3Builder::new()
            .with_bucket_name("plg")
            .with_region("us-east-1")
            .with_endpoint(&server.url)
            .with_allow_http(true)
            .with_access_key_id("test")
            .with_secret_access_key("test")
            .build()
            .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let open = stages(Arc::new(store));
        contract::check(&open);
        contract::moves(&folder(dir.path()), &open);
    }

    #[test]
    fn an_azure_server() {
        let Some(server) = azure::server() else { return };
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A connection ends with the thread that made it, so that each place has a client of its own.
        let open = |stage: &str| -> Arc<dyn StateBackend> {
            let store = MicrosoftAzureBuilder::new()
                .with_container_name("plg")
                .with_account("devstoreaccount1")
                .with_access_key(azure::KEY)
                .with_endpoint(format!("{}/devstoreaccount1", server.url))
                .with_allow_http(true)
                .build()
                .unwrap();
            Arc::new(Objects::new(Arc::new(store), "azure://plg", &format!("team/shop/{stage}")).unwrap())
        };
        let dir = tempfile::tempdir().unwrap();
        contract::check(&open);
        contract::moves(&folder(dir.path()), &open);
    }
}

#[cfg(feature = "postgres")]
#[test]
fn a_postgresql() {
    use plg_runtime::secret::Secret;
    use plg_runtime::store::remote::postgres::Postgres;
    let Some(server) = servers::postgres() else { return };
    let url = Secret::new(server.url.clone());
    let open = move |stage: &str| -> Arc<dyn StateBackend> { Arc::new(Postgres::new(&url, "shop", stage).unwrap()) };
    let dir = tempfile::tempdir().unwrap();
    contract::check(&open);
    contract::moves(&folder(dir.path()), &open);
}
