//! T2: numbers, what is unread, and orders, without windows.

use super::*;
use crate::rep_view::NotesView;
use crate::view::View;

const WEBER: SessionId = SessionId([1; 16]);
const ORTIZ: SessionId = SessionId([2; 16]);

fn session(id: SessionId, peer: &str) -> RepSession {
    let view = View { state: SessionState::Active, peer: peer.to_owned(), ..View::default() };
    let notes = NotesView::default();
    RepSession { id, code: None, code_expires_in_s: 0, view: Arc::new(view), notes, unread: 0 }
}

/// Two sessions, both with a window.
fn two() -> (Arc<Neighbours>, Vec<RepSession>) {
    let all = Neighbours::new(Arc::default());
    let mut sessions = vec![session(WEBER, "K. Weber"), session(ORTIZ, "J. Ortiz")];
    all.settle(&mut sessions);
    all.stand(Windows { open: vec![WEBER, ORTIZ], front: Some(WEBER), ..Windows::default() });
    (all, sessions)
}

fn unread(all: &Neighbours, sessions: &mut [RepSession]) -> Vec<u32> {
    all.settle(sessions);
    sessions.iter().map(|session| session.unread).collect()
}

#[test]
fn t2_what_comes_while_a_window_is_not_in_front_is_unread_until_it_is() {
    let (all, mut sessions) = two();
    all.arrived(WEBER, 1);
    all.arrived(ORTIZ, 2);
    all.arrived(ORTIZ, 1);
    assert_eq!(unread(&all, &mut sessions), [0, 3]);
    all.stand(Windows { open: vec![WEBER, ORTIZ], front: None, ..Windows::default() });
    all.arrived(WEBER, 1);
    assert_eq!(unread(&all, &mut sessions), [1, 3], "nobody looks at any of them");
    all.stand(Windows { open: vec![WEBER, ORTIZ], front: Some(ORTIZ), ..Windows::default() });
    assert_eq!(unread(&all, &mut sessions), [1, 0]);
}

#[test]
fn t2_what_is_unread_has_a_bound_and_wakes_nobody_beyond_it() {
    let (all, mut sessions) = two();
    for _ in 0..20 {
        all.arrived(ORTIZ, 1_000);
    }
    assert_eq!(unread(&all, &mut sessions), [0, UNREAD_MAX]);
    let mut news = all.news.subscribe();
    news.mark_unchanged();
    all.arrived(ORTIZ, u32::MAX);
    all.arrived(SessionId([9; 16]), 1);
    assert_eq!(news.has_changed().ok(), Some(false));
}

#[test]
fn t2_numbers_stay_and_only_sessions_with_a_window_are_listed() {
    let (all, mut sessions) = two();
    sessions.remove(0);
    sessions.push(session(SessionId([3; 16]), ""));
    all.settle(&mut sessions);
    let numbers: Vec<(u64, bool)> = all.list(ORTIZ).iter().map(|row| (row.number, row.this)).collect();
    assert_eq!(numbers, [(2, true)], "the third has no window yet");
    all.stand(Windows { open: vec![ORTIZ, SessionId([3; 16])], ..Windows::default() });
    let numbers: Vec<u64> = all.list(ORTIZ).iter().map(|row| row.number).collect();
    assert_eq!(numbers, [2, 3], "a number is never given twice");
    assert_eq!(all.show(1), Err(ErrorCode::Gone));
}

#[test]
fn t2_orders_are_told_in_turn_and_the_oldest_are_forgotten() {
    let (all, _) = two();
    assert_eq!(all.show(2), Ok(()));
    all.arrange(Arrangement::Tile);
    let orders = all.orders();
    assert_eq!(
        orders,
        [
            DeskOrder { serial: 1, wish: DeskWish::Show(ORTIZ) },
            DeskOrder { serial: 2, wish: DeskWish::Arrange(Arrangement::Tile) }
        ]
    );
    for _ in 0..100 {
        all.arrange(Arrangement::Cascade);
    }
    let orders = all.orders();
    assert_eq!((orders.len(), orders.last().map(|order| order.serial)), (ORDERS_MAX, Some(102)));
}
