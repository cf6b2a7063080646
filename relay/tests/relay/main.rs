//! The relay as programs meet it: a real server on real TLS and WebSockets, with a real database.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acme;
mod api;
mod center;
mod center_more;
mod hostile;
mod licences;
mod logs;
mod notes;
mod operating;
mod pin;
mod plugins;
mod portal;
mod printed;
mod program;
mod queue;
mod restart;
mod seats;
mod second_factor;
mod sessions;
mod sign_in;
mod versions;
mod webhooks;

use clap::Parser;
use lotse_protocol::control::{FromRelay, Secret, SessionId, Side, ToRelay};
use lotse_relay::cli::{self, Cli};
use lotse_relay::relay::{Relay, RelayConfig};
use program::Program;
use std::path::Path;
use tempfile::TempDir;

pub const USER: &str = "anna@acme.example";
pub const PASSWORD: &str = "correct horse";

/// A data folder with one rep, made by the command line as an operator would.
pub async fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    add_rep(folder.path(), USER).await;
    folder
}

pub async fn add_rep(folder: &Path, user: &str) {
    let password_file = folder.join("password.txt");
    std::fs::write(&password_file, format!("{PASSWORD}\n")).unwrap();
    let data = folder.join("data");
    let arguments = ["lotse-relay", "rep", "add", "--account", "Acme", "--user", user, "--name", "Anna Berg"];
    let arguments = arguments.map(std::ffi::OsString::from).into_iter();
    let paths = ["--data".into(), data.into_os_string(), "--password-file".into(), password_file.into_os_string()];
    cli::run(Cli::try_parse_from(arguments.chain(paths)).unwrap()).await.unwrap();
}

/// Runs a command of the operator's on the data folder.
pub async fn command(folder: &TempDir, words: &[&str]) {
    let words = std::iter::once("lotse-relay").chain(words.iter().copied()).map(std::ffi::OsString::from);
    let data = [std::ffi::OsString::from("--data"), folder.path().join("data").into_os_string()];
    cli::run(Cli::try_parse_from(words.chain(data)).unwrap()).await.unwrap();
}

pub fn config(folder: &TempDir) -> RelayConfig {
    RelayConfig::new(folder.path().join("data"), "127.0.0.1:0".parse().unwrap())
}

pub async fn relay(folder: &TempDir) -> Relay {
    Relay::start(config(folder)).await.unwrap()
}

/// A signed-in rep's program and the sign-in's token.
pub async fn rep(relay: &Relay) -> (Program, Secret) {
    let mut rep = Program::connect(relay, Side::Rep).await;
    match rep.sign_in(USER, PASSWORD).await {
        FromRelay::SignedIn { token, .. } => (rep, token),
        other => panic!("not signed in: {other:?}"),
    }
}

pub async fn code(rep: &mut Program) -> (SessionId, u32, u64) {
    rep.say(ToRelay::NewCode).await;
    match rep.hear().await {
        FromRelay::Code { session, nameplate, expires_in_s } => (session, nameplate, expires_in_s),
        other => panic!("no code: {other:?}"),
    }
}

pub async fn join(customer: &mut Program, nameplate: u32) {
    customer.say(ToRelay::Join { nameplate, name: "K. Weber".into(), system: "Debian 12".into() }).await;
}
