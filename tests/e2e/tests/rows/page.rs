//! A customer's page on a portal, by hand: it asks, hears what becomes of the question, and opens the code that is sealed to it.
//!
//! Without a browser. What browsers make of the real page is tested elsewhere.

use crate::http::Exchange;
use lotse_e2e::{Result, Stage, base64};
use lotse_protocol::question::{PAGE_KEY_BYTES, SEAL_INFO, SEALED_CODE_BYTES};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// Only a broken program takes longer over an answer.
const PATIENCE: Duration = Duration::from_secs(90);

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
        let page_key = base64::encode(&public, base64::FOR_URLS);
        let body = json!({ "name": name, "text": text, "page_key": page_key, "system": "Debian 12" });
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
        let sealed = event["sealed"].as_str().ok_or("no sealed code")?;
        let sealed = base64::decode(sealed, base64::FOR_URLS).ok_or("no base64url")?;
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
    // Whose question it is says a cookie.
    let cookies: Vec<&str> = asked.all("set-cookie").filter_map(|cookie| cookie.split(';').next()).collect();
    let path = format!("GET /p/{slug}/news");
    let headers = format!("Accept: text/event-stream\r\nCookie: {}\r\n", cookies.join("; "));
    let exchange = Exchange::begin(url, &path, &headers, "").await?;
    if exchange.status != 200 {
        return Err(format!("no news of the question: {}", exchange.status).into());
    }
    Ok((question, News { exchange }))
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
            let body = self.exchange.body()?;
            if let Some(at) = body.windows(2).position(|two| two == b"\n\n") {
                let event = String::from_utf8(body.drain(..at + 2).collect())?;
                let data: String = event.lines().filter_map(|line| line.strip_prefix("data:")).collect();
                // Others only keep the connection.
                if !data.is_empty() {
                    return Ok(serde_json::from_str(data.trim())?);
                }
            } else if !self.exchange.more().await? {
                return Err("the portal tells no more of the question".into());
            }
        }
    }
}
