//! The relay: brings reps and customers together, hands out plugins, and forwards what the two ends say to each other.
//!
//! The `hub` is the core without I/O; the `switchboard` runs it; a `connection` is one program's WebSocket and the
//! `conversation` what is said on it. What lasts is behind the trait `store::Store`. The relay knows who meets whom and
//! never what they say: signals and packets pass unread, and it holds none of the two ends' keys.

mod acme;
mod alive;
mod api;
mod audit;
mod backup;
mod base64url;
pub mod cli;
mod clock;
mod close;
mod connection;
mod conversation;
mod counters;
pub mod csv;
mod data;
pub mod dates;
mod files;
mod health;
mod http;
pub mod hub;
mod legs;
mod licensing;
mod listener;
mod manage;
mod metrics;
mod monitor;
mod networks;
mod notes;
mod pace;
mod packets;
mod password;
mod people;
mod places;
mod plugins;
pub mod portals;
pub mod ready;
mod recovery;
pub mod registry;
pub mod relay;
mod set_up;
mod shared;
mod signin;
pub mod store;
mod switchboard;
mod tls;
pub mod token;
mod totp;
mod web;
mod webhooks;

pub use acme::{AcmeConfig, AcmeName, AcmeSetUpError, BadDirectory, BadName, DirectoryUrl};
pub use backup::BackupError;
pub use data::DataError;
pub use networks::{Network, NetworkError, Networks};
pub use password::{PasswordError, hash_new as hash_password};
pub use tls::{CaError, TlsFiles, TlsFilesError};
