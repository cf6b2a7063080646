//! Either side's half of the file transfer by hand, towards the other side's real program: it offers as the plugin's half does, and
//! puts onto a batch's stream whatever a test wants.

use crate::ALL;
use crate::files::{FILES, answer, expect};
use crate::hand_made::{self, End, PATIENCE, Rep};
use crate::hand_made_chat::{self, Talk, given_up, message, put_text, version_in};
use crate::other_ends::framed;
use lotse_e2e::{CustomerOptions, Display, Program, Result, Stage, wait_for};
use lotse_protocol::peer::{self, PeerMessage};
use lotse_transport::{Class, Incoming, RecvStream, SendStream};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Runtime;
use tokio::time::timeout;

const HELLO: u8 = 0;
const OFFER: u8 = 1;
const ACCEPT: u8 = 2;
pub const REFUSE: u8 = 3;
const AGAIN: u8 = 7;
/// What a receiver says of a batch as small as these is shorter.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// What people are told of a batch that lied.
pub const NONSENSE: &str = "Stopped: what the other side sent makes no sense. Nothing of it was kept.";

/// Frames of a batch's stream: what they are in one byte, their length in four, their numbers least significant byte first.
pub mod frames {
    /// Everything is under its final name.
    pub const KEPT: [u8; 5] = [17, 0, 0, 0, 0];
    /// Ended by the receiver, to whom it makes no sense.
    pub const STOPPED: [u8; 6] = [33, 1, 0, 0, 0, 6];
    pub const CONTENT: &[u8] = b"abc";
    /// The BLAKE3 hash of that.
    const CONTENT_HASH: [u8; 32] = [
        0x64, 0x37, 0xb3, 0xac, 0x38, 0x46, 0x51, 0x33, 0xff, 0xb6, 0x3b, 0x75, 0x27, 0x3a, 0x8d, 0xb5, 0x48, 0xc5,
        0x58, 0x46, 0x5d, 0x79, 0xdb, 0x03, 0xfd, 0x35, 0x9c, 0x6c, 0xd5, 0xbd, 0x9d, 0x85,
    ];

    /// What a batch is known by: one of its own for each name.
    pub fn batch(name: &str) -> [u8; 16] {
        let mut batch = [0xb4; 16];
        batch.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
        batch
    }

    pub fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut frame = vec![kind];
        frame.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
        frame.extend(body);
        frame
    }

    /// `version` of these frames; ours is 1.
    pub fn offer(version: u8, batch: [u8; 16], entries: u32, bytes: u64) -> Vec<u8> {
        let mut body = vec![version];
        body.extend(batch);
        body.extend(entries.to_le_bytes());
        body.extend(bytes.to_le_bytes());
        // So much room it takes on the sender's own disk.
        body.extend(bytes.to_le_bytes());
        frame(1, &body)
    }

    /// Of each entry its path, its bytes, and whether it is a folder.
    pub fn table(entries: &[(&str, u64, bool)]) -> Vec<u8> {
        let mut body = Vec::new();
        for (path, bytes, folder) in entries {
            body.push(u8::from(*folder));
            body.extend(bytes.to_le_bytes());
            // A time of change, in seconds and nanoseconds.
            body.extend([0; 12]);
            body.extend(u16::try_from(path.len()).unwrap().to_le_bytes());
            body.extend(path.as_bytes());
        }
        frame(2, &body)
    }

    pub fn file(index: u32, offset: u64) -> Vec<u8> {
        let mut body = index.to_le_bytes().to_vec();
        body.extend(offset.to_le_bytes());
        frame(3, &body)
    }

    pub fn data(bytes: &[u8]) -> Vec<u8> {
        frame(4, bytes)
    }

    pub fn zeros(count: u32) -> Vec<u8> {
        frame(5, &count.to_le_bytes())
    }

    pub fn sum(hash: [u8; 32]) -> Vec<u8> {
        frame(6, &hash)
    }

    /// What follows behind all of the content.
    pub fn end_of_content() -> Vec<u8> {
        [sum(CONTENT_HASH), done()].concat()
    }

    pub fn done() -> Vec<u8> {
        frame(7, &[])
    }

    /// One file is announced, and nothing of it is there.
    pub fn announced(batch: [u8; 16], path: &str, bytes: u64) -> Vec<u8> {
        [offer(1, batch, 1, bytes), table(&[(path, bytes, false)])].concat()
    }

    /// And its bytes are to follow.
    pub fn begun(batch: [u8; 16], path: &str, bytes: u64) -> Vec<u8> {
        [announced(batch, path, bytes), file(0, 0)].concat()
    }
}

/// What is offered, as people are told.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    pub name: &'a str,
    pub files: u32,
    pub folders: u32,
    pub bytes: u64,
}

impl<'a> Facts<'a> {
    pub fn file(name: &'a str, bytes: u64) -> Self {
        Self { name, files: 1, folders: 0, bytes }
    }
}

/// A relay; programs say on their standard error how each transfer ended.
pub fn stage() -> Stage {
    let mut stage = Stage::start().unwrap();
    stage.environment = vec![("LOTSE_LOG".to_owned(), "info".to_owned())];
    stage
}

/// The stream on which the halves agree.
struct Half {
    plugin: u8,
    send: SendStream,
    recv: RecvStream,
    /// The other half's.
    version: u8,
}

impl Half {
    /// Opens it, and hears the greeting.
    async fn open(end: &End) -> Result<Self> {
        let plugin = end.number_of(FILES)?;
        let (send, mut recv) = end.open(plugin, "control").await?;
        let version = version_in(&message(&mut recv).await?)?;
        Ok(Self { plugin, send, recv, version })
    }

    /// A customer's half waits for it, and greets.
    async fn called(end: &mut End) -> Result<Self> {
        let plugin = end.number_of(FILES)?;
        let Incoming { send, mut recv, .. } = end.accept(plugin, "control").await?;
        let version = version_in(&message(&mut recv).await?)?;
        let mut half = Self { plugin, send, recv, version };
        half.say(&[HELLO, version]).await?;
        Ok(half)
    }

    async fn say(&mut self, message: &[u8]) -> Result<()> {
        Ok(self.send.write_all(&framed(message)).await?)
    }

    /// What the other half says of this kind about this transfer, behind both.
    async fn hear(&mut self, kind: u8, id: u64) -> Result<Vec<u8>> {
        let mut wanted = vec![kind];
        wanted.extend(id.to_be_bytes());
        loop {
            let heard = message(&mut self.recv).await?;
            if let Some(rest) = heard.strip_prefix(wanted.as_slice()) {
                return Ok(rest.to_vec());
            }
        }
    }
}

async fn meet(rep: Rep) -> Result<(End, Talk, Half)> {
    let mut end = rep.meet().await?;
    end.greet(peer::VERSION).await?;
    end.hear(|message| (message == PeerMessage::Accepted).then_some(())).await?;
    let talk = Talk::open(&end, 0).await?;
    let mut half = Half::open(&end).await?;
    half.say(&[HELLO, half.version]).await?;
    Ok((end, talk, half))
}

/// A customer by hand joins a rep's real program.
async fn join(url: &str, code: &str) -> Result<(End, Talk, Half)> {
    let mut end = hand_made::customer(url, code).await?;
    end.greet(peer::VERSION).await?;
    end.say(&PeerMessage::Accepted).await?;
    let talk = Talk::called(&mut end).await?;
    let half = Half::called(&mut end).await?;
    Ok((end, talk, half))
}

async fn open_for(end: &End, plugin: u8, id: u64) -> Result<(SendStream, RecvStream)> {
    end.open_as(Class::Bulk, plugin, &format!("files-{id:016x}")).await
}

/// The receiver's words to the end of its stream.
pub async fn last_words(recv: &mut RecvStream) -> Result<Vec<u8>> {
    Ok(timeout(PATIENCE, recv.read_to_end(ANSWER_BYTES_MAX)).await??)
}

async fn pour(end: &End, plugin: u8, id: u64, bytes: &[u8]) -> Result<Vec<u8>> {
    let (mut send, mut recv) = open_for(end, plugin, id).await?;
    // The other side's program may want no more before all of it is written, and says why.
    let _ = send.write_all(bytes).await;
    let _ = send.finish();
    last_words(&mut recv).await
}

/// A real program in a session with another side by hand.
pub struct ByHand<'a> {
    pub program: Program,
    talk: Talk,
    half: Half,
    end: End,
    runtime: &'a Runtime,
}

impl<'a> ByHand<'a> {
    /// A rep by hand towards a customer's program. `user`: whose rep it is. `data`: the name of the customer's data folder.
    pub fn start(runtime: &'a Runtime, stage: &Stage, desk: &Display, user: &str, data: &str) -> Self {
        let rep = runtime.block_on(Rep::of(&stage.url, user)).unwrap();
        let options = CustomerOptions { allow: ALL, data, ..CustomerOptions::default() };
        let customer = stage.customer(desk, &rep.code(), &options).unwrap();
        let (end, talk, half) = runtime
            .block_on(meet(rep))
            .unwrap_or_else(|problem| panic!("{problem}\nthe customer's program: {}", customer.errors()));
        Self { program: customer, talk, half, end, runtime }
    }

    /// A customer by hand towards a rep's program that has made this code.
    pub fn of_customer(runtime: &'a Runtime, stage: &Stage, rep: Program, code: &str) -> Self {
        let (end, talk, half) = runtime
            .block_on(join(&stage.url, code))
            .unwrap_or_else(|problem| panic!("{problem}\nthe rep's program: {}", rep.errors()));
        rep.expect_state("active", 30).unwrap();
        Self { program: rep, talk, half, end, runtime }
    }

    /// The chat goes both ways, and the session was never away.
    pub fn goes_on(&mut self, words: &str) {
        hand_made_chat::say_and_hear(self.runtime, &mut self.talk, &mut self.program, words);
        assert_eq!(self.program.state().as_deref(), Some("active"));
        let events = self.program.events();
        assert!(!events.iter().any(|event| event["state"] == "lost" || event["event"] == "ended"), "{events:?}");
    }

    /// Offers something, under a number that no other transfer has. `place`: what would stand for a place there.
    pub fn offers(&mut self, facts: Facts<'_>, place: &str) -> u64 {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let Facts { name, files, folders, bytes } = facts;
        let id = NUMBERS.fetch_add(1, Ordering::Relaxed);
        let mut offer = vec![OFFER];
        offer.extend(id.to_be_bytes());
        put_text(&mut offer, name);
        offer.extend(files.to_be_bytes());
        offer.extend(folders.to_be_bytes());
        offer.extend(bytes.to_be_bytes());
        put_text(&mut offer, "our own");
        put_text(&mut offer, place);
        self.runtime.block_on(self.half.say(&offer)).unwrap();
        id
    }

    pub fn hears(&mut self, kind: u8, id: u64) -> Vec<u8> {
        self.runtime.block_on(self.half.hear(kind, id)).unwrap()
    }

    /// Offers something to which the person at the program agrees: its number, and what stands for the place.
    pub fn agreed(&mut self, facts: Facts<'_>, place: &Path) -> (u64, String) {
        let mark = self.program.mark();
        let id = self.offers(facts, "");
        answer(&mut self.program, mark, Some(place));
        let token = self.hears(ACCEPT, id);
        (id, String::from_utf8(token[2..].to_vec()).unwrap())
    }

    /// Opens a transfer's stream and says the beginning of it, no more.
    pub fn begins(&self, id: u64, bytes: &[u8]) -> (SendStream, RecvStream) {
        let (mut send, recv) = self.runtime.block_on(open_for(&self.end, self.half.plugin, id)).unwrap();
        self.runtime.block_on(send.write_all(bytes)).unwrap();
        (send, recv)
    }

    /// Says this on a transfer's stream, and no more: what the program says there until it has no more to say either.
    pub fn pours(&self, id: u64, bytes: &[u8]) -> Result<Vec<u8>> {
        self.runtime.block_on(pour(&self.end, self.half.plugin, id, bytes))
    }

    /// An honest file arrives.
    pub fn sends_whole(&mut self, name: &str, place: &Path) {
        let bytes = frames::CONTENT.len() as u64;
        let (id, _) = self.agreed(Facts::file(name, bytes), place);
        let content = [frames::data(frames::CONTENT), frames::end_of_content()].concat();
        let said = self.pours(id, &[frames::begun(frames::batch(name), name, bytes), content].concat()).unwrap();
        assert!(said.ends_with(&frames::KEPT), "{said:?}");
        expect(&self.program, name, "Received into");
        assert_eq!(fs::read(place.join(name)).unwrap(), frames::CONTENT);
    }

    /// The row of this label says that it made no sense, and what was said behind `since` on standard error why: in one of
    /// these ways.
    pub fn expect_nonsense(&self, label: &str, since: usize, why: &[&str]) {
        expect(&self.program, label, NONSENSE);
        let named = || {
            let errors = self.program.errors();
            let said = errors.get(since..)?;
            why.iter().any(|why| said.contains(&format!("a transfer ended (wrong): {why}"))).then_some(())
        };
        wait_for(20, label, named).unwrap_or_else(|problem| panic!("{problem}\n{}", self.program.errors()));
    }

    /// A half of another version takes the place of the chat's: how it is given up. Then one of ours comes back.
    pub fn newer_chat(&mut self) -> String {
        let (refused, talk) = self.runtime.block_on(newer_chat(&self.end)).unwrap();
        self.talk = talk;
        refused
    }

    /// The same of the file transfer's; none comes back.
    pub fn newer_half(&self) -> String {
        self.runtime.block_on(newer_half(&self.end)).unwrap()
    }

    /// Whether the program's half still greets one of ours that opens the stream anew.
    pub fn is_greeted_again(&self) -> bool {
        self.runtime.block_on(Half::open(&self.end)).is_ok()
    }

    /// Would have a transfer tried again that this session knows nothing of, more often than that happens by itself: how the
    /// stream is given up.
    pub fn insists_on(&mut self, id: u64) -> String {
        self.runtime.block_on(insist(&mut self.half, id))
    }
}

async fn newer_chat(end: &End) -> Result<(String, Talk)> {
    let mut newer = Talk::open(end, 1).await?;
    let refused = given_up(&mut newer.recv).await;
    Ok((refused, Talk::open(end, 0).await?))
}

async fn newer_half(end: &End) -> Result<String> {
    let mut newer = Half::open(end).await?;
    newer.say(&[HELLO, newer.version + 1]).await?;
    Ok(given_up(&mut newer.recv).await)
}

async fn insist(half: &mut Half, id: u64) -> String {
    let mut again = vec![AGAIN];
    again.extend(id.to_be_bytes());
    for _ in 0..100 {
        // It may be given up before the last of them.
        let _ = half.say(&again).await;
    }
    given_up(&mut half.recv).await
}
