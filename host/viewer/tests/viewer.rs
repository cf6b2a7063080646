//! The viewer on real X servers of its own: pixels as they are on the screen, keys and pointer as a person's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "viewer/desk.rs"]
mod desk;
#[path = "viewer/drawing.rs"]
mod drawing;
#[path = "viewer/embedded.rs"]
mod embedded;
#[path = "viewer/keys.rs"]
mod keys;
#[path = "viewer/picture.rs"]
mod picture;
#[path = "viewer/pointer.rs"]
mod pointer;
#[path = "../../desktop/tests/support/x_server.rs"]
mod x_server;
