//! Collecting into a list. The standard `collect` weighs three functions of WebAssembly for every
//! chain of adapters: one reserves, one extends, one folds. This is one loop.

/// What every iterator has beside the standard `collect`.
pub(crate) trait CollectVec: Iterator + Sized {
    /// A list of the items, for lists that are short or made once: it reserves nothing ahead.
    fn collect_vec(self) -> Vec<Self::Item> {
        let mut list = Vec::new();
        self.for_each(|item| list.push(item));
        list
    }
}

impl<I: Iterator> CollectVec for I {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_every_item_in_order() {
        for length in [0, 1, 5, 100] {
            let expected: Vec<u32> = (0..length).collect();
            assert_eq!((0..length).collect_vec(), expected);
        }
    }
}
