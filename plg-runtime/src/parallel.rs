//! The same work on many things, on as many threads as there are cores.

use std::panic::resume_unwind;
use std::thread::{Builder, available_parallelism, scope};

/// Work on fewer than these is done sooner than a thread for them is started.
const FEWEST: usize = 256;
/// More threads than these wait for each other to get memory.
const MOST: usize = 8;

/// What comes of each, in their order.
pub(crate) fn par_map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = available_parallelism().map_or(1, usize::from).min(MOST);
    let threads = cores.min(items.len() / FEWEST);
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let work = |chunk: &[T]| chunk.iter().map(&work).collect::<Vec<R>>();
    let (first, rest) = items.split_at(items.len().div_ceil(threads));
    scope(|scope| {
        let others: Vec<_> = rest
            .chunks(first.len())
            .map(|chunk| (chunk, Builder::new().name("parallel".into()).spawn_scoped(scope, || work(chunk))))
            .collect();
        let mut all = work(first);
        for (chunk, other) in others {
            all.extend(match other {
                Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
                // No thread is left on this machine.
                Err(_) => work(chunk),
            });
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_kept_however_many_there_are() {
        for count in [0, 1, FEWEST, 2 * FEWEST, 2 * FEWEST + 1, 10 * FEWEST - 1] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(par_map(&items, |n| n + 1), (1..=count).collect::<Vec<_>>());
        }
    }
}
