//! The clients of each cloud. Credentials come from its own environment variables, or from the
//! machine's role.

use super::super::failed;
use super::Objects;
use super::direct::Connector;
use crate::store::StoreError;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use std::sync::Arc;
use std::time::Duration;

impl Objects {
    /// A stage in a bucket of S3, or of a server at `endpoint` that speaks its protocol.
    ///
    /// # Errors
    /// When what is set does not make a client.
    pub(crate) fn s3(
        bucket: &str,
        region: Option<&str>,
        endpoint: Option<&str>,
        name: &str,
        folder: &str,
    ) -> Result<Self, StoreError> {
        prepare();
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry());
        builder = builder.with_http_connector(Connector::default());
        if let Some(region) = region {
            builder = builder.with_region(region);
        } else if builder.get_config_value(&AmazonS3ConfigKey::Region).is_none() {
            builder = builder.with_region("us-east-1");
        }
        if let Some(endpoint) = endpoint {
            // Only this machine may be spoken to without TLS, which was checked where it was read.
            let plain = endpoint.starts_with("http://");
            builder = builder.with_endpoint(endpoint).with_client_options(options().with_allow_http(plain));
        } else {
            builder = builder.with_client_options(options());
        }
        stage(builder.build(), name, folder)
    }

    /// A stage in a bucket of Google Cloud Storage.
    ///
    /// # Errors
    /// When what is set does not make a client.
    pub(crate) fn gcs(bucket: &str, name: &str, folder: &str) -> Result<Self, StoreError> {
        prepare();
        let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket).with_retry(retry());
        let builder = builder.with_http_connector(Connector::default());
        stage(builder.with_client_options(options()).build(), name, folder)
    }

    /// A stage in a container of Azure Blob Storage.
    ///
    /// # Errors
    /// When what is set does not make a client.
    pub(crate) fn azure(account: &str, container: &str, name: &str, folder: &str) -> Result<Self, StoreError> {
        prepare();
        let builder = MicrosoftAzureBuilder::from_env().with_account(account).with_container_name(container);
        let builder = builder.with_http_connector(Connector::default());
        stage(builder.with_retry(retry()).with_client_options(options()).build(), name, folder)
    }
}

fn stage<S: ObjectStore>(built: object_store::Result<S>, name: &str, folder: &str) -> Result<Objects, StoreError> {
    let store = built.map_err(|e| failed("reach", name, &e))?;
    Objects::new(Arc::new(store), name, folder)
}

/// The clients need a provider of cryptography, and bring none.
fn prepare() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn options() -> ClientOptions {
    ClientOptions::new().with_connect_timeout(Duration::from_secs(10)).with_timeout(Duration::from_secs(60))
}

/// A person waits: a store that is not there should be known within half a minute.
fn retry() -> RetryConfig {
    RetryConfig { max_retries: 5, retry_timeout: Duration::from_secs(30), ..RetryConfig::default() }
}
