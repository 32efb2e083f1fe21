//! The time of a world: it passes only while nobody does anything, and then as far as somebody waits for.

use jiff::Timestamp;
use plg_sandbox::Sandbox;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// The clock of both APIs and of every process that asks them.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    sandbox: Sandbox,
    sleepers: Arc<Mutex<Sleepers>>,
}

#[derive(Debug, Default)]
struct Sleepers {
    next: u64,
    due: BTreeMap<(Timestamp, u64), Waker>,
}

impl Clock {
    pub(crate) fn new(sandbox: Sandbox) -> Self {
        Clock { sandbox, sleepers: Arc::default() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.sandbox.time()
    }

    /// Ends once so much time has passed.
    pub(crate) fn sleep(&self, time: Duration) -> Sleep {
        Sleep { clock: self.clone(), until: later(self.now(), time), number: None }
    }

    /// Lets time pass although nobody waits.
    pub(crate) fn pass(&self, time: Duration) {
        self.sandbox.set_time(later(self.now(), time));
    }

    /// Lets time pass up to the next who waits, and wakes them. Called when nothing else goes on.
    pub(crate) fn advance(&self) {
        let Some(due) = self.lock().due.keys().next().map(|(due, _)| *due) else { return };
        self.sandbox.set_time(due.max(self.now()));
        let mut woken = Vec::new();
        {
            let mut sleepers = self.lock();
            while let Some(first) = sleepers.due.first_entry().filter(|first| first.key().0 <= due) {
                woken.push(first.remove());
            }
        }
        woken.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Sleepers> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn later(now: Timestamp, time: Duration) -> Timestamp {
    now.saturating_add(time).unwrap_or(Timestamp::MAX)
}

/// Waits for a time.
#[derive(Debug)]
pub(crate) struct Sleep {
    clock: Clock,
    until: Timestamp,
    number: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.clock.now() >= self.until {
            return Poll::Ready(());
        }
        let number = {
            let mut sleepers = self.clock.lock();
            let number = self.number.unwrap_or(sleepers.next);
            sleepers.next = sleepers.next.max(number + 1);
            sleepers.due.insert((self.until, number), context.waker().clone());
            number
        };
        self.number = Some(number);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.clock.lock().due.remove(&(self.until, number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn time_passes_only_while_all_wait_and_in_order() {
        let sandbox = Sandbox::open(None, None).expect("it is in memory");
        sandbox.set_time(Timestamp::UNIX_EPOCH);
        let clock = Clock::new(sandbox);
        let idle = clock.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().on_thread_park(move || idle.advance()).build();
        let began = Instant::now();
        let order = runtime.expect("no I/O is needed").block_on(async {
            let order = Arc::new(Mutex::new(Vec::new()));
            let mut tasks = Vec::new();
            for seconds in [600, 1, 30] {
                let (clock, order) = (clock.clone(), order.clone());
                tasks.push(tokio::spawn(async move {
                    clock.sleep(Duration::from_secs(seconds)).await;
                    order.lock().unwrap_or_else(PoisonError::into_inner).push((seconds, clock.now().as_second()));
                }));
            }
            drop(clock.sleep(Duration::from_secs(5)));
            for task in tasks {
                task.await.expect("it ends");
            }
            order.lock().unwrap_or_else(PoisonError::into_inner).clone()
        });
        assert_eq!(order, [(1, 1), (30, 30), (600, 600)]);
        assert!(began.elapsed() < Duration::from_secs(5), "nobody really waited");
        clock.pass(Duration::from_secs(60));
        assert_eq!(clock.now().as_second(), 660);
    }
}
