//! T2: orders, what is told, and who is called, without windows.

#![allow(clippy::unwrap_used)]

use super::*;
use lotse_engine::rep::{DeskOrder, LicenceView, NotesView};
use lotse_engine::view::PluginState;
use std::sync::Arc;

const ID: SessionId = SessionId([1; 16]);
/// Of a stranger's plugin.
const FEATURE: &str = "example-windows";

fn view(unread: u32) -> RepView {
    let session = lotse_ui::samples::session(true, SessionState::Active, false);
    let notes = NotesView::default();
    let session = RepSession { id: ID, code: None, code_expires_in_s: 0, view: Arc::new(session), notes, unread };
    RepView { sessions: vec![session], ..RepView::default() }
}

fn licensed(view: RepView) -> RepView {
    let feature = FeatureView { name: FEATURE.to_owned(), licensed: true, ends_s: None };
    RepView { licence: Arc::new(LicenceView { features: vec![feature], ..LicenceView::default() }), ..view }
}

/// A session with a plugin that asks for the windows, under that feature.
fn with_arranger(mut view: RepView, state: PluginState) -> RepView {
    let mut session = view.sessions[0].view.as_ref().clone();
    let plugin = &mut session.plugins[0];
    (plugin.id, plugin.feature) = ("com.example.windows".to_owned(), Some(FEATURE.to_owned()));
    (plugin.asks, plugin.state) = ([Capability::Desk].into_iter().collect(), state);
    view.sessions[0].view = Arc::new(session);
    view
}

#[test]
fn t2_each_order_is_carried_out_once() {
    let mut desk = Desk::default();
    let mut view = view(0);
    view.orders = vec![DeskOrder { serial: 3, wish: DeskWish::Arrange(Arrangement::Tile) }];
    assert_eq!(desk.wishes(&view), [DeskWish::Arrange(Arrangement::Tile)]);
    assert!(desk.wishes(&view).is_empty());
    view.orders.push(DeskOrder { serial: 4, wish: DeskWish::Show(ID) });
    assert_eq!(desk.wishes(&view), [DeskWish::Show(ID)]);
}

#[test]
fn t2_without_the_feature_windows_are_their_own_whatever_was_remembered() {
    let mut settings = Settings::default();
    // A session that began with it keeps it.
    let kept = with_arranger(view(0), PluginState::Running);
    Desk::default().arrange(Arrangement::Stack, &kept, &mut settings);
    assert_eq!(settings.arrangement(), Arrangement::Stack);
    assert_eq!(arrangement(&view(0), &settings), Arrangement::Apart);
    assert_eq!(arrangement(&licensed(view(0)), &settings), Arrangement::Stack);
    assert_eq!(arrangement(&kept, &settings), Arrangement::Stack);
    let unlicensed = with_arranger(view(0), PluginState::NotLicensed { contact: String::new() });
    assert_eq!(arrangement(&unlicensed, &settings), Arrangement::Apart, "nor where it is only greyed");
    let another = Settings { arranged_with: "example-other".to_owned(), ..settings };
    assert_eq!(arrangement(&licensed(view(0)), &another), Arrangement::Apart, "a feature of something else");
    assert_eq!(arrangement(&kept, &another), Arrangement::Stack, "whichever plugin may arrange them now");
}

/// Scar: with settings of before, or a plugin without a feature, each start's first window stood apart and then jumped.
#[test]
fn t2_what_arranges_windows_is_known_at_the_next_start_whether_anything_was_chosen_or_not() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("settings.json"), r#"{"arrangement":"stack"}"#).unwrap();
    let mut store = crate::settings::Store::open(folder.path());
    assert_eq!(arrangement(&licensed(view(0)), &store.settings), Arrangement::Apart, "nothing is known of it");
    let running = with_arranger(view(0), PluginState::Running);
    remember(&running, &mut store.settings);
    store.save();
    let next = crate::settings::Store::open(folder.path()).settings;
    assert_eq!(arrangement(&licensed(view(0)), &next), Arrangement::Stack);
    assert_eq!(arrangement(&view(0), &next), Arrangement::Apart, "the account has it no more");

    let mut free = running;
    let mut session = free.sessions[0].view.as_ref().clone();
    session.plugins[0].feature = None;
    free.sessions[0].view = Arc::new(session);
    remember(&free, &mut store.settings);
    assert_eq!(arrangement(&view(0), &store.settings), Arrangement::Stack, "it needs no feature");
    let mut early = view(0);
    let mut session = early.sessions[0].view.as_ref().clone();
    session.plugins.clear();
    early.sessions[0].view = Arc::new(session);
    remember(&early, &mut store.settings);
    assert_eq!(
        arrangement(&view(0), &store.settings),
        Arrangement::Stack,
        "a session without plugins yet says nothing"
    );
    remember(&view(0), &mut store.settings);
    assert_eq!(arrangement(&view(0), &store.settings), Arrangement::Apart, "it was taken away");
}

#[test]
fn t2_what_came_calls_once_and_as_the_preferences_say() {
    let calls = |unread: &[u32], settings: &Settings| {
        let (mut desk, context) = (Desk::default(), Context::default());
        let mut sounds = 0;
        let output = context.run_logic(&egui::RawInput::default(), |context| {
            for unread in unread {
                sounds += usize::from(desk.alert(context, &view(*unread), settings));
            }
        });
        let commands = output.viewport_commands.get(&SessionWindow::viewport(ID)).map_or(0, Vec::len);
        (commands, sounds)
    };
    let quiet = Settings::default();
    assert!(quiet.unread_attention && !quiet.unread_sound);
    assert_eq!(calls(&[0, 1, 2, 9], &quiet), (1, 0), "once");
    assert_eq!(calls(&[1, 0, 1], &quiet), (2, 0), "and again after it was read");
    let loud = Settings { unread_sound: true, unread_attention: false, ..quiet };
    assert_eq!(calls(&[0, 1, 2], &loud), (0, 1));
}

#[test]
fn t2_how_windows_stand_is_told_when_it_changes() {
    let mut desk = Desk::default();
    let windows = Windows { open: vec![ID], front: Some(ID), ..Windows::default() };
    assert_eq!(desk.news(windows.clone()), Some(windows.clone()));
    assert_eq!(desk.news(windows.clone()), None);
    let away = Windows { front: None, ..windows };
    assert_eq!(desk.news(away.clone()), Some(away));
}
