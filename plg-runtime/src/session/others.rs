//! The states of other stages and stacks, read beside everything else that a command begins with.

use crate::store::{OtherPlace, OtherState, Unread};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OnceCell, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// For how long is waited for a place that is not a folder. A plan is made without what it holds, and says so.
const LONGEST: Duration = Duration::from_secs(5);

/// What other states hold, as far as they can be read.
#[derive(Debug, Default)]
pub(super) struct OtherStates {
    pub(super) read: Vec<OtherState>,
    pub(super) unread: Vec<Unread>,
}

/// Other states that are being read.
#[derive(Debug, Default)]
pub(super) struct Others {
    under_way: Mutex<Option<JoinHandle<OtherStates>>>,
    done: OnceCell<OtherStates>,
}

impl Others {
    /// Begins to read them all, each on a thread of its own.
    pub(super) fn read(places: Vec<OtherPlace>) -> Others {
        if places.is_empty() {
            return Others::default();
        }
        let by = Instant::now() + LONGEST;
        let awaited: Vec<_> = places.into_iter().map(|place| (place.clone(), on_a_thread(place))).collect();
        let all = tokio::spawn(async move {
            let mut all = OtherStates::default();
            for (place, answer) in awaited {
                let read = if place.is_remote() {
                    timeout_at(by, answer).await.map_err(|_| format!("no answer within {} s", LONGEST.as_secs()))
                } else {
                    Ok(answer.await)
                };
                match read {
                    Ok(Ok(Ok(state))) => all.read.extend(state),
                    Ok(Ok(Err(unread))) => all.unread.push(unread),
                    Ok(Err(_)) => all.unread.push(place.unread("the thread that read it ended")),
                    Err(why) => all.unread.push(place.unread(&why)),
                }
            }
            all
        });
        Others { under_way: Mutex::new(Some(all)), done: OnceCell::new() }
    }

    /// All of them, as soon as they are read.
    pub(super) fn known(&self) -> Option<&OtherStates> {
        self.done.get()
    }

    /// Waits until all of them are read.
    pub(super) async fn settled(&self) -> &OtherStates {
        let under_way = || self.under_way.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.done
            .get_or_init(|| async {
                match under_way() {
                    Some(all) => all.await.unwrap_or_default(),
                    None => OtherStates::default(),
                }
            })
            .await
    }
}

/// Reads one of them. A place that does not answer keeps its thread, and nobody waits for that.
fn on_a_thread(place: OtherPlace) -> oneshot::Receiver<Result<Option<OtherState>, Unread>> {
    let (done, answer) = oneshot::channel();
    let read = move || drop(done.send(place.read()));
    // Without a thread nothing is sent, which is told where the answer is awaited.
    let _ = std::thread::Builder::new().name("others".into()).spawn(read);
    answer
}
