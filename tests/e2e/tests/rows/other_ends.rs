//! The real program against an end made by hand on the other side: another version, and a rep's program that asks for
//! more than its window would.

use crate::ALL;
use crate::hand_made::{self, End, Rep};
use lotse_e2e::hands::Hands;
use lotse_e2e::neighbour::paint;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Result, Stage, Typewriter, wait_for};
use lotse_media::framing::{self, Kind, Reader};
use lotse_protocol::peer::{self, ConsentState, EndReason, PeerMessage};
use lotse_transport::{Incoming, SendStream};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// What the other side gives as the reason of the end.
async fn told_end(end: &mut End) -> EndReason {
    let reason = end.hear(|message| match message {
        PeerMessage::End { reason } => Some(reason),
        _ => None,
    });
    reason.await.unwrap()
}

/// A rep's real program that has made a code, with what it runs on.
pub fn console() -> (Display, Stage, Program, String) {
    let office = Display::start(1280, 900).unwrap();
    let stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    (office, stage, rep, code)
}

/// With the end by hand gone, the console waits for its customer as ever, until its rep ends that.
fn waits_and_is_ended(rep: &mut Program) {
    rep.expect_state("lost", 30).unwrap();
    assert!(rep.is_running());
    rep.tell(&json!({ "do": "end" })).unwrap();
    rep.expect("ended", 20, |event| event["reason"] == "rep-ended").unwrap();
}

#[test]
fn a_customers_program_of_another_version_is_told_to_both() {
    let (_office, stage, rep, code) = console();
    let told = runtime().block_on(async {
        let mut customer = hand_made::customer(&stage.url, &code).await.unwrap();
        customer.greet(peer::VERSION + 1).await.unwrap();
        told_end(&mut customer).await
    });
    assert_eq!(told, EndReason::Incompatible);
    rep.expect("ended", 30, |event| event["reason"] == "incompatible").unwrap();
}

#[test]
fn a_reps_program_of_another_version_is_told_to_both() {
    let desk = Display::start(1024, 768).unwrap();
    let stage = Stage::start().unwrap();
    let runtime = runtime();
    let rep = runtime.block_on(Rep::with_code(&stage.url)).unwrap();
    let customer = stage.customer(&desk, &rep.code(), &CustomerOptions::default()).unwrap();
    let told = runtime.block_on(async {
        let mut rep = rep.meet().await.unwrap();
        rep.greet(0).await.unwrap();
        told_end(&mut rep).await
    });
    assert_eq!(told, EndReason::Incompatible);
    customer.expect("ended", 30, |event| event["reason"] == "incompatible").unwrap();
    assert!(!customer.events().iter().any(|event| event["event"] == "prompt"), "nothing was asked");
}

/// What a peer says that makes no sense is passed over; what cannot be a message ends the link and nothing else.
#[test]
fn an_end_that_talks_nonsense_does_not_end_the_console() {
    let (_office, stage, mut rep, code) = console();
    runtime().block_on(async {
        let mut customer = hand_made::customer(&stage.url, &code).await.unwrap();
        customer.greet(peer::VERSION).await.unwrap();
        for (plugin, label) in [(0, "nothing"), (200, "chat"), (255, "")] {
            let (mut send, _recv) = customer.open(plugin, label).await.unwrap();
            let _ = send.write_all(&[0xff; 2000]).await;
        }
        let (mut send, _recv) = customer.link.open(lotse_transport::Class::Interactive, &[0x81; 900]).await.unwrap();
        let _ = send.write_all(b"no header").await;
        for length in [0, 1, 20] {
            let _ = customer.link.send_datagram(vec![0xa5_u8; length].into());
        }
        customer.say(&PeerMessage::Accepted).await.unwrap();
        tokio::time::sleep(Duration::from_secs(2)).await;
    });
    rep.expect_state("active", 20).unwrap();
    waits_and_is_ended(&mut rep);
}

/// It kept the console so busy that no prompt, no fault and no second passed.
#[test]
fn an_end_that_says_more_than_anybody_does_loses_its_link_and_nothing_else() {
    let (_office, stage, mut rep, code) = console();
    runtime().block_on(async {
        let mut customer = hand_made::customer(&stage.url, &code).await.unwrap();
        customer.greet(peer::VERSION).await.unwrap();
        let flood = async { while customer.say(&PeerMessage::Paused { on: true }).await.is_ok() {} };
        tokio::time::timeout(Duration::from_secs(60), flood).await.expect("its link is closed");
    });
    waits_and_is_ended(&mut rep);
}

/// Two links of one customer, the second while the first still stands: plugins go on over the second.
#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n4_a_link_that_is_replaced_does_not_take_its_successor_along() {
    let (_office, stage, rep, code) = console();
    let runtime = runtime();
    let mut customer = runtime.block_on(hand_made::customer(&stage.url, &code)).unwrap();
    runtime.block_on(until_the_chat_opens(&mut customer)).unwrap();
    rep.expect_state("active", 30).unwrap();
    runtime.block_on(customer.link_again()).unwrap();
    runtime
        .block_on(until_the_chat_opens(&mut customer))
        .unwrap_or_else(|problem| panic!("{problem}\nrep: {}", rep.errors()));
    // Whether the change of links shows as a state in between is a matter of moments; that it goes on is not.
    wait_for(30, "the session to go on", || (rep.state().as_deref() == Some("active")).then_some(())).unwrap();
    assert!(!rep.events().iter().any(|event| event["event"] == "ended"));
}

/// The customer has said yes, and the rep's plugins come over the link.
async fn until_the_chat_opens(customer: &mut End) -> Result<Incoming> {
    customer.greet(peer::VERSION).await?;
    customer.say(&PeerMessage::Accepted).await?;
    let chat = customer.number_of("lotse.chat")?;
    customer.accept(chat, "chat").await
}

/// Screen sharing by hand: the rep's half of the plugin, as far as these tests need it.
pub struct Sharing {
    pub end: End,
    control: SendStream,
    _answers: lotse_transport::RecvStream,
    screen: Incoming,
    reader: Reader,
    frames: u64,
}

impl Sharing {
    /// Asks for the picture and for control, which were allowed ahead.
    pub async fn begin(rep: Rep) -> Result<Self> {
        let mut end = rep.meet().await?;
        end.greet(peer::VERSION).await?;
        end.hear(|message| (message == PeerMessage::Accepted).then_some(())).await?;
        let plugin = end.number_of("lotse.screen-sharing")?;
        let (mut control, answers) = end.open(plugin, "control").await?;
        for request in [&[0, 1][..], &[1, 0, 0, 0, 0, 0]] {
            control.write_all(&framed(request)).await?;
        }
        let screen = end.accept(plugin, "screen").await?;
        control.write_all(&framed(&[5, 1])).await?;
        Ok(Self { end, control, _answers: answers, screen, reader: Reader::new(), frames: 0 })
    }

    async fn ask(&mut self, request: &[u8]) -> Result<()> {
        Ok(self.control.write_all(&framed(request)).await?)
    }

    /// The pointer at a place of the picture, with buttons down.
    async fn point(&mut self, seq: u32, x: i32, y: i32, buttons: u32) -> Result<()> {
        let mut request = vec![6];
        request.extend(seq.to_be_bytes());
        for number in [x, y] {
            request.extend(number.to_be_bytes());
        }
        request.extend(buttons.to_be_bytes());
        request.extend([0; 8]);
        self.ask(&request).await
    }

    async fn enter(&mut self, text: &str) -> Result<()> {
        let mut request = vec![8];
        request.extend(u16::try_from(text.len())?.to_be_bytes());
        request.extend(text.as_bytes());
        self.ask(&request).await
    }

    /// Takes what comes on the screen stream for `time`, acknowledging pictures: how many those were.
    pub async fn take(&mut self, time: Duration) -> Result<u64> {
        let (end, before) = (Instant::now() + time, self.frames);
        while let Ok(chunk) =
            tokio::time::timeout(end.saturating_duration_since(Instant::now()), self.screen.recv.read_chunk()).await
        {
            self.reader.feed(&chunk?.ok_or("the picture has ended")?);
            while let Some(message) = self.reader.poll()? {
                if message.kind == Kind::Picture {
                    let mut acknowledgement = Vec::new();
                    framing::encode_ack(self.frames, &mut acknowledgement);
                    self.screen.send.write_all(&acknowledgement).await?;
                    self.frames += 1;
                }
            }
        }
        Ok(self.frames - before)
    }

    /// Bytes that come on the screen stream within `time`, whatever they are; none once it has ended.
    async fn bytes(&mut self, time: Duration) -> usize {
        let end = Instant::now() + time;
        let mut bytes = 0;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match tokio::time::timeout(left, self.screen.recv.read_chunk()).await {
                Ok(Ok(Some(chunk))) => bytes += chunk.len(),
                Ok(Ok(None) | Err(_)) | Err(_) => return bytes,
            }
        }
    }
}

/// As the plugins' messages go over a stream: the length in four bytes, most significant first.
pub fn framed(message: &[u8]) -> Vec<u8> {
    [&u32::try_from(message.len()).unwrap().to_be_bytes()[..], message].concat()
}

/// A customer's real program with everything allowed, and a rep by hand.
pub fn shared(runtime: &Runtime, desk: &Display, stage: &Stage) -> (Program, Sharing) {
    let rep = runtime.block_on(Rep::with_code(&stage.url)).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(desk, &rep.code(), &options).unwrap();
    let sharing = runtime.block_on(Sharing::begin(rep)).unwrap_or_else(|problem| {
        panic!("{problem}\nthe customer's program: {:#?}\n{}", customer.events(), customer.errors())
    });
    (customer, sharing)
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v7_a_whole_picture_that_is_asked_for_comes_though_the_screen_stands_still() {
    let desk = Display::start(1024, 768).unwrap();
    let stage = Stage::start().unwrap();
    let runtime = runtime();
    let (_customer, mut sharing) = shared(&runtime, &desk, &stage);
    assert!(runtime.block_on(sharing.take(Duration::from_secs(5))).unwrap() > 0, "the first picture");
    // What counts is a try during which nothing on the screen changed by itself.
    let still = (0..8).any(|_| {
        wait_for(60, "a picture at rest", || {
            (runtime.block_on(sharing.take(Duration::from_secs(2))).unwrap() == 0).then_some(())
        })
        .unwrap();
        let before = desk.picture().unwrap();
        let mut request = Vec::new();
        framing::write(Kind::KeyRequest, &[], &mut request).unwrap();
        runtime.block_on(sharing.screen.send.write_all(&request)).unwrap();
        let pictures = runtime.block_on(sharing.take(Duration::from_secs(3))).unwrap();
        let unchanged = desk.picture().unwrap() == before;
        assert!(!unchanged || pictures > 0, "the screen stood still, and so did the stream");
        unchanged
    });
    assert!(still, "the customer's screen never rested");
}

/// A rep's window closes on the refusal and so cannot show whether pictures still come; this end reads on.
#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_after_seeing_is_taken_back_not_a_byte_of_a_picture_leaves() {
    let desk = Display::start(1024, 768).unwrap();
    let stage = Stage::start().unwrap();
    let runtime = runtime();
    let (mut customer, mut sharing) = shared(&runtime, &desk, &stage);
    assert!(runtime.block_on(sharing.take(Duration::from_secs(5))).unwrap() > 0, "the first picture");
    let painted = paint(&desk, "#aa3377").unwrap();
    assert!(runtime.block_on(sharing.take(Duration::from_secs(3))).unwrap() > 0, "a change is seen");
    drop(painted);
    customer.tell(&json!({ "do": "allow", "access": "view", "on": false })).unwrap();
    let told = runtime.block_on(sharing.end.hear(|message| match message {
        PeerMessage::Consent { what, state: ConsentState::Refused } if what == "view" => Some(()),
        _ => None,
    }));
    told.unwrap();
    // What was on its way may arrive; the word itself overtakes it.
    runtime.block_on(sharing.bytes(Duration::from_millis(500)));
    let _painted = paint(&desk, "#12fe12").unwrap();
    let late = runtime.block_on(sharing.bytes(Duration::from_secs(3)));
    assert_eq!(late, 0, "bytes came after the customer took the word back");
    assert!(customer.is_running());
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_what_waits_to_be_typed_ends_with_the_customers_word() {
    let desk = Display::start(1024, 768).unwrap();
    let stage = Stage::start().unwrap();
    let runtime = runtime();
    let (mut customer, mut sharing) = shared(&runtime, &desk, &stage);
    let folder = tempfile::tempdir().unwrap();
    let typewriter = Typewriter::on(&desk, &folder.path().join("typed")).unwrap();
    wait_for(20, "the rep's words to arrive", || {
        runtime.block_on(sharing.enter("a")).unwrap();
        runtime.block_on(sharing.take(Duration::from_millis(300))).unwrap();
        typewriter.typed().contains('a').then_some(())
    })
    .unwrap();
    // The display hangs; what the rep enters now waits in the customer's program.
    desk.freeze(true);
    for _ in 0..20 {
        runtime.block_on(sharing.enter("z")).unwrap();
    }
    std::thread::sleep(Duration::from_secs(2));
    customer.tell(&json!({ "do": "allow", "access": "control", "on": false })).unwrap();
    let told = runtime.block_on(sharing.end.hear(|message| match message {
        PeerMessage::Consent { what, state: ConsentState::Refused } if what == "control" => Some(()),
        _ => None,
    }));
    desk.freeze(false);
    told.unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let late = typewriter.typed().matches('z').count();
    assert!(late <= 1, "{late} of 20 letters were typed after the customer took control back");
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_a_click_beyond_the_edge_does_not_reach_lotses_own_window() {
    let desk = Display::start(1024, 768).unwrap();
    let stage = Stage::start().unwrap();
    let runtime = runtime();
    let hands = Hands::on(&desk).unwrap();
    let rep = runtime.block_on(Rep::with_code(&stage.url)).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let _customer = stage.customer(&desk, &rep.code(), &options).unwrap();
    // Lotse's window stands at the left edge, where a point beyond that edge would be moved to.
    hands.place("Lotse", 0, 100, 380, 600).unwrap();
    wait_for(10, "the window at the edge", || hands.window_now("Lotse").filter(|at| at.0 < 20)).unwrap();
    let mut sharing = runtime.block_on(Sharing::begin(rep)).unwrap();
    let mut seq = 0;
    wait_for(20, "the rep's pointer to arrive", || {
        seq += 1;
        runtime.block_on(sharing.point(seq, 700, 500, 0)).unwrap();
        runtime.block_on(sharing.take(Duration::from_millis(200))).unwrap();
        (hands.pointer().ok()? == (700, 500)).then_some(())
    })
    .unwrap();
    for buttons in [1, 0] {
        seq += 1;
        runtime.block_on(sharing.point(seq, -400, 400, buttons)).unwrap();
    }
    runtime.block_on(sharing.take(Duration::from_secs(2))).unwrap();
    assert_eq!(hands.pointer().unwrap(), (700, 500), "the pointer did not go into Lotse's window");
    // Elsewhere beyond an edge it stops at the edge, as a hand's does.
    seq += 1;
    runtime.block_on(sharing.point(seq, 5000, 500, 0)).unwrap();
    wait_for(10, "the pointer at the other edge", || {
        runtime.block_on(sharing.take(Duration::from_millis(200))).unwrap();
        (hands.pointer().ok()? == (1023, 500)).then_some(())
    })
    .unwrap();
}
