//! Join codes over a restart of the relay, with the console's own core and a real relay.

#![allow(clippy::unwrap_used, clippy::panic)]

use lotse_engine::rep::{Rep, RepCommand, RepConfig, RepSession, SignIn};
use lotse_engine::surface::{SurfaceHost, SurfaceSink};
use lotse_engine::view::{Problem, SessionState};
use lotse_protocol::control::Secret;
use lotse_relay::ready::relay_url;
use lotse_relay::relay::{Relay, RelayConfig};
use lotse_relay::store::{NewRep, Role, SqliteStore, Store};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const USER: &str = "anna@acme.example";
const PASSWORD: &str = "correct horse";
/// Nothing here takes as long, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A console without pictures.
struct NoWindows;

impl SurfaceHost for NoWindows {
    fn open(&self, _surface: u64) -> Option<Box<dyn SurfaceSink>> {
        None
    }
}

async fn add_rep(data: &Path) {
    std::fs::create_dir_all(data).unwrap();
    let store = SqliteStore::open(data).await.unwrap();
    let password_hash = lotse_relay::hash_password(&Secret(PASSWORD.into())).unwrap();
    let (account, user, name) = ("Acme".into(), USER.into(), "Anna Berg".into());
    store.add_rep(NewRep { account, user, name, password_hash, contact: None, role: Role::Rep }, 0).await.unwrap();
    store.close().await;
}

async fn start(data: &Path, at: Option<SocketAddr>) -> Relay {
    let address = at.unwrap_or_else(|| "127.0.0.1:0".parse().unwrap());
    let mut config = RelayConfig::new(data.to_owned(), address);
    // No packets here, so none of their port either.
    config.udp = Some("127.0.0.1:0".parse().unwrap());
    Relay::start(config).await.unwrap()
}

/// Starts a console core that signs in at the relay.
fn console(folder: &Path, relay: &Relay) -> Rep {
    let config = RepConfig { data_dir: folder.join("console"), driver_dir: None, locale: "en".into() };
    let rep = Rep::start(config, Arc::new(NoWindows), None, Arc::new(|| {})).unwrap();
    rep.send(RepCommand::SignIn { relay: relay_url(relay), user: USER.into(), password: PASSWORD.into() });
    rep
}

async fn until<T>(what: &str, rep: &Rep, found: impl Fn(&SignIn, &[RepSession]) -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        let view = rep.view();
        if let Some(found) = found(&view.sign_in, &view.sessions) {
            return found;
        }
        assert!(begin.elapsed() < PATIENCE, "{what}: {:?}, {:?}", view.sign_in, view.sessions);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn is_in(sign_in: &SignIn, reconnecting: bool) -> Option<()> {
    matches!(sign_in, SignIn::In { reconnecting: now, .. } if *now == reconnecting).then_some(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_a_code_that_was_read_out_outlives_a_restart_of_the_relay() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("relay");
    add_rep(&data).await;
    let relay = start(&data, None).await;
    let address = relay.control();
    let rep = console(folder.path(), &relay);
    until("signed in", &rep, |sign_in, _| is_in(sign_in, false)).await;
    rep.send(RepCommand::NewCode);
    let code = until("a code", &rep, |_, sessions| sessions.first()?.code.clone()).await;

    relay.stop().await;
    until("the relay is missed", &rep, |sign_in, _| is_in(sign_in, true)).await;
    let relay = start(&data, Some(address)).await;
    until("signed in again", &rep, |sign_in, _| is_in(sign_in, false)).await;
    // What the relay says of codes follows the sign-in at once; this is time enough to believe a wrong word of it.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let view = rep.view();
    let [session] = view.sessions.as_slice() else { panic!("told again is not made again: {:?}", view.sessions) };
    assert_eq!(session.code.as_ref(), Some(&code), "the same digits");
    assert_eq!(session.view.state, SessionState::Waiting);
    assert!(session.code_expires_in_s > 0);
    drop(rep);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_a_code_that_the_relay_has_lost_is_said_to_be_dead() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("relay");
    add_rep(&data).await;
    let relay = start(&data, None).await;
    let address = relay.control();
    let rep = console(folder.path(), &relay);
    until("signed in", &rep, |sign_in, _| is_in(sign_in, false)).await;
    relay.stop().await;
    let backup = std::fs::read(data.join("lotse.db")).unwrap();

    let relay = start(&data, Some(address)).await;
    until("signed in again", &rep, |sign_in, _| is_in(sign_in, false)).await;
    let begin = Instant::now();
    let code = loop {
        assert!(begin.elapsed() < PATIENCE, "no code");
        // The first wish may still go to the connection that is gone.
        rep.send(RepCommand::NewCode);
        tokio::time::sleep(Duration::from_millis(500)).await;
        if let Some(code) = rep.view().sessions.first().and_then(|session| session.code.clone()) {
            break code;
        }
    };
    relay.stop().await;
    // The operator puts back a backup, which knows of the sign-in and not of the code.
    for name in ["lotse.db-wal", "lotse.db-shm"] {
        let _ = std::fs::remove_file(data.join(name));
    }
    std::fs::write(data.join("lotse.db"), backup).unwrap();
    let relay = start(&data, Some(address)).await;
    until("the code is dead", &rep, |_, sessions| {
        let dead = SessionState::Failed { problem: Problem::CodeVoid };
        let all = sessions.iter().all(|session| session.code.is_none() && session.view.state == dead);
        (all && !sessions.is_empty()).then_some(())
    })
    .await;
    assert!(rep.view().sessions.iter().all(|session| session.code.as_ref() != Some(&code)));
    drop(rep);
    relay.stop().await;
}
