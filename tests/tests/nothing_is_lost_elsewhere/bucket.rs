//! An object store in which a process can die, and which its requests reach long after it is dead.

use crate::trouble::Trouble;
use async_trait::async_trait;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use plg_runtime::store::remote::object::Objects;
use plg_runtime::store::{StateBackend, StoreError};
use plg_test::{Life, TestBackend};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Makes a client of the store, as each process has one of its own.
type Client = Arc<dyn Fn() -> Arc<dyn ObjectStore> + Send + Sync>;

/// A part of a bucket.
pub(crate) struct Bucket {
    client: Client,
    number: u64,
    /// How many parts there are.
    parts: Arc<AtomicU64>,
    post: Arc<Post>,
}

/// A request that was under way when its process died.
enum Letter {
    Put(Path, PutPayload, PutOptions),
    Delete(Path),
}

/// What is under way from the dead, and how many requests of others reach the store before it.
#[derive(Default)]
struct Post {
    letters: Mutex<Option<(u64, Letter)>>,
    /// How many processes died with a request under way, in all parts.
    sent: Arc<AtomicU64>,
    /// How many of these requests arrived, in all parts.
    arrived: Arc<AtomicU64>,
    /// How many of them the store refused.
    refused: Arc<AtomicU64>,
    /// Whether any are delivered.
    late: bool,
    trouble: Trouble,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Bucket {
    /// An empty one. Where `late`, half of what was under way at a death arrives during the next run.
    pub(crate) fn new(late: bool, client: impl Fn() -> Arc<dyn ObjectStore> + Send + Sync + 'static) -> Arc<Self> {
        let post = Arc::new(Post { late, ..Post::default() });
        Arc::new(Bucket { client: Arc::new(client), number: 0, parts: Arc::new(AtomicU64::new(1)), post })
    }

    /// How many requests of the dead arrived, and how many of these the store refused.
    pub(crate) fn late(&self) -> (u64, u64) {
        (self.post.arrived.load(Ordering::Relaxed), self.post.refused.load(Ordering::Relaxed))
    }

    /// Lets one request fail after so many more, of a process that lives on.
    pub(crate) fn fail(&self, after: u64, done: bool) {
        self.post.trouble.set(after, done);
    }

    /// Whether the failure that was asked for is still ahead; it is taken back.
    pub(crate) fn is_ahead(&self) -> bool {
        self.post.trouble.is_ahead()
    }

    fn folder(&self) -> String {
        format!("bench/{}", self.number)
    }
}

impl TestBackend for Bucket {
    fn open(&self, stack: &str, stage: &str, life: Life) -> std::result::Result<Arc<dyn StateBackend>, StoreError> {
        let store = Mortal { store: (self.client)(), life, post: self.post.clone() };
        let folder = format!("{}/{stack}/{stage}", self.folder());
        Ok(Arc::new(Objects::new(Arc::new(store), "s3://plg", &folder)?))
    }

    fn fork(&self) -> std::result::Result<Arc<dyn TestBackend>, StoreError> {
        Ok(self.copy()?)
    }
}

impl Bucket {
    /// Another part of the bucket with the same in it.
    pub(crate) fn copy(&self) -> std::result::Result<Arc<Self>, StoreError> {
        let Post { sent, arrived, refused, late, .. } = &*self.post;
        let post = Post {
            letters: Mutex::default(),
            sent: sent.clone(),
            arrived: arrived.clone(),
            refused: refused.clone(),
            late: *late,
            trouble: Trouble::default(),
        };
        let fork = Bucket {
            client: self.client.clone(),
            number: self.parts.fetch_add(1, Ordering::Relaxed),
            parts: self.parts.clone(),
            post: Arc::new(post),
        };
        let (from, to) = (self.folder(), fork.folder());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let copied: Result<()> = runtime.block_on(async {
            let store = (self.client)();
            let there: Vec<ObjectMeta> = store.list(Some(&Path::from(from.as_str()))).try_collect().await?;
            for object in there {
                let name = object.location.as_ref().replacen(&from, &to, 1);
                store.copy(&object.location, &Path::from(name)).await?;
            }
            Ok(())
        });
        let failed = |e: Error| StoreError::Remote { doing: "copy", path: from.into(), message: e.to_string() };
        copied.map_err(failed)?;
        Ok(Arc::new(fork))
    }
}

/// A store as one process has it.
#[derive(Clone)]
struct Mortal {
    store: Arc<dyn ObjectStore>,
    life: Life,
    post: Arc<Post>,
}

fn lost() -> Error {
    Error::Generic { store: "bench", source: "the connection broke".into() }
}

fn dead() -> Error {
    Error::Generic { store: "bench", source: "the process is dead".into() }
}

impl Mortal {
    /// The instant before a request reaches the store. If it is the last one, it may arrive late.
    async fn before(&self, what: &str, location: &Path, letter: impl FnOnce() -> Letter) -> Result<()> {
        if self.life.is_over() {
            return Err(dead());
        }
        self.deliver().await;
        if !self.life.ends(|| format!("before {what} {location} reaches the store")) {
            return Ok(());
        }
        let number = self.post.sent.fetch_add(1, Ordering::Relaxed);
        if self.post.late && number.is_multiple_of(2) {
            // Before the next one looks, between its requests, or long after it began.
            *self.post.letters.lock().unwrap() = Some((number * 7 % 83, letter()));
        }
        Err(dead())
    }

    /// The instant between a request that was carried out and its answer.
    fn after(&self, what: &str, location: &Path) -> Result<()> {
        let over = self.life.ends(|| format!("after {what} {location} is done, and before it is answered"));
        if over { Err(dead()) } else { Ok(()) }
    }

    async fn deliver(&self) {
        let letter = {
            let mut letters = self.post.letters.lock().unwrap();
            match letters.as_mut() {
                Some((0, _)) => letters.take().map(|(_, letter)| letter),
                Some((wait, _)) => {
                    *wait -= 1;
                    None
                }
                None => None,
            }
        };
        let arrived = match letter {
            None => return,
            Some(Letter::Put(location, payload, options)) => {
                self.store.put_opts(&location, payload, options).await.is_ok()
            }
            Some(Letter::Delete(location)) => self.store.delete(&location).await.is_ok(),
        };
        self.post.arrived.fetch_add(1, Ordering::Relaxed);
        self.post.refused.fetch_add(u64::from(!arrived), Ordering::Relaxed);
    }

    async fn delete_one(&self, location: Path) -> Result<Path> {
        self.before("the end of", &location, || Letter::Delete(location.clone())).await?;
        let trouble = self.post.trouble.strikes();
        if trouble != Some(false) {
            self.store.delete(&location).await?;
        }
        if trouble.is_some() {
            return Err(lost());
        }
        self.after("the end of", &location)?;
        Ok(location)
    }
}

impl fmt::Debug for Mortal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mortal")
    }
}

impl fmt::Display for Mortal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mortal")
    }
}

#[async_trait]
impl ObjectStore for Mortal {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        let letter = || Letter::Put(location.clone(), payload.clone(), opts.clone());
        self.before("what is put at", location, letter).await?;
        let trouble = self.post.trouble.strikes();
        if trouble == Some(false) {
            return Err(lost());
        }
        let put = self.store.put_opts(location, payload.clone(), opts.clone()).await;
        if trouble.is_some() {
            return Err(lost());
        }
        self.after("what is put at", location)?;
        put
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        if self.life.is_over() {
            return Err(dead());
        }
        self.deliver().await;
        if self.post.trouble.strikes().is_some() {
            return Err(lost());
        }
        self.store.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let this = self.clone();
        locations
            .then(move |location| {
                let this = this.clone();
                async move { this.delete_one(location?).await }
            })
            .boxed()
    }

    async fn put_multipart_opts(&self, location: &Path, opts: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.store.put_multipart_opts(location, opts).await
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.store.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}
