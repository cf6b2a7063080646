//! What the note of a rep's session says of whether they only look: what holds now.

#![allow(clippy::unwrap_used)]

use super::super::tests::{config, offer};
use super::*;
use crate::resume::ResumeNote;
use crate::session::Asked;
use crate::view::View;
use lotse_protocol::control::Side;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;

/// Bo Lind's task in a session that Anna Berg asked them into.
fn task(folder: &Path, asked: Option<Asked>) -> Task {
    let (mut config, _said) = config(folder, false);
    (config.side, config.asked) = (Side::Rep, asked);
    let mut task = Task::new(config, watch::channel(Arc::new(View::default())).0).unwrap();
    let offer = offer(Vec::new());
    let shared = task.make_shared(&offer);
    (task.shared, task.offer) = (Some(shared), Some(offer));
    task.write_note();
    task
}

fn to_look_on() -> Option<Asked> {
    let (name, from) = ("K. Weber".to_owned(), "Anna Berg".to_owned());
    let (text, portal, system) = (String::new(), String::new(), String::new());
    Some(Asked { question: None, name, text, portal, system, from, looks_on: true })
}

/// What the next program would begin with.
fn noted(folder: &Path) -> Option<Asked> {
    ResumeNote::read(&folder.join("session.json")).unwrap().asked
}

fn looks(folder: &Path) -> bool {
    noted(folder).unwrap().looks_on
}

/// Scar: who was let lead came back from a crash as somebody who only looks, alone with the customer.
#[tokio::test(flavor = "multi_thread")]
async fn n4_who_was_let_lead_comes_back_as_one_who_leads() {
    let folder = tempfile::tempdir().unwrap();
    let mut bo = task(folder.path(), to_look_on());
    bo.on_agreed("Anna Berg", true);
    bo.on_standing(true);
    assert!(looks(folder.path()), "the customer has yet to say yes");
    bo.on_standing(false);
    assert!(!looks(folder.path()));
    bo.on_led(true);
    assert!(!looks(folder.path()));
    let again = task(folder.path(), noted(folder.path()));
    assert!(again.shared.is_some_and(|shared| !shared.observes()) && !looks(folder.path()));
    bo.on_standing(true);
    assert!(looks(folder.path()), "as the customer's program has it now");
}

#[tokio::test(flavor = "multi_thread")]
async fn n4_who_looks_on_comes_back_as_somebody_who_looks_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut bo = task(folder.path(), to_look_on());
    bo.on_standing(false);
    assert!(looks(folder.path()), "by the customer's program alone nobody does more than they agreed to");
    bo.on_agreed("Anna Berg", true);
    assert!(!looks(folder.path()));
    bo.on_led(false);
    assert!(looks(folder.path()), "it did not come to that");
    let again = task(folder.path(), noted(folder.path()));
    assert!(again.shared.is_some_and(|shared| shared.observes()) && looks(folder.path()));
}
