//! Both halves together, on desks that play the host: what one sends opens at the other, in order, and breaks when told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod asking;
mod bad_input;
mod breaks;
mod desk;
mod moving;
mod pair;
mod peers;
