//! The console's windows by accessible name and by keyboard, over views made by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "windows/desk.rs"]
mod desk;
#[path = "windows/fake.rs"]
mod fake;
#[path = "windows/hand_over.rs"]
mod hand_over;
#[path = "windows/notes.rs"]
mod notes;
#[path = "windows/questions.rs"]
mod questions;
#[path = "windows/second_factor.rs"]
mod second_factor;
#[path = "windows/showing.rs"]
mod showing;
#[path = "windows/unlicensed.rs"]
mod unlicensed;

use egui::accesskit::Role;
use egui::{Key, Modifiers, ViewportCommand, ViewportEvent, ViewportId, ViewportInfo};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use fake::Fake;
use lotse_console::app::Console;
use lotse_console::settings::{Settings, Store};
use lotse_engine::Value;
use lotse_engine::rep::{FeatureView, LicenceView, RepCommand, Seat};
use lotse_engine::view::{Command, Problem, SessionState, SurfaceInput, View};
use lotse_protocol::code::JoinCode;
use lotse_protocol::licence::LicenceError;
use lotse_protocol::peer::EndReason;
use lotse_ui::samples;
use lotse_ui::tokens::FOCUS_RING;
use std::sync::Arc;
use std::time::Duration;

struct State {
    console: Option<Console>,
    core: Fake,
    settings: Settings,
}

fn harness_of(core: &Fake, settings: Settings) -> Harness<'static, State> {
    let state = State { console: None, core: core.clone(), settings };
    let mut harness = Harness::builder().with_size(egui::vec2(1000.0, 700.0)).build_ui_state(
        |ui, state: &mut State| {
            let Some(console) = &mut state.console else {
                let store = Store::in_memory(state.settings.clone());
                state.console = Some(Console::new(ui.ctx(), Box::new(state.core.clone()), None, store));
                return ui.ctx().request_discard("fonts come with the next pass");
            };
            console.show(ui);
        },
        state,
    );
    harness.run_steps(6);
    harness
}

fn harness(page: &str) -> (Harness<'static, State>, Fake) {
    let core = Fake::new(fake::page(page, false));
    let settings = Settings { language: Some("en".into()), theme: "light".into(), ..Settings::default() };
    (harness_of(&core, settings), core)
}

fn sent(core: &Fake) -> Vec<RepCommand> {
    core.sent.borrow_mut().drain(..).collect()
}

#[test]
fn s1_signing_in_by_keyboard_alone() {
    let (mut harness, core) = harness("sign-in");
    assert!(harness.get_by_label("Relay").is_focused(), "the first empty field has the keyboard");
    harness.get_by_label("Relay").type_text("relay.acme.example");
    harness.run_steps(2);
    harness.key_press(Key::Tab);
    harness.run_steps(2);
    harness.get_by_label("User ID").type_text("Anna.Berg@acme.example");
    harness.run_steps(2);
    harness.key_press(Key::Tab);
    harness.run_steps(2);
    assert!(harness.get_by_label("Password").is_focused());
    harness.get_by_label("Password").type_text("correct horse");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let sent = sent(&core);
    let [RepCommand::SignIn { relay, user, password }] = &sent[..] else { panic!("{} commands", sent.len()) };
    assert_eq!(
        (relay.as_str(), user.as_str(), password.as_str()),
        ("https://relay.acme.example", "Anna.Berg@acme.example", "correct horse")
    );
}

#[test]
fn s1_each_failure_says_what_to_try_next() {
    for (page, what, next) in [
        ("sign-in-wrong", "User ID or password is wrong.", "a manager can reset it"),
        ("sign-in-no-relay", "The relay cannot be reached.", "8200 no answer"),
    ] {
        let (harness, _) = harness(page);
        harness.get_by_label(what);
        harness.get_by_label_contains(next);
    }
    let (mut harness, core) = harness("sign-in");
    harness.get_by_label("Relay").type_text("r.example");
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::Button, "Sign in").click();
    harness.run_steps(2);
    harness.get_by_label("That is not a user ID.");
    assert!(sent(&core).is_empty(), "nothing is sent for what cannot be right");
}

#[test]
fn s3_who_has_the_seats_is_listed_and_waiting_shows_why_no_code_can_be_made() {
    let (mut harness, core) = harness("seats");
    harness.get_by_label("All seats are in use");
    harness.get_by_label("Bo Lind");
    harness.get_by_label_contains("in a session");
    harness.get_by_label_contains("not connected");
    harness.key_press(Key::Escape);
    harness.run_steps(4);
    assert!(harness.query_by_label("All seats are in use").is_none(), "Esc waits");
    harness.get_by_label("Waiting for a free seat.");
    harness.get_by_label("New code, You need a seat to make a code.");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::N);
    harness.run_steps(2);
    assert!(sent(&core).is_empty());
    harness.get_by_label("Who has the seats").click();
    harness.run_steps(4);
    harness.get_by_label("All seats are in use");

    core.view.borrow_mut().seat = Seat::Held;
    harness.run_steps(4);
    assert!(harness.query_by_label("All seats are in use").is_none());
    harness.get_by_label("You have a seat now.");
}

#[test]
fn s3_taking_a_seat_over_asks_first_and_warns_of_a_session() {
    let (mut harness, core) = harness("seats");
    let take = "End the sign-in of Bo Lind and take the seat";
    harness.get_by_label(take).click();
    harness.run_steps(4);
    harness.get_by_label("End the sign-in of Bo Lind?");
    harness.get_by_label_contains("is in a session with a customer. It ends at once");
    harness.key_press(Key::Escape);
    harness.run_steps(4);
    assert!(sent(&core).is_empty());
    harness.get_by_label(take).click();
    harness.run_steps(4);
    harness.get_by_label("End it and take the seat").click();
    harness.run_steps(4);
    assert!(matches!(sent(&core)[..], [RepCommand::TakeSeat { seat: 7 }]));
}

#[test]
fn s3_who_was_taken_over_reads_by_whom_and_what_to_do() {
    let (harness, _) = harness("sign-in-taken-over");
    harness.get_by_label("Bo Lind has taken over your seat.");
    harness.get_by_label_contains("Sign in again to wait");
}

#[test]
fn s2_a_password_is_chosen_by_keyboard_alone_and_typed_twice() {
    let (mut harness, core) = harness("new-password");
    harness.get_by_label("Choose a password of your own.");
    assert!(harness.get_by_label("New password").is_focused());
    harness.get_by_label("New password").type_text("seven boats");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    harness.get_by_label("The two passwords differ.");
    assert!(sent(&core).is_empty());
    harness.get_by_label("New password again").focus();
    harness.run_steps(2);
    harness.get_by_label("New password again").type_text("seven boats");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let chosen = sent(&core);
    assert!(matches!(&chosen[..], [RepCommand::ChoosePassword { password }] if password == "seven boats"));
    core.view.borrow_mut().sign_in = fake::page("new-password-weak", false).sign_in;
    harness.run_steps(2);
    harness.get_by_label_contains("guessers try it first");
}

#[test]
fn c2_a_code_is_made_by_key_and_read_out_digit_by_digit() {
    let (mut harness, core) = harness("empty");
    harness.get_by_label("Nobody is waiting");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::N);
    harness.run_steps(2);
    assert!(matches!(sent(&core)[..], [RepCommand::NewCode]));

    *core.view.borrow_mut() = fake::page("codes", false);
    harness.run_steps(2);
    harness.get_by_label("Join code: 4 8 2 9 1 3 5 2 0 7");
    harness.get_by_label_contains("valid for 14:32");
    harness.get_all_by_label("Take back").next().unwrap().click();
    harness.run_steps(2);
    assert!(matches!(sent(&core)[..], [RepCommand::Close { .. }]));
}

#[test]
fn c2_an_expired_code_is_told_and_a_new_one_offered() {
    let (mut harness, core) = harness("empty");
    core.view.borrow_mut().sessions.push(fake::with_code(1, JoinCode::new(48_291, 35_207), 1));
    harness.run_steps(2);
    harness.get_by_label("Join code: 4 8 2 9 1 3 5 2 0 7");
    core.view.borrow_mut().sessions.clear();
    harness.run_steps(2);
    harness.get_by_label("This code has expired");
    harness.get_all_by_label("New code").last().unwrap().click();
    harness.run_steps(2);
    assert!(matches!(sent(&core)[..], [RepCommand::NewCode]));
    assert!(harness.query_by_label("This code has expired").is_none(), "the new one takes its place");
}

#[test]
fn c5_the_header_says_who_what_is_allowed_and_the_safety_code() {
    let (harness, _) = harness("session");
    harness.get_by_label("Line: good · 38 ms");
    harness.get_by_label("see screen: allowed");
    harness.get_by_label("control: asked");
    harness.get_by_label("clipboard: not asked");
    harness.get_by_label("Safety code: tulip · 47 · 12");
}

#[test]
fn n4_a_lost_customer_is_waited_for_with_a_countdown_and_the_chat_stays() {
    let (harness, _) = harness("lost");
    harness.get_by_label("The connection to K. Weber is lost.");
    harness.get_by_label_contains("waits 9:41 more");
    harness.get_by_label_contains("Let me have a look");
}

#[test]
fn t4_closing_asks_and_escape_keeps_the_session() {
    let (mut harness, core) = harness("session");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::W);
    harness.run_steps(4);
    harness.get_by_label("End the session with K. Weber?");
    harness.key_press(Key::Escape);
    harness.run_steps(4);
    assert!(harness.query_by_label("End the session with K. Weber?").is_none());
    assert!(sent(&core).is_empty());

    harness.key_press_modifiers(Modifiers::COMMAND, Key::W);
    harness.run_steps(4);
    assert!(harness.get_by_label("Cancel").is_focused(), "a stray Enter ends nothing");
    harness.get_by_label("End session").click();
    harness.run_steps(4);
    assert!(matches!(sent(&core)[..], [RepCommand::Session { command: Command::End, .. }]));
}

#[test]
fn f1_the_rep_is_asked_above_the_talk_and_takes_files_to_the_place_that_is_named() {
    let (mut harness, core) = harness("ask-files");
    harness.get_by_label("K. Weber wants to send you:");
    harness.run_steps(60);
    harness.get_by_label("Save to Downloads").click();
    harness.run_steps(4);
    let sent = sent(&core);
    assert!(
        matches!(&sent[..], [RepCommand::Session { command: Command::AnswerFiles { request: 4, place: Some(_) }, .. }]),
        "{sent:?}"
    );
}

#[test]
fn f2_a_transfer_is_paused_from_its_row() {
    let (mut harness, core) = harness("transfers");
    harness.get_by_label("Pause, scan.pdf").click();
    harness.run_steps(4);
    let sent = sent(&core);
    assert!(
        matches!(&sent[..], [RepCommand::Session { command: Command::Act { node, .. }, .. }] if node == "pause-2"),
        "{sent:?}"
    );
}

#[test]
fn v1_the_plugins_menu_stands_in_the_menu_bar() {
    let (mut harness, core) = harness("session");
    harness.get_by_label("Screen Sharing").click();
    harness.run_steps(4);
    harness.get_by_label("Show Customer's Screen").click();
    harness.run_steps(4);
    let sent = sent(&core);
    assert!(
        matches!(&sent[..], [RepCommand::Session { command: Command::Act { plugin, node, .. }, .. }] if plugin == "lotse.screen-sharing" && node == "show"),
        "{sent:?}"
    );
}

#[test]
fn the_monitor_tells_state_cost_signer_and_reason() {
    let core = Fake::new(fake::page("monitor", false));
    let settings = Settings { language: Some("en".into()), ..Settings::default() };
    let mut harness = harness_of(&core, settings);
    harness.state_mut().console.as_mut().unwrap().open_monitor();
    harness.run_steps(4);
    harness.get_by_label("Inventory: was stopped and is starting again: used more than 16 MB of memory");
    harness.get_by_label_contains("licences@acme.example");
    harness.get_by_label("unsigned");
}

#[test]
fn preferences_name_a_plugins_signer_with_the_key() {
    let core = Fake::new(fake::page("preferences", false));
    let settings = Settings { language: Some("en".into()), ..Settings::default() };
    let mut harness = harness_of(&core, settings);
    harness.state_mut().console.as_mut().unwrap().open_preferences();
    harness.run_steps(4);
    harness.get_by_label("Signed by Lotse (key 2eca8a71…)");
}

#[test]
fn c2_a_code_that_the_relay_lost_says_so_and_offers_a_new_one() {
    let (mut harness, core) = harness("empty");
    let view = View { state: SessionState::Failed { problem: Problem::CodeVoid }, ..View::default() };
    core.view.borrow_mut().sessions.push(fake::with_session(3, view));
    harness.run_steps(4);
    harness.get_by_label("This code no longer works.");
    harness.get_by_label_contains("Make a new one");
}

#[test]
fn c2_a_code_whose_customer_left_says_so_and_stays() {
    let (mut harness, core) = harness("codes");
    assert!(harness.query_by_label_contains("left before the session began").is_none());
    let left = View { customer_left: true, ..View::default() };
    core.view.borrow_mut().sessions[0].view = std::sync::Arc::new(left);
    harness.run_steps(4);
    harness.get_by_label_contains("left before the session began. It still works.");
    harness.get_by_label("Join code: 4 8 2 9 1 3 5 2 0 7");
}

#[test]
fn what_the_relay_refuses_is_said_with_what_to_do_and_can_be_put_away() {
    let (mut harness, core) = harness("empty");
    let detail = "Too many unused codes; drop one, or wait until one expires.".to_owned();
    core.view.borrow_mut().problem = Some(Problem::Refused { detail: detail.clone() });
    harness.run_steps(4);
    harness.get_by_label(&format!("The relay cannot do this now: {detail}"));
    harness.get_by_label_contains("Do what it says");
    harness.get_by_label("Dismiss this message").click();
    harness.run_steps(2);
    assert!(sent(&core).iter().any(|command| matches!(command, RepCommand::DismissProblem)));
}

#[test]
fn every_page_can_be_drawn_in_both_languages_and_at_twice_the_size() {
    for name in fake::PAGES {
        for (lang, percent) in [("en", 100), ("de", 200)] {
            let core = Fake::new(fake::page(name, lang == "de"));
            let settings = Settings { language: Some(lang.into()), scale_percent: percent, ..Settings::default() };
            let mut harness = harness_of(&core, settings);
            let console = harness.state_mut().console.as_mut().unwrap();
            console.open_preferences();
            console.open_monitor();
            harness.run_steps(3);
        }
    }
}

#[test]
fn leaving_the_session_state_closes_nothing_by_itself() {
    let (mut harness, core) = harness("ended");
    harness.get_by_label("The customer stopped everything.");
    assert!(matches!(core.view.borrow().sessions[0].view.state, SessionState::Ended { .. }));
    harness.get_by_label("Close").click();
    harness.run_steps(2);
    assert!(sent(&core).iter().any(|command| matches!(command, RepCommand::Close { .. })));
}

/// Runs what goes on while the list's window is hidden; gives what was asked of each window.
fn hidden(console: &mut Console, close: bool) -> Vec<ViewportCommand> {
    let mut input = egui::RawInput::default();
    let list = ViewportInfo {
        minimized: Some(true),
        events: close.then_some(ViewportEvent::Close).into_iter().collect(),
        ..ViewportInfo::default()
    };
    input.viewports.insert(ViewportId::ROOT, list);
    let context = egui::Context::default();
    let asked = context.run_logic(&input, |context| console.heed(context));
    asked.viewport_commands.into_values().flatten().collect()
}

/// Scar: eframe draws nothing while all windows are minimised or covered, so a customer who joined got no window.
#[test]
fn c3_a_customer_who_joins_gets_a_window_though_the_list_is_minimised() {
    let (mut harness, core) = harness("codes");
    let console = harness.state_mut().console.as_mut().unwrap();
    assert!(hidden(console, false).is_empty(), "a code that waits has no window");
    core.view.borrow_mut().sessions.push(fake::with_session(7, samples::session(true, SessionState::Active, false)));
    assert_eq!(hidden(console, false), [ViewportCommand::RequestPaintWhileHidden]);
    harness.run_steps(2);
    let console = harness.state_mut().console.as_mut().unwrap();
    assert!(hidden(console, false).is_empty(), "it is there now");
    let mut view = samples::session(true, SessionState::Active, false);
    view.surfaces = vec![samples::surface()];
    core.view.borrow_mut().sessions.pop();
    core.view.borrow_mut().sessions.push(fake::with_session(7, view));
    assert_eq!(hidden(console, false), [ViewportCommand::RequestPaintWhileHidden], "so does its picture");
}

/// Scar: closed by the taskbar while it was minimised, the program ended all sessions unasked.
#[test]
fn t4_leaving_from_the_taskbar_asks_in_a_window_that_is_brought_up() {
    let (mut harness, core) = harness("session");
    let console = harness.state_mut().console.as_mut().unwrap();
    let asked = hidden(console, true);
    for wanted in [ViewportCommand::CancelClose, ViewportCommand::Minimized(false), ViewportCommand::Focus] {
        assert!(asked.contains(&wanted), "{wanted:?} is not among {asked:?}");
    }
    harness.run_steps(4);
    harness.get_by_label("Leave Lotse?");
    harness.key_press(Key::Escape);
    harness.run_steps(4);
    assert!(harness.query_by_label("Leave Lotse?").is_none());
    assert!(sent(&core).is_empty());
    core.view.borrow_mut().sessions.clear();
    let console = harness.state_mut().console.as_mut().unwrap();
    assert!(!hidden(console, true).contains(&ViewportCommand::CancelClose), "nothing would be lost");
}

/// Scar: the window closed in the moment the sessions were told to end, and the customers did not always hear of it.
#[test]
fn t4_who_leaves_sees_the_window_until_the_customers_were_told() {
    let (mut harness, core) = harness("session");
    let heed =
        |harness: &mut Harness<'static, State>, close| hidden(harness.state_mut().console.as_mut().unwrap(), close);
    heed(&mut harness, true);
    harness.run_steps(4);
    harness.get_by_role_and_label(Role::Button, "Leave").click_accesskit();
    harness.run_steps(4);
    assert!(matches!(sent(&core)[..], [RepCommand::Session { command: Command::End, .. }]));
    assert!(!heed(&mut harness, false).contains(&ViewportCommand::Close), "the session is not over yet");
    assert!(heed(&mut harness, true).contains(&ViewportCommand::CancelClose), "nor by closing once more");
    let over = samples::session(true, SessionState::Ended { reason: EndReason::RepEnded }, false);
    core.view.borrow_mut().sessions = vec![fake::with_session(7, over)];
    std::thread::sleep(Duration::from_millis(500));
    assert!(heed(&mut harness, false).contains(&ViewportCommand::Close));
    assert!(!heed(&mut harness, true).contains(&ViewportCommand::CancelClose), "now it goes");
}

#[test]
fn t4_signing_out_asks_while_a_session_runs() {
    let (mut harness, core) = harness("sessions");
    harness.get_by_role_and_label(Role::Button, "Sign out").click_accesskit();
    harness.run_steps(4);
    harness.get_by_label("Sign out?");
    harness.get_by_label_contains("2 sessions are running. They end when you sign out.");
    assert!(sent(&core).is_empty(), "asked first");
    harness.key_press(Key::Escape);
    harness.run_steps(4);
    assert!(harness.query_by_label("Sign out?").is_none() && sent(&core).is_empty());

    harness.get_by_role_and_label(Role::Button, "Sign out").click_accesskit();
    harness.run_steps(4);
    harness.get_all_by_role_and_label(Role::Button, "Sign out").last().unwrap().click_accesskit();
    harness.run_steps(4);
    let sent = sent(&core);
    let ends = sent.iter().filter(|command| matches!(command, RepCommand::Session { command: Command::End, .. }));
    assert_eq!(ends.count(), 3, "{sent:?}");
    assert!(matches!(sent.last(), Some(RepCommand::SignOut)), "{sent:?}");
}

#[test]
fn s1_signing_out_asks_nothing_where_nothing_would_be_lost() {
    let (mut harness, core) = harness("codes");
    harness.get_by_role_and_label(Role::Button, "Sign out").click_accesskit();
    harness.run_steps(4);
    assert!(matches!(sent(&core)[..], [RepCommand::SignOut]));
}

/// Scar: while the customer's pause held, "Resume" could be chosen and did nothing.
#[test]
fn v6_only_the_side_that_paused_goes_on() {
    let paused = |here, there| {
        let view = samples::session(true, SessionState::Active, false);
        View { paused: here || there, paused_here: here, paused_there: there, ..view }
    };
    let (mut harness, core) = harness("session");
    for (here, there, entry, who, sent_on) in [
        (false, false, "Pause", "", Some(true)),
        (true, false, "Resume", "You paused", Some(false)),
        (true, true, "Resume", "You and the customer paused", Some(false)),
        (false, true, "Resume, The customer paused; only they can go on.", "The customer paused", None),
    ] {
        core.view.borrow_mut().sessions = vec![fake::with_session(7, paused(here, there))];
        harness.run_steps(2);
        assert!(who.is_empty() || harness.query_by_label_contains(who).is_some(), "{who}");
        harness.get_by_role_and_label(Role::Button, "Session").click();
        harness.run_steps(4);
        harness.get_by_role_and_label(Role::Button, entry).click();
        harness.run_steps(4);
        let sent = sent(&core);
        let on = sent.iter().find_map(|command| match command {
            RepCommand::Session { command: Command::Pause { on }, .. } => Some(*on),
            _ => None,
        });
        assert_eq!(on, sent_on, "{entry}: {sent:?}");
    }
}

/// The viewer's page in full screen, with a pointer that is elsewhere.
fn in_full_screen(change: impl FnOnce(&mut View)) -> Harness<'static, State> {
    let page = fake::page("viewer", false);
    let mut view = View::clone(&page.sessions[0].view);
    view.surfaces[0].options.full_screen = true;
    change(&mut view);
    let settings = Settings { language: Some("en".into()), ..Settings::default() };
    harness_of(&Fake::new(lotse_engine::rep::RepView { sessions: vec![fake::with_session(7, view)], ..page }), settings)
}

/// Scar: in full screen a lost line and a pause looked like a screen on which nothing happens.
#[test]
fn v1_in_full_screen_the_bar_stays_while_it_has_something_to_say() {
    let harness = in_full_screen(|_| ());
    assert!(harness.query_by_label("Screenshot").is_none(), "the bar is hidden");

    let harness = in_full_screen(|view| view.state = SessionState::Lost { seconds_left: 581 });
    harness.get_by_label("Screenshot");
    harness.get_by_label_contains(
        "Connection lost: the picture stands still. It goes on by itself; the session waits 9:41.",
    );

    let harness = in_full_screen(|view| (view.paused, view.paused_there) = (true, true));
    harness.get_by_label("Screenshot");
    assert_eq!(harness.get_all_by_label_contains("The customer paused").count(), 2, "in the bar and in the session");

    let held = samples::node(
        "",
        "text",
        &[("label", samples::text("You hold the picture")), ("tone", samples::text("caution"))],
        &[],
    );
    let held = samples::contribution("lotse.screen-sharing", vec![held]);
    let harness = in_full_screen(|view| view.places.entry("viewer").or_default().push(held));
    harness.get_by_label("You hold the picture");

    let harness = in_full_screen(|view| view.notices = vec![samples::notice()]);
    assert_eq!(
        harness.get_all_by_label("Screen Sharing: Screenshot saved").count(),
        2,
        "in the bar and in the session"
    );
}

/// Scar: after one Tab the bar lay over the picture for good, since what the keyboard is on stays so.
#[test]
fn v1_in_full_screen_the_bar_that_a_key_brought_goes_again() {
    let mut harness = in_full_screen(|_| ());
    harness.key_press(Key::Tab);
    harness.run_steps(2);
    harness.get_by_label("Screenshot");
    // A step is a quarter of a second.
    harness.run_steps(40);
    assert!(harness.query_by_label("Screenshot").is_none(), "nobody has pressed a key for long");
}

/// Scar: F9 to F12 were dead while the pointer was on the bar.
#[test]
fn v3_hotkeys_work_from_the_viewers_own_window_and_only_alone() {
    let (mut harness, core) = harness("viewer");
    let numbers = |core: &Fake| -> Vec<i64> {
        let number = |command: &RepCommand| match command {
            RepCommand::Session { command: Command::Surface { input: SurfaceInput::Changed { what }, .. }, .. } => {
                match what.as_slice() {
                    [(key, Value::Number(number))] if key == "hotkey" => Some(*number),
                    _ => None,
                }
            }
            _ => None,
        };
        sent(core).iter().filter_map(number).collect()
    };
    for (key, number) in [(Key::F9, 9), (Key::F10, 10), (Key::F11, 11), (Key::F12, 12)] {
        harness.key_press(key);
        harness.run_steps(2);
        assert_eq!(numbers(&core), [number]);
    }
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    harness.run_steps(2);
    assert!(numbers(&core).is_empty(), "the key of a context menu");
    let mut view = View::clone(&core.view.borrow().sessions[0].view);
    view.surfaces[0].options.hotkeys = false;
    core.view.borrow_mut().sessions[0].view = std::sync::Arc::new(view);
    harness.key_press(Key::F9);
    harness.run_steps(2);
    assert!(numbers(&core).is_empty(), "they are the customer's");
}

/// Whether the ring of the focus stands round this place. Within the room that is painted, if `whole`.
fn has_ring(harness: &Harness<'_, State>, place: egui::Rect, whole: bool) -> bool {
    harness.output().shapes.iter().any(|painted| {
        let egui::Shape::Rect(shape) = &painted.shape else { return false };
        let is_ring = shape.stroke_kind == egui::StrokeKind::Outside && (shape.stroke.width - FOCUS_RING).abs() < 0.1;
        let seen = painted.clip_rect.expand(0.5).contains_rect(shape.rect.expand(FOCUS_RING));
        is_ring && shape.rect.expand(0.5).contains_rect(place) && (seen || !whole)
    })
}

/// Scar: what the keyboard was on could not be seen in the list's tabs, the menu bar and the menus.
#[test]
fn tabs_menus_and_their_lines_show_the_focus() {
    let (mut harness, _) = harness("session");
    for (role, label) in [(Role::Tab, "Sessions (1)"), (Role::Button, "Screen Sharing"), (Role::Button, "Session")] {
        let place = harness.get_by_role_and_label(role, label).rect();
        assert!(!has_ring(&harness, place, false), "{label}");
        harness.get_by_role_and_label(role, label).focus();
        harness.run_steps(3);
        assert!(has_ring(&harness, place, true), "{label}");
    }
    harness.key_press(Key::Enter);
    harness.run_steps(4);
    harness.get_by_role_and_label(Role::Button, "Pause").focus();
    harness.run_steps(3);
    let place = harness.get_by_role_and_label(Role::Button, "Pause").rect();
    assert!(has_ring(&harness, place, false), "a line of a menu");
}

/// Scar: the badge of the developer mode lay over the customer's system.
#[test]
fn c5_a_long_system_ends_before_what_stands_at_its_right() {
    let (mut harness, core) = harness("session");
    let mut view = samples::session(true, SessionState::Active, false);
    view.developer = true;
    view.peer_system = "Debian GNU/Linux 12 (bookworm), the third computer from the left in the office".to_owned();
    core.view.borrow_mut().sessions = vec![fake::with_session(7, view)];
    harness.run_steps(4);
    let system = harness.get_by_label_contains("Debian GNU/Linux 12").rect();
    let badge = harness.get_by_label("Developer mode").rect();
    let line = harness.get_by_label("Line: good · 38 ms").rect();
    assert!(system.right() <= badge.left() && badge.right() <= line.left(), "{system:?} {badge:?} {line:?}");
}

#[test]
fn l1_a_feature_that_ends_soon_is_told_in_the_list_with_whom_to_ask() {
    let (mut harness, core) = harness("codes");
    assert!(harness.query_by_label_contains("licensed until").is_none());
    let ends_s = 1_795_910_400;
    let ending = |name: &str| FeatureView { name: name.into(), licensed: true, ends_s: Some(ends_s) };
    let lasting = FeatureView { name: "clipboard".into(), licensed: true, ends_s: None };
    let features = vec![ending("screen-sharing"), ending("whiteboard"), ending("acme.x"), lasting];
    let contact = "sales@vendor.example".into();
    let licence = LicenceView { contact, features, refused: Some(LicenceError::Forged) };
    core.view.borrow_mut().licence = Arc::new(licence);
    let mut session = samples::session(true, SessionState::Waiting, false);
    let board = session.plugins.first_mut().unwrap();
    (board.name, board.feature) = ("Board".to_owned(), Some("whiteboard".to_owned()));
    core.view.borrow_mut().sessions.push(fake::with_session(9, session));
    harness.run_steps(4);
    let day = lotse_ui::words::day(ends_s - 1).unwrap();
    assert!(day.ends_with(" November 2026"), "{day}");
    for name in ["Screen Sharing", "Board", "acme.x"] {
        harness.get_by_label(&format!("{name}: licensed until {day}"));
    }
    assert!(harness.get_all_by_label_contains("sales@vendor.example").next().is_some());
    harness.get_by_label_contains("it is not signed by this relay");
    assert!(harness.query_by_label_contains("Clipboard: licensed").is_none());
}

#[test]
fn l1_what_is_not_licensed_stands_greyed_in_the_menu_with_whom_to_ask() {
    let (mut harness, core) = harness("session");
    harness.get_by_label("Tools").click();
    harness.run_steps(4);
    harness.get_by_label("Clipboard, is not in your licence. Ask licences@acme.example.").click();
    harness.run_steps(4);
    assert!(sent(&core).is_empty(), "it cannot be chosen");
}
