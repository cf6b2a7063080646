//! The runtime with real guests: `fixtures/hostile`, which does whatever it is told, and the bundled hello plugin.
//!
//! The packages come from `target/plugins`; `cargo xtask build` builds them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod code;
mod consent;
mod events;
mod hostile;
mod package;
mod recorder;
mod showing;
mod support;
