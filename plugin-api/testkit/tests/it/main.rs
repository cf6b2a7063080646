//! The kit itself, and every plugin's tests on it (`plugins/<name>/tests/kit/halves.rs`), which `build.rs` finds.
//!
//! They run packages from `target/plugins`; `cargo xtask build` builds them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;
mod line;

include!(concat!(env!("OUT_DIR"), "/plugins.rs"));
