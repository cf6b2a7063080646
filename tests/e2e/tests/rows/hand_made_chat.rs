//! The chat's half by hand, on either side: what shows that a session goes on, whatever else was said in it.

use crate::hand_made::{End, PATIENCE};
use crate::other_ends::framed;
use lotse_e2e::{Program, Result};
use lotse_transport::{Incoming, RecvStream, SendStream};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Runtime;
use tokio::time::timeout;

const CHAT: &str = "lotse.chat";
const LABEL: &str = "chat";
const HELLO: u8 = 0;
const ENTRY: u8 = 1;
const RECEIVED: u8 = 2;

/// The next message of a plugin's half, without the length before it.
pub async fn message(recv: &mut RecvStream) -> Result<Vec<u8>> {
    timeout(PATIENCE, read(recv)).await.map_err(|_| "the other half does not say what was waited for")?
}

async fn read(recv: &mut RecvStream) -> Result<Vec<u8>> {
    let mut length = [0; 4];
    recv.read_exact(&mut length).await?;
    let mut message = vec![0; usize::try_from(u32::from_be_bytes(length))?];
    recv.read_exact(&mut message).await?;
    Ok(message)
}

/// Waits until the other half gives the stream up, and how it says so.
pub async fn given_up(recv: &mut RecvStream) -> String {
    loop {
        if let Err(problem) = message(recv).await {
            return problem.to_string();
        }
    }
}

/// Of a greeting that was heard.
pub fn version_in(hello: &[u8]) -> Result<u8> {
    match hello {
        [HELLO, version, ..] => Ok(*version),
        _ => Err("that is no greeting".into()),
    }
}

/// A text as plugins write it: its length in two bytes before it.
pub fn put_text(message: &mut Vec<u8>, text: &str) {
    message.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
    message.extend(text.as_bytes());
}

/// A half that has greeted and was greeted.
pub struct Talk {
    send: SendStream,
    pub recv: RecvStream,
    /// Whose it is.
    rep: bool,
}

impl Talk {
    /// A rep's half opens the stream. `newer`: by how many versions than the other half.
    pub async fn open(end: &End, newer: u8) -> Result<Self> {
        let (send, recv) = end.open(end.number_of(CHAT)?, LABEL).await?;
        Self::greet(send, recv, true, newer).await
    }

    /// A customer's half waits for it.
    pub async fn called(end: &mut End) -> Result<Self> {
        let number = end.number_of(CHAT)?;
        let Incoming { send, recv, .. } = end.accept(number, LABEL).await?;
        Self::greet(send, recv, false, 0).await
    }

    async fn greet(mut send: SendStream, mut recv: RecvStream, rep: bool, newer: u8) -> Result<Self> {
        let version = version_in(&message(&mut recv).await?)?;
        // A clock that stands still, and nothing that was said before.
        let mut hello = vec![HELLO, version + newer];
        hello.extend([0; 8]);
        send.write_all(&framed(&hello)).await?;
        Ok(Self { send, recv, rep })
    }

    /// Writes something, and waits until the other half has it.
    pub async fn say(&mut self, words: &str) -> Result<()> {
        static SAID: AtomicU64 = AtomicU64::new(1);
        let id = u128::from(SAID.fetch_add(1, Ordering::Relaxed)).to_be_bytes();
        let mut entry = vec![ENTRY];
        entry.extend(id);
        entry.push(u8::from(self.rep));
        entry.extend([0; 8]);
        put_text(&mut entry, "By hand");
        put_text(&mut entry, words);
        self.send.write_all(&framed(&entry)).await?;
        let mut received = vec![RECEIVED];
        received.extend(id);
        while message(&mut self.recv).await? != received {}
        Ok(())
    }

    /// Waits until the other half says this.
    async fn hear(&mut self, words: &str) -> Result<()> {
        loop {
            let heard = message(&mut self.recv).await?;
            if heard.first() == Some(&ENTRY) && heard.ends_with(words.as_bytes()) {
                return Ok(());
            }
        }
    }
}

/// From here to the real program and back.
pub fn say_and_hear(runtime: &Runtime, talk: &mut Talk, program: &mut Program, words: &str) {
    runtime.block_on(talk.say(words)).unwrap();
    program.expect_node("chat", 20, |node| node["body"] == words).unwrap();
    let answer = format!("{words}, too");
    program.act(CHAT, "say", json!({ "text": answer })).unwrap();
    runtime.block_on(talk.hear(&answer)).unwrap();
}
