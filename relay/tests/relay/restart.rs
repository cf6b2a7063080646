use super::*;
use lotse_protocol::control::Leg;
use lotse_transport::bind::{FromRelay as FromForwarder, Refusal, ToRelay as ToForwarder};

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_take_up_their_session_after_the_relay_was_gone() {
    let folder = folder().await;
    let first = relay(&folder).await;
    let certificate = first.certificate_sha256();
    let (mut rep, sign_in) = rep(&first).await;
    let (session, nameplate, _) = code(&mut rep).await;
    let mut customer = Program::connect(&first, Side::Customer).await;
    join(&mut customer, nameplate).await;
    let (of_rep, of_customer) = (rep.offer().await, customer.offer().await);
    rep.say(ToRelay::Paired { session }).await;
    let (unused, unused_nameplate, _) = code(&mut rep).await;
    first.stop().await;
    assert_eq!(
        customer.goodbye().await.map(|(code, _)| code),
        Some(1012),
        "programs are told that the relay comes back"
    );
    drop((rep, customer));

    let second = relay(&folder).await;
    assert_eq!(second.certificate_sha256(), certificate, "pins stay good");
    let mut rep = Program::connect(&second, Side::Rep).await;
    let mut customer = Program::connect(&second, Side::Customer).await;
    rep.say(ToRelay::SignInAgain { token: sign_in }).await;
    assert!(matches!(rep.hear().await, FromRelay::SignedIn { .. }));
    assert_eq!(rep.codes_alive().await, (vec![unused], vec![(unused, unused_nameplate)]), "the used one is not told");
    rep.say(ToRelay::Resume { session: unused, token: of_rep.token.clone() }).await;
    assert!(matches!(rep.hear().await, FromRelay::ResumeFailed { .. }), "a code is no session yet");
    let mut late = Program::connect(&second, Side::Customer).await;
    join(&mut late, unused_nameplate).await;
    assert_eq!((rep.offer().await.session, late.offer().await.session), (unused, unused), "the code leads on");
    customer.say(ToRelay::Resume { session, token: of_customer.token.clone() }).await;
    let customer_again = customer.offer().await;
    assert!(matches!(customer.hear().await, FromRelay::Presence { present: false, .. }));
    rep.say(ToRelay::Resume { session, token: of_rep.token.clone() }).await;
    let rep_again = rep.offer().await;
    assert!(rep_again.resumed && customer_again.resumed);
    assert_eq!(rep_again.plugins, of_rep.plugins);
    assert_eq!((rep_again.customer.as_str(), customer_again.rep.as_str()), ("K. Weber", "Anna Berg"));
    assert_eq!(rep_again.leg.udp_port, second.udp().port());
    assert!(matches!(customer.hear().await, FromRelay::Presence { present: true, .. }));
    assert!(matches!(rep.hear().await, FromRelay::Presence { present: true, .. }));
    rep.say(ToRelay::Signal { session, body: b"still here".to_vec() }).await;
    assert!(matches!(customer.hear().await, FromRelay::Signal { body, .. } if body == b"still here"));

    rep.say(ToRelay::EndSession { session, reason: "RepEnded".into() }).await;
    assert!(matches!(customer.hear().await, FromRelay::SessionEnded { .. }));
    second.stop().await;
    let third = relay(&folder).await;
    let mut customer = Program::connect(&third, Side::Customer).await;
    customer.say(ToRelay::Resume { session, token: of_customer.token }).await;
    assert!(matches!(customer.hear().await, FromRelay::ResumeFailed { .. }), "what has ended stays so");
    third.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_relays_cannot_share_a_folder_and_a_taken_port_is_named() {
    let folder = folder().await;
    let first = relay(&folder).await;
    let error = Relay::start(config(&folder)).await.err().unwrap().to_string();
    assert!(error.contains("another lotse-relay"), "{error}");
    let other = super::folder().await;
    let mut taken = config(&other);
    taken.listen = first.control();
    let error = Relay::start(taken).await.err().unwrap().to_string();
    assert!(error.contains("in use") && error.contains("--listen"), "{error}");
    first.stop().await;
}

/// It took any other port, which no firewall lets through, and said nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_named_port_that_is_taken_for_packets_alone_is_an_error_too() {
    let folder = folder().await;
    // The number is free for connections as long as nobody listens there.
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let mut named = config(&folder);
    named.listen = address;
    let error = Relay::start(named.clone()).await.err().unwrap().to_string();
    assert!(error.contains("UDP") && error.contains("in use") && error.contains("--udp"), "{error}");
    named.udp = Some("127.0.0.1:0".parse().unwrap());
    let relay = Relay::start(named).await.unwrap();
    assert_ne!(relay.udp().port(), address.port(), "the operator's own choice goes");
    relay.stop().await;
}

/// What the forwarder says to a leg's ticket.
fn bound(relay: &Relay, leg: &Leg) -> FromForwarder {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    socket.connect(relay.udp()).unwrap();
    let token = leg.token.as_slice().try_into().unwrap();
    socket.send(&ToForwarder::Bind { nonce: 7, token }.encode()).unwrap();
    let mut packet = [0; 100];
    let length = socket.recv(&mut packet).unwrap();
    FromForwarder::decode(&packet[..length]).unwrap()
}

/// Scar: a guesser who left before a word could take the real customer's place at the forwarder, again and again.
#[tokio::test(flavor = "multi_thread")]
async fn a_guessers_ticket_does_not_bind_once_the_real_customer_is_there() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let (mut rep, _) = rep(&relay).await;
    let (session, nameplate, _) = code(&mut rep).await;
    let mut guesser = Program::connect(&relay, Side::Customer).await;
    join(&mut guesser, nameplate).await;
    let (guessers, _) = (guesser.offer().await.leg, rep.offer().await);
    assert!(matches!(bound(&relay, &guessers), FromForwarder::Challenge { .. }), "while it may be the customer");
    drop(guesser);
    assert!(matches!(rep.hear().await, FromRelay::Presence { present: false, .. }));
    let mut customer = Program::connect(&relay, Side::Customer).await;
    join(&mut customer, nameplate).await;
    let (customers, reps) = (customer.offer().await.leg, rep.offer().await.leg);
    rep.say(ToRelay::Paired { session }).await;
    // Its answer says that the relay has got so far.
    rep.say(ToRelay::Signal { session, body: b"paired".to_vec() }).await;
    assert!(matches!(customer.hear().await, FromRelay::Signal { .. }));
    assert_eq!(bound(&relay, &guessers), FromForwarder::Refused { nonce: 7, refusal: Refusal::Expired });
    for leg in [&customers, &reps] {
        assert!(matches!(bound(&relay, leg), FromForwarder::Challenge { .. }));
    }
    relay.stop().await;
}

/// Whoever was in one session kept a way through the forwarder for as long as the ticket held.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_binds_while_its_session_runs_and_no_longer() {
    let folder = folder().await;
    let first = relay(&folder).await;
    let (mut rep, _) = rep(&first).await;
    let mut legs = vec![];
    for _ in 0..2 {
        let (session, nameplate, _) = code(&mut rep).await;
        let mut customer = Program::connect(&first, Side::Customer).await;
        join(&mut customer, nameplate).await;
        legs.push((session, rep.offer().await.leg));
        assert_eq!(customer.offer().await.session, session);
        rep.say(ToRelay::Paired { session }).await;
        // Its answer says that the relay has got so far.
        rep.say(ToRelay::Signal { session, body: b"paired".to_vec() }).await;
        assert!(matches!(customer.hear().await, FromRelay::Signal { .. }));
        if legs.len() == 1 {
            customer.say(ToRelay::EndSession { session, reason: "CustomerEnded".into() }).await;
            assert!(matches!(rep.hear().await, FromRelay::SessionEnded { .. }));
        } else {
            drop(customer);
            assert!(matches!(rep.hear().await, FromRelay::Presence { present: false, .. }));
        }
    }
    let refused = FromForwarder::Refused { nonce: 7, refusal: Refusal::Expired };
    let (ended, running) = (&legs[0].1, &legs[1].1);
    assert_eq!(bound(&first, ended), refused);
    assert!(matches!(bound(&first, running), FromForwarder::Challenge { .. }));
    first.stop().await;
    let second = relay(&folder).await;
    assert_eq!(bound(&second, ended), refused, "nor with the next relay");
    assert!(matches!(bound(&second, running), FromForwarder::Challenge { .. }), "it was given out by the one before");
    second.stop().await;
}
