//! How much memory loading, keeping and refusing data takes, counted by an allocator.

mod allocations;
mod fleet;
mod ratio;
mod too_large;
