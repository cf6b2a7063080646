//! What plugins may do for whom, and that none drowns its neighbours.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::shared::INBOX_MAX;

/// Nobody's keyboard is taken by a plugin that nobody used.
#[tokio::test]
async fn t2_windows_are_moved_once_for_each_thing_a_person_did_and_on_the_reps_side_alone() {
    let all = crate::neighbours::Neighbours::new(Arc::default());
    let own = lotse_protocol::control::SessionId([1; 16]);
    let (shared, _reports) = Shared::beside(1, Some(Neighbour { own, all: all.clone() }));
    let host = PluginHost { shared: shared.clone(), plugin: 0, id: "a.b".to_owned(), limits: Vec::new() };
    assert_eq!(host.desk_arrange(Arrangement::Tile), Err(ErrorCode::Busy));
    shared.acted(0);
    assert_eq!(host.desk_arrange(Arrangement::Tile), Ok(()));
    assert_eq!(host.desk_arrange(Arrangement::Stack), Err(ErrorCode::Busy));
    assert_eq!(all.orders().len(), 1);

    let (shared, _reports) = Shared::bare(1);
    shared.acted(0);
    let host = PluginHost { shared, plugin: 0, id: "a.b".to_owned(), limits: Vec::new() };
    assert_eq!(host.desk_arrange(Arrangement::Tile), Err(ErrorCode::Denied));
    assert!(host.desk_sessions().is_empty());
}

/// The plugin itself need not know who may only look.
#[tokio::test]
async fn h2_what_a_plugin_does_for_somebody_who_may_only_look_is_denied() {
    let (shared, _reports) = Shared::bare(1);
    shared.add_other(3, true);
    shared.consents.lock().set(
        crate::view::Access::Control,
        lotse_protocol::peer::ConsentState::Granted,
        Instant::now(),
    );
    let host = PluginHost { shared: shared.clone(), plugin: 0, id: "a.b".to_owned(), limits: Vec::new() };
    let from = |peer| Event::Datagram { peer, bytes: Vec::new() };
    host.handles(Some(&from(3)));
    assert_eq!(host.consent_request(Capability::Input), Ok(ConsentAnswer::Refused));
    assert_eq!(host.input_text("x"), Err(ErrorCode::Denied));
    assert_eq!(host.clipboard_fetch("text"), Err(ErrorCode::Denied));
    assert_eq!(host.files_ask(Vec::new()), Err(ErrorCode::Denied));
    assert_eq!(host.files_pick(false), Err(ErrorCode::Denied));
    assert_eq!(host.layer_put(1, Vec::new()), Err(ErrorCode::Denied), "nor does it draw for them");
    assert_eq!(host.layer_grab(1, true, Vec::new()), Err(ErrorCode::Denied));
    host.handles(None);
    assert_eq!(host.layer_put(1, Vec::new()), Err(ErrorCode::Gone), "as ever for everybody else");
    host.handles(Some(&from(crate::shared::REP)));
    assert_eq!(host.consent_request(Capability::Input), Ok(ConsentAnswer::Granted));
}

#[tokio::test]
async fn h2_plugins_are_told_who_only_looks_and_not_by_whoever_it_is() {
    let (shared, _reports) = Shared::bare(1);
    shared.add_other(3, true);
    shared.add_other(4, false);
    let host = PluginHost { shared: shared.clone(), plugin: 0, id: "a.b".to_owned(), limits: Vec::new() };
    let looking = |host: &PluginHost| [1, 2, 3, 4, 9].map(|who| host.observing(who));
    assert_eq!(looking(&host), [false, false, true, false, true], "rep, customer, two who came, nobody");
    // Another program's word of it.
    shared.set_observes(true);
    assert_eq!(looking(&host), [false, false, true, false, true]);
    shared.remove_other(4);
    assert!(host.observing(4), "what is still under way of somebody who left is not done");
}

fn possible(capabilities: &[Capability]) -> lotse_runtime::CapabilitySet {
    capabilities.iter().copied().collect()
}

/// Scar: what came from somebody who only looks was done at a timer, after their stream had closed, or after they had left.
#[tokio::test]
async fn h2_what_may_have_come_from_somebody_who_only_looks_is_done_at_no_other_moment_either() {
    let (shared, _reports) = Shared::bare(1);
    shared.set_possible(0, possible(&[Capability::Screen, Capability::Input, Capability::Channel]));
    let granted = lotse_protocol::peer::ConsentState::Granted;
    shared.consents.lock().set(crate::view::Access::Control, granted, Instant::now());
    let host = PluginHost { shared: shared.clone(), plugin: 0, id: "a.b".to_owned(), limits: Vec::new() };
    let asks = || host.consent_request(Capability::Input);
    assert_eq!(asks(), Ok(ConsentAnswer::Granted), "as ever while nobody only looks");
    shared.add_other(3, true);
    assert_eq!((asks(), host.input_text("x")), (Ok(ConsentAnswer::Refused), Err(ErrorCode::Denied)), "a timer's");
    host.handles(Some(&Event::StreamData { stream: 9, bytes: Vec::new() }));
    assert_eq!(host.input_text("x"), Err(ErrorCode::Denied), "of a stream that is closed");
    shared.remove_other(3);
    host.handles(Some(&Event::Datagram { peer: 3, bytes: Vec::new() }));
    assert_eq!(host.input_text("x"), Err(ErrorCode::Denied), "of somebody who has left");
    host.handles(Some(&Event::Action { node: "n".to_owned(), what: Vec::new() }));
    assert_eq!(asks(), Ok(ConsentAnswer::Granted), "the person here");
    host.handles(Some(&Event::Datagram { peer: crate::shared::REP, bytes: Vec::new() }));
    assert_eq!(asks(), Ok(ConsentAnswer::Granted), "and whoever leads");
}

/// Nothing they say is ever in such a plugin.
#[tokio::test]
async fn h2_plugins_with_files_clipboard_or_drawings_and_whoever_only_looks_do_not_meet() {
    let (shared, _reports) = Shared::bare(5);
    shared.add_other(3, true);
    let observer = Participant { id: 3, role: Role::Rep, name: "Bo Lind".to_owned() };
    shared.set_peer(3, Some(observer.clone()));
    let rights = [Capability::Files, Capability::Clipboard, Capability::Drawing, Capability::Input];
    for (plugin, right) in rights.into_iter().enumerate() {
        shared.set_possible(plugin, possible(&[right, Capability::Channel]));
    }
    // Of the last nothing is known yet.
    for plugin in 0..5 {
        assert!(!shared.may_talk(plugin, 3), "{plugin}");
        assert!(shared.may_talk(plugin, crate::shared::REP));
    }
    shared.set_possible(4, possible(&[Capability::Channel, Capability::Ui]));
    assert!(shared.may_talk(4, 3));
    let host = |plugin| PluginHost { shared: shared.clone(), plugin, id: "a.b".to_owned(), limits: Vec::new() };
    assert_eq!(host(0).stream_open(3, "x".to_owned(), Class::Bulk), Err(ErrorCode::Gone));
    assert_eq!(host(0).datagram(3, b"x"), Err(ErrorCode::Gone));
    assert!(!host(0).participants().contains(&observer) && host(4).participants().contains(&observer));
    // Kept from them, such a plugin goes on as ever for everybody else.
    assert!(shared.may_act(1));
    assert!(!shared.may_talk(4, 9), "nobody who is gone");
}

/// Scar: each notice and each word to a surface took a place in the one queue of the session, so that one plugin's
/// flood drowned its neighbours' faults and questions.
#[tokio::test]
async fn a_flood_of_notices_and_surfaces_leaves_the_queue_to_the_neighbours() {
    let (shared, mut reports) = Shared::bare(2);
    let host = |plugin| PluginHost { shared: shared.clone(), plugin, id: "a.b".to_owned(), limits: Vec::new() };
    let (flooding, neighbour) = (host(0), host(1));
    for _ in 0..2 * INBOX_MAX {
        flooding.ui_notify("again".to_owned(), String::new(), Vec::new());
        flooding.surface_set(7, Vec::new());
        flooding.surface_drop(7);
    }
    neighbour.ui_notify("heard".to_owned(), String::new(), Vec::new());
    assert_eq!(shared.take_lost(), 0);
    let heard: Vec<Inner> = std::iter::from_fn(|| reports.try_recv().ok()).collect();
    let notices =
        |of: usize| heard.iter().filter(|inner| matches!(inner, Inner::Notify { plugin, .. } if *plugin == of)).count();
    // A second may have begun anew within the loop, and on a slow machine another one.
    assert!((5..=50).contains(&notices(0)), "{}", notices(0));
    assert_eq!(notices(1), 1);
    assert_eq!(
        heard.iter().filter(|inner| matches!(inner, Inner::Surfaces)).count(),
        1,
        "told once until it is looked at"
    );
    assert!(shared.take_notices_left_out(0) > INBOX_MAX as u64, "the rest is counted");
    shared.pictures.looked();
    flooding.surface_set(7, Vec::new());
    assert!(matches!(reports.try_recv().unwrap(), Inner::Surfaces));
}
