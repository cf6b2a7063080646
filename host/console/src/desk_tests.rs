//! T2: orders, what is told, and who is called, without windows.

#![allow(clippy::unwrap_used)]

use super::*;
use lotse_engine::rep::{DeskOrder, FeatureView, LicenceView, NotesView, RepSession};
use lotse_engine::view::{PluginState, SessionState};
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
