//! What is told of a forwarder that does not answer or does not want, and when.

#![allow(clippy::unwrap_used)]
use super::*;
use lotse_transport::CloseReason;
use lotse_transport::bind::{LegTicket, RelayKey, Side, TicketError};

fn no_answer(relay: SocketAddr) -> Obstacle {
    Obstacle::NoAnswer { relay }
}

#[test]
fn what_stands_in_the_way_is_told_after_ten_seconds_and_no_longer_than_it_does() {
    let relay = ([192, 0, 2, 1], 9).into();
    let began = Instant::now();
    let after = |seconds| began + Duration::from_secs(seconds);
    let mut standing = Standing::default();
    assert_eq!(standing.shown(after(100)), None);
    standing.block(began, no_answer(relay));
    assert_eq!(standing.shown(after(9)), None, "a restart of the relay takes as long");
    // Another reason, and still nobody is through.
    standing.fail(after(8), &TransportError::Refused(Refusal::Full));
    assert_eq!(standing.shown(after(10)), Some(&Obstacle::RelayFull));
    standing.clear(after(10));
    assert_eq!(standing.shown(after(10)), None);
    standing.block(after(11), no_answer(relay));
    assert_eq!(standing.shown(after(20)), None, "counted anew");
    assert_eq!(standing.shown(after(21)), Some(&no_answer(relay)));
}

/// Scar: a try that ran for minutes counted from its beginning, so one lost question was called a firewall at once.
#[test]
fn who_was_asked_well_for_a_minute_and_is_silent_then_has_ten_seconds_from_there() {
    let began = Instant::now();
    let after = |seconds| began + Duration::from_secs(seconds);
    let mut standing = Standing::default();
    for seconds in (2..=60).step_by(2) {
        standing.clear(after(seconds));
    }
    let well = standing.clone();
    let silence = no_answer(([192, 0, 2, 1], 9).into());
    standing.block(began, silence.clone());
    assert_eq!(standing.shown(after(69)), None);
    assert_eq!(standing.shown(after(70)), Some(&silence));
    let mut standing = well;
    standing.fail(began, &TransportError::Refused(Refusal::Full));
    assert_eq!(standing.shown(after(69)), None, "the same for the try itself");
    assert_eq!(standing.shown(after(70)), Some(&Obstacle::RelayFull));
}

#[test]
fn each_failure_of_a_try_is_an_obstacle_a_stranger_or_nothing_to_tell() {
    let began = Instant::now();
    let later = began + PATIENCE;
    let told = |problem: TransportError| {
        let mut standing = Standing::default();
        standing.fail(began, &problem);
        (standing.shown(later).cloned(), standing.stranger)
    };
    assert_eq!(told(TransportError::WrongPeer), (None, true));
    assert_eq!(told(TransportError::Closed(CloseReason::Here)), (None, false));
    for ticket in [TransportError::Ticket(TicketError::Malformed), TransportError::Refused(Refusal::Forged)] {
        assert_eq!(told(ticket), (Some(Obstacle::TicketRefused), false));
    }
    assert_eq!(told(TransportError::Refused(Refusal::Full)), (Some(Obstacle::RelayFull), false));
    assert!(matches!(told(TransportError::Randomness), (Some(Obstacle::Other { .. }), false)));
}

/// A forwarder that gives this answer to the second question, and says nothing that makes sense to the first. `None`: it
/// says nothing at all.
async fn forwarder(answer: Option<fn(u64) -> FromRelay>) -> PathConfig {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let relay = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut packet = [0; 200];
        let mut asked = 0;
        loop {
            let (length, from) = socket.recv_from(&mut packet).await.unwrap();
            let (Some(ToRelay::Bind { nonce, .. }), Some(answer)) = (ToRelay::decode(&packet[..length]), answer) else {
                continue;
            };
            asked += 1;
            let said = if asked == 1 { b"noise".to_vec() } else { answer(nonce).encode() };
            socket.send_to(&said, from).await.unwrap();
        }
    });
    PathConfig { relay, ticket: RelayKey::new([1; 32]).issue([1; 16], Side::Customer, u64::MAX) }
}

#[tokio::test]
async fn a_forwarder_is_asked_and_what_it_says_counts() {
    let open = forwarder(Some(|nonce| FromRelay::Challenge { nonce, cookie: [0; 16] })).await;
    assert_eq!(ask(&open).await, None);
    let refuses = forwarder(Some(|nonce| FromRelay::Refused { nonce, refusal: Refusal::Expired })).await;
    assert_eq!(ask(&refuses).await, Some(Obstacle::TicketRefused));
    let forged = forwarder(Some(|nonce| FromRelay::Challenge { nonce: nonce ^ 1, cookie: [0; 16] })).await;
    assert_eq!(ask(&forged).await, Some(no_answer(forged.relay)), "an answer to another question is none");
    let silent = forwarder(None).await;
    assert_eq!(ask(&silent).await, Some(no_answer(silent.relay)));
}

#[tokio::test]
async fn a_port_that_nobody_listens_at_does_not_answer_and_a_malformed_ticket_is_not_asked_with() {
    let closed = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ticket = RelayKey::new([1; 32]).issue([1; 16], Side::Customer, u64::MAX);
    let config = PathConfig { relay: closed, ticket };
    assert_eq!(ask(&config).await, Some(no_answer(closed)));
    let ticket = LegTicket { token: vec![0; 8], secret: [0; 32] };
    assert_eq!(ask(&PathConfig { relay: closed, ticket }).await, Some(Obstacle::TicketRefused));
}
