//! Work that is done on another thread.

/// As much as the main thread has: how deep a program may nest does not depend on the thread that looks at it.
pub(crate) const STACK: usize = 8 * 1024 * 1024;

/// The results of two pieces of work that know nothing of each other. The first is done on another thread meanwhile;
/// where none is to be had, it is done here.
pub fn both<A: Send, B>(first: impl Fn() -> A + Sync, second: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &first);
        let second = second();
        let done = thread.ok().and_then(|thread| thread.join().ok());
        (done.unwrap_or_else(&first), second)
    })
}

/// Frees something on another thread: whoever has it waits for nobody.
pub fn free<T: Send + 'static>(no_more_used: T) {
    // Where no thread is to be had, it is freed here.
    let _ = std::thread::Builder::new().spawn(move || drop(no_more_used));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_pieces_are_done_and_a_panic_stays_one() {
        let here = std::thread::current().id();
        let (there, second) = both(|| std::thread::current().id(), || std::thread::current().id());
        assert!(there != here && second == here);
        let panics = std::panic::catch_unwind(|| both(|| assert_eq!(1, 2), || ()));
        assert!(panics.is_err());
    }
}
