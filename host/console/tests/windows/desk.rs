//! T2: several sessions at once, in tabs, with what is unread, by keyboard.

use super::{State, fake, harness, harness_of};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use fake::Fake;
use lotse_console::settings::Settings;
use lotse_engine::Arrangement;
use lotse_engine::rep::{DeskOrder, DeskWish};
use lotse_protocol::control::SessionId;

fn settings(arrangement: Arrangement) -> Settings {
    let arrangement = arrangement.name().into();
    let arranged_with = "multi-chat".into();
    Settings { language: Some("en".into()), theme: "light".into(), arrangement, arranged_with, ..Settings::default() }
}

fn stacked() -> (Harness<'static, State>, Fake) {
    let core = Fake::new(fake::page("stack", false));
    (harness_of(&core, settings(Arrangement::Stack)), core)
}

fn press(harness: &mut Harness<'_, State>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(4);
}

/// Whose session the window with tabs shows: its header says the name, and its tab says it more fully.
fn is_current(harness: &Harness<'_, State>, tab: &str) -> bool {
    harness.get_by_role_and_label(Role::Tab, tab).accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
}

#[test]
fn t2_tabs_say_who_what_is_unread_and_how_it_stands() {
    let (harness, _) = stacked();
    for (session, unread) in fake::page("stack", false).sessions.iter().zip(["", "2 unread messages", "", "120 unread"])
    {
        let state = lotse_ui::words::state(&session.view.state);
        let found = harness.get_all_by_role(Role::Tab).any(|tab| {
            let label = tab.accesskit_node().label().unwrap_or_default();
            label.starts_with(&session.view.peer) && label.contains(unread) && label.ends_with(&state)
        });
        assert!(found, "{}", session.view.peer);
    }
}

#[test]
fn t2_ctrl_tab_and_ctrl_digit_lead_to_another_tab_and_round() {
    let (mut harness, core) = stacked();
    let tab = |core: &Fake, at: usize| {
        let view = core.view.borrow();
        let session = &view.sessions[at];
        let state = lotse_ui::words::state(&session.view.state);
        match session.unread {
            0 => format!("{}, {state}", session.view.peer),
            unread => format!("{}, {unread} unread messages, {state}", session.view.peer),
        }
    };
    assert!(is_current(&harness, &tab(&core, 0)));
    press(&mut harness, Modifiers::COMMAND, Key::Tab);
    assert!(is_current(&harness, &tab(&core, 1)));
    press(&mut harness, Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Tab);
    press(&mut harness, Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Tab);
    assert!(is_current(&harness, &tab(&core, 3)), "round");
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    assert!(is_current(&harness, &tab(&core, 2)));
    press(&mut harness, Modifiers::COMMAND, Key::Num9);
    assert!(is_current(&harness, &tab(&core, 2)), "there is no ninth");
    harness.get_by_role_and_label(Role::Tab, &tab(&core, 0)).click();
    harness.run_steps(4);
    assert!(is_current(&harness, &tab(&core, 0)));
}

#[test]
fn t2_the_core_hears_which_windows_stand_and_which_is_in_front() {
    let (mut harness, core) = stacked();
    let last = core.stood.borrow().last().cloned().unwrap();
    assert_eq!(last.open.len(), 4);
    assert_eq!((last.front, last.arrangement), (Some(SessionId([7; 16])), Arrangement::Stack));
    let told = core.stood.borrow().len();
    harness.run_steps(4);
    assert_eq!(core.stood.borrow().len(), told, "nothing is told twice");
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    assert_eq!(core.stood.borrow().last().unwrap().front, Some(SessionId([8; 16])));
}

#[test]
fn t2_a_plugins_order_shows_a_session_and_changes_how_windows_stand() {
    let (mut harness, core) = stacked();
    core.view.borrow_mut().orders = vec![DeskOrder { serial: 1, wish: DeskWish::Show(SessionId([8; 16])) }];
    harness.run_steps(4);
    assert_eq!(core.stood.borrow().last().unwrap().front, Some(SessionId([8; 16])));
    let order = DeskOrder { serial: 2, wish: DeskWish::Arrange(Arrangement::Apart) };
    core.view.borrow_mut().orders.push(order);
    harness.run_steps(6);
    assert!(harness.query_all_by_role(Role::Tab).all(|tab| {
        let label = tab.accesskit_node().label().unwrap_or_default();
        !label.contains("Ortiz")
    }));
    assert_eq!(core.stood.borrow().last().unwrap().arrangement, Arrangement::Apart);
}

#[test]
fn t2_without_the_feature_the_menu_is_there_and_says_whom_to_ask() {
    let (mut harness, _) = harness("multi-chat-unlicensed");
    harness.get_by_label("Arrange").click();
    harness.run_steps(4);
    let tile = harness.get_by_label_contains("Tile, ");
    assert!(tile.accesskit_node().is_disabled());
    assert!(tile.accesskit_node().label().unwrap_or_default().contains("licences@acme.example"));
}

#[test]
fn t2_the_list_says_what_is_unread() {
    let core = Fake::new(fake::page("stack", false));
    let mut harness = harness_of(&core, settings(Arrangement::Stack));
    harness.state_mut().console.as_mut().unwrap().show_sessions();
    harness.run_steps(4);
    harness.get_by_label("2 unread");
    harness.get_by_label("120 unread");
}
