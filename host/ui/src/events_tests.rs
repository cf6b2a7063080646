//! Views in, JSON lines out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use lotse_engine::rep::{AskedHandOver, NotesState, NotesView, RepSession, RepView, SignIn};
use lotse_engine::view::{
    Access, AuditKind, AuditLine, BoardView, ConsentView, LinkQuality, Obstacle, PluginState, PluginView, Problem,
    SessionState, Step, SurfaceOptions, SurfaceView, View,
};
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::SessionId;
use lotse_protocol::handover::{HandOverId, Purpose};
use lotse_protocol::peer::{ConsentState, EndReason};
use std::sync::Arc;

fn names(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(|event| event.name).collect()
}

#[test]
fn a_session_is_told_from_its_beginning_to_its_end() {
    let mut events = SessionEvents::default();
    let mut view = View { session: Some(SessionId([7; 16])), ..View::default() };
    let first = events.diff(&Arc::new(view.clone()));
    assert_eq!(names(&first), ["session-state"]);
    assert_eq!(first[0].fields["state"], "waiting");
    assert_eq!(first[0].fields["session"], "070707070707");

    view.state = SessionState::Connecting { step: Step::Keys };
    assert_eq!(events.diff(&Arc::new(view.clone()))[0].fields["step"], "keys");

    view.state = SessionState::Active;
    view.peer = "K. Weber".into();
    view.safety_code = "tulip · 47 · 12".into();
    view.consents = vec![ConsentView { access: Access::View, state: ConsentState::Granted }];
    assert_eq!(names(&events.diff(&Arc::new(view.clone()))), ["session-state", "peer", "safety-code", "consent"]);
    assert_eq!(events.diff(&Arc::new(view.clone())), [], "nothing new, nothing told");

    view.link.round_trip_us = 40_000;
    assert_eq!(events.diff(&Arc::new(view.clone())), [], "a round trip alone is no event");
    view.link.quality = LinkQuality::Slow;
    assert_eq!(names(&events.diff(&Arc::new(view.clone()))), ["link"]);

    view.obstacle = Some(Obstacle::NoAnswer { relay: ([192, 0, 2, 1], 443).into() });
    let blocked = events.diff(&Arc::new(view.clone()));
    assert_eq!(names(&blocked), ["obstacle"]);
    assert_eq!(blocked[0].fields["relay"], "192.0.2.1:443");
    view.obstacle = None;
    assert_eq!(events.diff(&Arc::new(view.clone()))[0].fields["what"], "none");

    view.state = SessionState::Lost { seconds_left: 600 };
    assert_eq!(events.diff(&Arc::new(view.clone()))[0].fields["seconds_left"], 600);
    view.state = SessionState::Lost { seconds_left: 599 };
    assert_eq!(events.diff(&Arc::new(view.clone())), [], "a countdown's ticks are no events");

    view.state = SessionState::Ended { reason: EndReason::CustomerStopped };
    let last = events.diff(&Arc::new(view));
    assert_eq!(names(&last), ["session-state", "ended"]);
    assert_eq!(last[1].fields["reason"], "customer-stopped");
}

#[test]
fn plugins_and_surfaces_come_change_and_go() {
    let mut events = SessionEvents::default();
    let plugin = PluginView {
        id: "lotse.chat".into(),
        name: "Chat".into(),
        version: "0.1.0".into(),
        signer: None,
        feature: None,
        asks: lotse_engine::CapabilitySet::EMPTY,
        state: PluginState::Loading,
        calls: 0,
        cpu_us: 0,
        memory_bytes: 0,
        sent_bytes: 0,
        received_bytes: 0,
        restarts: 0,
    };
    let options =
        SurfaceOptions { fit: true, full_screen: false, pass_system_keys: false, hotkeys: true, interactive: true };
    let surface = SurfaceView {
        id: 3,
        plugin: "lotse.screen-sharing".into(),
        title: "Screen".into(),
        from: String::new(),
        silent: false,
        width: 0,
        height: 0,
        options,
    };
    let mut view = View { plugins: vec![plugin], surfaces: vec![surface], ..View::default() };
    assert_eq!(names(&events.diff(&Arc::new(view.clone()))), ["session-state", "plugin", "surface"]);
    view.plugins[0].calls = 9;
    view.plugins[0].state = PluginState::Stopped { why: "memory".into() };
    view.surfaces[0].width = 1920;
    let changed = events.diff(&Arc::new(view.clone()));
    assert_eq!(names(&changed), ["plugin", "surface"]);
    assert_eq!((&changed[0].fields["why"], &changed[1].fields["state"]), (&"memory".into(), &"resized".into()));
    view.surfaces.clear();
    assert_eq!(events.diff(&Arc::new(view))[0].fields["state"], "closed");
}

#[test]
fn a2_boards_come_change_and_go_and_say_how_much_is_drawn() {
    let mut events = SessionEvents::default();
    let board = BoardView { id: 4, here: true, width: 1280, height: 800, strokes: 0, drawing: false };
    let mut view = View { boards: vec![board], ..View::default() };
    let opened = events.diff(&Arc::new(view.clone()));
    assert_eq!((opened[1].name, &opened[1].fields["state"]), ("board", &"opened".into()));
    view.boards[0].strokes = 3;
    view.boards[0].drawing = true;
    let changed = events.diff(&Arc::new(view.clone()));
    assert_eq!(names(&changed), ["board"]);
    let fields = &changed[0].fields;
    assert_eq!(
        (&fields["state"], &fields["strokes"], &fields["drawing"]),
        (&"changed".into(), &3.into(), &true.into())
    );
    assert_eq!(events.diff(&Arc::new(view.clone())), []);
    view.boards.clear();
    assert_eq!(events.diff(&Arc::new(view))[0].fields["state"], "closed");
}

#[test]
fn a_sign_in_and_a_code_are_told_once_and_no_secret_with_them() {
    let mut events = RepEvents::default();
    let mut view = RepView { sign_in: SignIn::Trying, ..RepView::default() };
    assert_eq!(events.diff(&view), []);
    view.sign_in = SignIn::In {
        rep: "Anna Berg".into(),
        account: "Acme".into(),
        contact: "help@acme.example".into(),
        reconnecting: false,
    };
    assert_eq!(names(&events.diff(&view)), ["signed-in"]);
    view.sessions = vec![RepSession {
        id: SessionId([1; 16]),
        code: Some(JoinCode::new(48_291, 35_207)),
        code_expires_in_s: 900,
        view: Arc::default(),
        notes: NotesView::default(),
        unread: 0,
    }];
    let told = events.diff(&view);
    assert_eq!(names(&told), ["code", "session-state"]);
    assert!(told.iter().all(|event| !event.line(0).contains("35207") && !event.line(0).contains("5207")), "{told:?}");
    view.sessions[0].code_expires_in_s = 899;
    assert_eq!(events.diff(&view), []);
    view.problem = Some(Problem::Refused { detail: "Too many unused codes.".into() });
    let told = events.diff(&view);
    assert_eq!((names(&told), &told[0].fields["problem"]), (vec!["problem"], &"refused".into()));
    assert_eq!(told[0].fields["detail"], "Too many unused codes.");
    assert_eq!(events.diff(&view), [], "told once");
    view.sign_in = SignIn::Failed(Problem::RelayUnreachable { detail: "443: refused".into() });
    assert_eq!(events.diff(&view)[0].fields["detail"], "443: refused");
}

#[test]
fn t2_what_is_unread_is_told_by_its_number() {
    let mut events = RepEvents::default();
    let session = RepSession {
        id: SessionId([1; 16]),
        code: None,
        code_expires_in_s: 0,
        view: Arc::default(),
        notes: NotesView::default(),
        unread: 0,
    };
    let mut view = RepView { sessions: vec![session], ..RepView::default() };
    assert_eq!(names(&events.diff(&view)), ["session-state"]);
    for count in [2, 0] {
        view.sessions[0].unread = count;
        let told = events.diff(&view);
        assert_eq!((names(&told), &told[0].fields["count"]), (vec!["unread"], &count.into()));
        assert_eq!(events.diff(&view), [], "told once");
    }
}

#[test]
fn t3_how_notes_stand_is_told_and_not_what_was_noted() {
    let mut events = RepEvents::default();
    let session = RepSession {
        id: SessionId([1; 16]),
        code: None,
        code_expires_in_s: 0,
        view: Arc::default(),
        notes: NotesView::default(),
        unread: 0,
    };
    let mut view = RepView { sessions: vec![session], ..RepView::default() };
    assert_eq!(names(&events.diff(&view)), ["session-state"]);
    for (state, word) in
        [(NotesState::Saving, "saving"), (NotesState::Saved, "saved"), (NotesState::Away, "relay-away")]
    {
        view.sessions[0].notes = NotesView { text: "pays late".into(), state, ..NotesView::default() };
        let told = events.diff(&view);
        assert_eq!((names(&told), &told[0].fields["state"]), (vec!["notes"], &word.into()));
        assert!(!told[0].line(0).contains("pays"), "{told:?}");
        assert_eq!(events.diff(&view), [], "told once");
    }
}

#[test]
fn each_audit_line_is_told_once_and_a_gap_is_named() {
    let line = |id, kind, about: &str| AuditLine {
        id,
        kind,
        plugin: "lotse.clipboard".into(),
        about: about.into(),
        text: format!("line {id}"),
    };
    let mut events = SessionEvents::default();
    let lines = vec![line(1, AuditKind::Started, ""), line(2, AuditKind::Denied, "clipboard")];
    let mut view = View { audit: Arc::new(lines), ..View::default() };
    let told = events.diff(&Arc::new(view.clone()));
    assert_eq!(names(&told), ["session-state", "audit", "audit"]);
    assert_eq!((&told[2].fields["kind"], &told[2].fields["about"]), (&"denied".into(), &"clipboard".into()));
    view.paused = true;
    assert_eq!(names(&events.diff(&Arc::new(view.clone()))), ["paused"], "told once");
    view.audit = Arc::new(vec![line(2, AuditKind::Denied, "clipboard"), line(3, AuditKind::Revoked, "clipboard")]);
    assert_eq!(events.diff(&Arc::new(view.clone()))[0].fields["kind"], "revoked");
    view.audit = Arc::new(vec![line(9, AuditKind::Crashed, "")]);
    let told = events.diff(&Arc::new(view));
    assert_eq!((&told[0].fields["kind"], &told[0].fields["lines"]), (&"lost".into(), &5.into()));
    assert_eq!(told[1].fields["kind"], "crashed");
}

#[test]
fn a_line_is_one_json_object() {
    let line = Event::new("notice").with("title", "a \"quoted\"\nline").line(5);
    assert!(!line.contains('\n'));
    let back: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&back["event"], &back["at_ms"]), (&"notice".into(), &5.into()));
}

#[test]
fn s3_a_seat_is_told_when_it_is_waited_for_and_when_it_has_come() {
    let mut events = RepEvents::default();
    let mut view = RepView::default();
    assert_eq!(events.diff(&view), []);
    view.seat = crate::samples::seats();
    let told = events.diff(&view);
    assert_eq!((names(&told), &told[0].fields["state"]), (vec!["seat"], &"waiting".into()));
    assert_eq!(told[0].fields["holders"][0]["name"], "Bo Lind");
    assert_eq!(events.diff(&view), [], "told once");
    view.seat = lotse_engine::rep::Seat::Held;
    assert_eq!(events.diff(&view)[0].fields["state"], "held");
    let by = "Bo Lind".to_owned();
    view.sign_in = SignIn::Ended(lotse_protocol::control::SignInEnd::TakenOver { by });
    let told = events.diff(&view);
    assert_eq!((&told[0].fields["why"], &told[0].fields["by"]), (&"taken-over".into(), &"Bo Lind".into()));
}

#[test]
fn s4_a_second_factor_is_told_without_its_secret_and_codes() {
    use lotse_protocol::control::{Secret, SignInFailure};
    let mut events = RepEvents::default();
    let mut view = RepView::default();
    view.second_factor.offer = Some(Secret("otpauth://totp/x?secret=JBSWY3DP".into()));
    let told = events.diff(&view);
    assert_eq!((names(&told), &told[0].fields["offered"]), (vec!["second-factor"], &true.into()));
    view.second_factor.recovery_codes = vec![Secret("k7mp-2vqa".into())];
    view.second_factor.failure = Some(SignInFailure::WrongCode);
    let told = events.diff(&view);
    assert_eq!((&told[0].fields["recovery_codes"], &told[0].fields["problem"]), (&1.into(), &"wrong-code".into()));
    assert!(!told[0].line(5).contains("k7mp") && !told[0].line(5).contains("JBSW"));
    assert_eq!(events.diff(&view), [], "told once");
    view.sign_in = SignIn::Refused(SignInFailure::Locked { wait_s: 900 });
    assert_eq!(events.diff(&view)[0].fields["problem"], "locked");
}

#[test]
fn c1_what_was_asked_is_told_on_either_side() {
    let mut events = SessionEvents::default();
    let view = View { question: "It does not print".into(), portal: "Billing".into(), ..View::default() };
    let told = events.diff(&Arc::new(view));
    assert_eq!(names(&told), ["session-state", "asked"]);
    assert_eq!((&told[1].fields["portal"], &told[1].fields["text"]), (&"Billing".into(), &"It does not print".into()));
}

/// Whoever keeps the events need not be whoever may read.
#[test]
fn h1_events_say_that_a_colleague_asks_and_a_script_that_asks_is_told_all_that_the_rep_is_shown() {
    let asked = AskedHandOver {
        id: HandOverId([0xa7; 16]),
        from: "Anna Berg".into(),
        purpose: Purpose::TakeOver,
        customer: "K. Weber".into(),
        system: "Debian 12".into(),
        question: "It does not print".into(),
        portal: "Billing".into(),
        note: "Feed roller worn".into(),
        notes: "Model 2200\nSerial 47".into(),
        summary: Some("K. Weber: It is silent".into()),
        until: None,
        for_s: 0,
        accepting: false,
    };
    let view = RepView { hand_over: Some(Arc::new(asked.clone())), ..RepView::default() };
    let events = RepEvents::default().diff(&view);
    assert_eq!(names(&events), ["hand-over"]);
    assert_eq!((&events[0].fields["told"], &events[0].fields["notes"]), (&true.into(), &true.into()));
    assert!(!events[0].line(5).contains("2200") && !events[0].line(5).contains("silent"));
    let read = hand_over_read(&asked);
    assert_eq!(read.fields["offer"], events[0].fields["offer"]);
    for (field, value) in [
        ("from_rep", "Anna Berg"),
        ("purpose", Purpose::TakeOver.name()),
        ("customer", "K. Weber"),
        ("system", "Debian 12"),
        ("question", "It does not print"),
        ("portal", "Billing"),
        ("note", "Feed roller worn"),
        ("notes", "Model 2200\nSerial 47"),
        ("said", "K. Weber: It is silent"),
    ] {
        assert_eq!(read.fields[field], value);
    }
}
