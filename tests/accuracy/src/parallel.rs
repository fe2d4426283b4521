//! Independent pieces of work on a few threads, with their results in the order of the pieces.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs `work` for every item on `threads` threads. `done` hears after each piece how many are
/// done; it runs on the thread that finished, one call at a time.
pub fn map<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
    done: impl FnMut(usize) + Send,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let finished: Mutex<(Vec<(usize, R)>, _)> = Mutex::new((Vec::with_capacity(items.len()), done));
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some((index, item)) = take(&next, items) {
                    let result = work(item);
                    // A thread that panicked ends the scope with its panic; what others hold is
                    // still whole.
                    let mut guard =
                        finished.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    let (results, done) = &mut *guard;
                    results.push((index, result));
                    done(results.len());
                }
            });
        }
    });
    let (mut results, _) = finished.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn take<'a, T>(next: &AtomicUsize, items: &'a [T]) -> Option<(usize, &'a T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    items.get(index).map(|item| (index, item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_items() {
        let items: Vec<u64> = (0..500).collect();
        let mut calls = Vec::new();
        let squares = map(&items, 3, |item| item * item, |done| calls.push(done));
        assert_eq!(squares, items.iter().map(|item| item * item).collect::<Vec<_>>());
        assert_eq!(calls, (1..=500).collect::<Vec<_>>());
    }
}
