//! One participant of a session: ties session lifecycle, transport, plugin runtime, media and drivers together, and
//! gives windows a [`view::View`] to draw and [`view::Command`]s to send.
//!
//! Knows nothing of egui: [`rep::Rep`] and [`customer::Customer`] are the two programs without their windows.

pub mod customer;
pub mod rep;
pub mod surface;
pub mod view;

mod customer_core;
mod program;
mod rep_core;
