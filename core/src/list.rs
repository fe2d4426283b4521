//! Lists from iterators.

/// An iterator whose items become a list one by one.
///
/// `collect` has its own code for every chain of adapters that knows its length beforehand; for
/// lists of tens of items that is weight without gain.
pub(crate) trait Listed: Iterator + Sized {
    fn list(self) -> Vec<Self::Item> {
        let mut list = Vec::new();
        self.for_each(|item| list.push(item));
        list
    }
}

impl<I: Iterator> Listed for I {}
