//! A customer's page on a portal, by hand: it asks, hears what becomes of the question, and opens the code that is sealed to it.
//!
//! HTTP/1.1 over TLS, without a browser. What browsers make of the real page is tested elsewhere.

use crate::dial::{Tls, address, tls};
use lotse_e2e::{Result, Stage};
use lotse_protocol::question::{PAGE_KEY_BYTES, SEAL_INFO, SEALED_CODE_BYTES};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// Only a broken program takes longer over an answer.
const PATIENCE: Duration = Duration::from_secs(90);
/// Pages and events are far smaller.
const BYTES_MAX: usize = 1 << 20;

/// A question that somebody has asked and waits for.
pub struct Page {
    runtime: Runtime,
    news: News,
    /// Its name, 32 hexadecimal digits.
    pub question: String,
    public: Vec<u8>,
    /// Opens one code.
    private: Option<EphemeralPrivateKey>,
}

impl Page {
    /// Asks on the portal with this slug.
    pub fn ask(stage: &Stage, slug: &str, name: &str, text: &str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let private = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).map_err(|_| "no key")?;
        let public = private.compute_public_key().map_err(|_| "no point")?.as_ref().to_vec();
        let body = json!({ "name": name, "text": text, "page_key": encode(&public), "system": "Debian 12" });
        let (question, news) = runtime.block_on(asked_in_time(&stage.url, slug, &body))?;
        Ok(Self { runtime, news, question, public, private: Some(private) })
    }

    /// Waits until the question is in this state (`waiting`, `taken`, `code`, `running`, `ended`); what is told besides is
    /// passed over.
    pub fn expect(&mut self, state: &str) -> Result<Value> {
        self.runtime.block_on(self.news.until(state))
    }

    /// Opens the code of such an event. A page by hand opens one and no more.
    pub fn open(&mut self, event: &Value) -> Result<String> {
        let sealed = decode(event["sealed"].as_str().ok_or("no sealed code")?).ok_or("no base64url")?;
        if sealed.len() != SEALED_CODE_BYTES {
            return Err(format!("a sealed code of {} bytes", sealed.len()).into());
        }
        let private = self.private.take().ok_or("it was used for another code")?;
        let (point, secret) = sealed.split_at(PAGE_KEY_BYTES);
        let info = [SEAL_INFO, self.public.as_slice(), point];
        let key = agree_ephemeral(private, &UnparsedPublicKey::new(&ECDH_P256, point), |shared| {
            let derived = Salt::new(HKDF_SHA256, &[]).extract(shared);
            derived.expand(&info, &AES_256_GCM).map(|key| LessSafeKey::new(UnboundKey::from(key)))
        });
        let key = key.flatten().map_err(|_| "the rep's point makes no sense")?;
        let mut secret = secret.to_vec();
        let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
        let digits =
            key.open_in_place(nonce, Aad::empty(), &mut secret).map_err(|_| "it is sealed to somebody else")?;
        Ok(std::str::from_utf8(digits)?.to_owned())
    }
}

async fn asked_in_time(url: &str, slug: &str, body: &Value) -> Result<(String, News)> {
    timeout(PATIENCE, asked(url, slug, body)).await.map_err(|_| "the portal does not answer")?
}

/// Asks, and begins to follow the question.
async fn asked(url: &str, slug: &str, body: &Value) -> Result<(String, News)> {
    let body = body.to_string();
    let headers = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    let mut asked = Exchange::begin(url, &format!("POST /p/{slug}/ask"), &headers, &body).await?;
    let answer = asked.whole().await?;
    if asked.status != 201 && asked.status != 200 {
        return Err(format!("the portal answers {}: {answer}", asked.status).into());
    }
    let answer: Value = serde_json::from_str(&answer)?;
    let question = answer["question"].as_str().ok_or("the question has no name")?.to_owned();
    // Whose question it is says a cookie, or what stands in the address.
    let cookies: Vec<&str> = asked.all("set-cookie").filter_map(|cookie| cookie.split(';').next()).collect();
    let token = answer["token"].as_str().unwrap_or_default();
    let path = format!("GET /p/{slug}/news?question={question}&token={token}");
    let headers = format!("Accept: text/event-stream\r\nCookie: {}\r\n", cookies.join("; "));
    let exchange = Exchange::begin(url, &path, &headers, "").await?;
    if exchange.status != 200 {
        return Err(format!("no news of the question: {}", exchange.status).into());
    }
    Ok((question, News { exchange }))
}

/// A request, and its answer as it comes.
struct Exchange {
    stream: Tls,
    status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    /// Came and is not taken apart yet.
    raw: Vec<u8>,
    body: Vec<u8>,
    over: bool,
}

impl Exchange {
    async fn begin(url: &str, line: &str, headers: &str, body: &str) -> Result<Self> {
        let mut stream = tls(url).await?;
        let host = address(url)?;
        stream.write_all(format!("{line} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n{body}").as_bytes()).await?;
        stream.flush().await?;
        let mut raw = Vec::new();
        let end = loop {
            if let Some(at) = raw.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            read(&mut stream, &mut raw).await?;
        };
        let head = String::from_utf8(raw.drain(..end + 4).collect())?;
        let mut lines = head.lines();
        let status: u16 = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or("no status")?.parse()?;
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_lowercase(), value.trim().to_owned()))
        };
        let headers = lines.filter_map(header).collect();
        Ok(Self { stream, status, headers, raw, body: Vec::new(), over: false })
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.as_str())
    }

    /// Moves what has come into the body. True: something did.
    fn take_apart(&mut self) -> Result<bool> {
        if self.all("transfer-encoding").next() != Some("chunked") {
            let came = !self.raw.is_empty();
            self.body.append(&mut self.raw);
            return Ok(came);
        }
        let mut came = false;
        while let Some(at) = self.raw.windows(2).position(|two| two == b"\r\n") {
            let size = usize::from_str_radix(std::str::from_utf8(&self.raw[..at])?.trim(), 16)?;
            if self.raw.len() < at + 2 + size + 2 {
                break;
            }
            self.body.extend_from_slice(&self.raw[at + 2..at + 2 + size]);
            self.raw.drain(..at + 2 + size + 2);
            self.over |= size == 0;
            came = true;
        }
        Ok(came)
    }

    /// The whole body of an answer that ends.
    async fn whole(&mut self) -> Result<String> {
        let length: Option<usize> = self.all("content-length").next().and_then(|length| length.parse().ok());
        loop {
            self.take_apart()?;
            if self.over || length.is_some_and(|length| self.body.len() >= length) {
                return Ok(String::from_utf8(std::mem::take(&mut self.body))?);
            }
            read(&mut self.stream, &mut self.raw).await?;
        }
    }
}

async fn read(stream: &mut Tls, into: &mut Vec<u8>) -> Result<()> {
    let mut piece = [0; 4096];
    let count = stream.read(&mut piece).await?;
    if count == 0 || into.len() > BYTES_MAX {
        return Err("the portal has hung up, or says too much".into());
    }
    into.extend_from_slice(&piece[..count]);
    Ok(())
}

/// Server-sent events of a question.
struct News {
    exchange: Exchange,
}

impl News {
    async fn until(&mut self, state: &str) -> Result<Value> {
        let mut told = Vec::new();
        let found = timeout(PATIENCE, self.pass_over(state, &mut told)).await;
        found.map_err(|_| format!("the page is never told \u{201c}{state}\u{201d}, but {told:?}"))?
    }

    async fn pass_over(&mut self, state: &str, told: &mut Vec<Value>) -> Result<Value> {
        loop {
            let event = self.next().await?;
            if event["state"] == state {
                return Ok(event);
            }
            told.push(event);
        }
    }

    /// The next event's data.
    async fn next(&mut self) -> Result<Value> {
        loop {
            self.exchange.take_apart()?;
            let body = &mut self.exchange.body;
            if let Some(at) = body.windows(2).position(|two| two == b"\n\n") {
                let event = String::from_utf8(body.drain(..at + 2).collect())?;
                let data: String = event.lines().filter_map(|line| line.strip_prefix("data:")).collect();
                // Others only keep the connection.
                if !data.is_empty() {
                    return Ok(serde_json::from_str(data.trim())?);
                }
            } else if self.exchange.over {
                return Err("the portal tells no more of the question".into());
            } else {
                read(&mut self.exchange.stream, &mut self.exchange.raw).await?;
            }
        }
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64url without padding.
fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..=three.len() {
            text.push(char::from(ALPHABET[((bits >> (18 - 6 * at)) & 63) as usize]));
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for character in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == character)?;
        bits = (bits << 6) | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(((bits >> count) & 0xff) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

#[test]
fn base64url_reads_back() {
    for length in 0..100_u8 {
        let bytes: Vec<u8> = (0..length).map(|at| at.wrapping_mul(157)).collect();
        assert_eq!(decode(&encode(&bytes)), Some(bytes));
    }
    assert_eq!((encode(&[0xfb, 0xff]).as_str(), decode("a+b")), ("-_8", None));
}
