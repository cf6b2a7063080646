//! One participant of a session: ties session lifecycle, transport, plugin runtime, media and drivers together, and
//! gives windows a [`view::View`] to draw and [`view::Command`]s to send.
//!
//! Knows nothing of egui: [`rep::Rep`] and [`customer::Customer`] are the two programs without their windows.

#[doc(hidden)]
pub mod benching;
pub mod customer;
pub mod drawing;
#[doc(hidden)]
pub mod fuzzing;
pub mod rep;
pub mod surface;
pub mod view;

mod account_values;
mod boards;
mod clipboard;
mod computer;
mod consents;
mod control;
mod conversation;
mod customer_core;
mod customer_view;
mod desk;
mod guard;
mod hand_over_view;
mod heard;
mod input;
mod join_link;
mod known_relays;
mod left_behind;
mod licence;
mod loading;
mod neighbours;
mod notes;
mod occupied;
mod own_windows;
mod pace;
mod pictures;
mod pipeline;
mod plugin_host;
mod plugin_store;
mod private_file;
mod program;
mod question_view;
mod refusal;
mod relay_url;
mod rep_core;
mod rep_view;
mod restart;
mod resume;
mod screens;
mod sealed;
mod seen;
mod session;
mod shared;
mod showing;
mod storage;
mod streams;
mod system;
mod tls;
mod transfers;
mod way_back;

pub use join_link::{JoinLink, JoinLinkError, LINK_BYTES_MAX};
pub use known_relays::KnownRelays;
pub use lotse_files::room_bytes;
pub use lotse_runtime::{Arrangement, Capability, CapabilitySet, Node, Settings, UI_DEPTH_MAX, Value, setting};
pub use relay_url::{RelayUrl, RelayUrlError};
pub use transfers::downloads_folder;
