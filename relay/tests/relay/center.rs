//! The Management Center as a browser meets it: over TLS, with cookies and forms, beside programs.

use super::*;
use crate::program::tls;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// A password that no guesser finds soon.
const CHOSEN: &str = "harbour-Tulip-47-lantern";

pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(of, _)| of.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_else(|| panic!("{} leads nowhere\n{}\n{}", self.status, self.head, self.body))
    }
}

/// Keeps cookies and remembers the token of the last form.
#[derive(Default)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
    form_token: String,
    language: &'static str,
}

impl Browser {
    pub fn request(&self, method: &str, path: &str, more: &str, length: usize) -> String {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let language = if self.language.is_empty() { "en" } else { self.language };
        format!(
            "{method} {path} HTTP/1.1\r\nHost: relay.invalid\r\nConnection: close\r\nAccept: text/html\r\n\
             Accept-Language: {language}\r\nCookie: {}\r\nContent-Length: {length}\r\n{more}\r\n",
            cookies.join("; ")
        )
    }

    async fn send(&mut self, relay: &Relay, request: String) -> Answer {
        let mut stream = open(relay).await;
        // The relay may answer and close before it has read everything.
        let _ = stream.write_all(request.as_bytes()).await;
        self.read(stream).await
    }

    async fn read(&mut self, mut stream: TlsStream<TcpStream>) -> Answer {
        let mut bytes = vec![];
        let read = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut bytes)).await;
        let _ = read.expect("the relay did not answer in time");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = if head.contains("transfer-encoding: chunked") { joined(body) } else { body.to_owned() };
        for cookie in head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        if let Some(token) = body.split("name=\"form-token\" value=\"").nth(1) {
            self.form_token = token.split('"').next().unwrap().into();
        }
        Answer { status, head: head.into(), body }
    }

    pub fn keep(&mut self, cookie: &str, value: &str) {
        self.cookies.insert(cookie.into(), value.into());
    }

    pub async fn get(&mut self, relay: &Relay, path: &str) -> Answer {
        let request = self.request("GET", path, "", 0);
        self.send(relay, request).await
    }

    /// The audit log is written a moment after what it tells.
    pub async fn get_until(&mut self, relay: &Relay, path: &str, text: &str) -> Answer {
        for _ in 0..100 {
            let answer = self.get(relay, path).await;
            if answer.body.contains(text) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{path} never shows {text}");
    }

    pub async fn post(&mut self, relay: &Relay, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = format!("form-token={}", self.form_token);
        for (name, value) in fields {
            body += &format!("&{name}={}", encoded(value));
        }
        let more = "Content-Type: application/x-www-form-urlencoded\r\nOrigin: https://relay.invalid\r\n";
        let request = self.request("POST", path, more, body.len()) + &body;
        self.send(relay, request).await
    }

    /// Loads the page of a form, fills it in, and follows to where that leads.
    pub async fn fill(&mut self, relay: &Relay, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        assert_eq!(self.get(relay, page).await.status, 200, "{page}");
        let answer = self.post(relay, action, fields).await;
        assert_eq!(answer.status, 303, "{action}: {}", answer.body);
        let to = answer.location().to_owned();
        self.get(relay, &to).await
    }

    pub async fn sign_in(&mut self, relay: &Relay, user: &str, password: &str) -> Answer {
        self.get(relay, "/center/sign-in").await;
        self.post(relay, "/center/sign-in", &[("user", user), ("password", password)]).await
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

pub async fn open(relay: &Relay) -> TlsStream<TcpStream> {
    tls(relay.control(), relay.certificate_sha256()).await.unwrap()
}

/// The value behind `before` and up to `after`.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split(before).nth(1).unwrap_or_else(|| panic!("no {before} in\n{text}"));
    rest.split(after).next().unwrap()
}

pub fn once(answer: &Answer) -> String {
    between(&answer.body, "id=\"password\">", "<").to_owned()
}

/// An operator who is signed in, made with the code on the relay's console.
pub async fn operator(relay: &Relay) -> Browser {
    let code = relay.set_up_code().expect("a relay without an operator has a code").0.clone();
    let mut browser = Browser::default();
    let fields = [
        ("code", code.as_str()),
        ("user", "otto@relay.example"),
        ("name", "Otto"),
        ("password", CHOSEN),
        ("again", CHOSEN),
    ];
    browser.fill(relay, "/center/set-up", "/center/set-up", &fields).await;
    assert_eq!(browser.sign_in(relay, "otto@relay.example", CHOSEN).await.location(), "/center");
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_set_up_code_to_a_rep_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(&folder).await;
    let mut otto = operator(&relay).await;
    assert_eq!(otto.get(&relay, "/center").await.location(), "/center/accounts");
    let account = [("name", "Acme"), ("seats", "1"), ("language", "de"), ("time-zone", "Europe/Berlin")];
    let new = otto.fill(&relay, "/center/accounts/new", "/center/accounts", &account).await;
    assert!(new.body.contains("Acme"), "{}", new.body);
    let people = between(&new.body, "<form class=\"card\" method=\"post\" action=\"", "\"").to_owned();
    let manager = [("name", "Anna Berg"), ("user", USER), ("role", "manager")];
    let refused = otto.post(&relay, &people, &manager).await;
    assert!(refused.status == 422 && refused.body.contains("Enter your own password"), "{}", refused.body);
    let manager = [("name", "Anna Berg"), ("user", USER), ("role", "manager"), ("own-password", CHOSEN)];
    let password = once(&otto.post(&relay, &people, &manager).await);

    // The manager chooses a password of her own, and adds a rep.
    let mut anna = Browser::default();
    let asked = anna.sign_in(&relay, USER, &password).await;
    assert!(asked.status == 200 && asked.body.contains("/center/password"), "{}", asked.body);
    let weak = [("user", USER), ("password", password.as_str()), ("new", "password1"), ("again", "password1")];
    assert_eq!(anna.post(&relay, "/center/password", &weak).await.status, 422);
    let chosen = [("user", USER), ("password", password.as_str()), ("new", CHOSEN), ("again", CHOSEN)];
    assert_eq!(anna.post(&relay, "/center/password", &chosen).await.location(), "/center");
    let overview = anna.get(&relay, "/center").await.location().to_owned();
    assert!(anna.get(&relay, &overview).await.body.contains("0 of 1"));
    assert_eq!(anna.get(&relay, "/center/accounts").await.status, 403, "one account is hers");
    anna.get(&relay, &format!("{people}/new")).await;
    let added = anna.post(&relay, &people, &[("name", "Bo <Rep>"), ("user", "bo@acme.example")]).await;
    let password = once(&added);

    // The rep signs in with the console, and is no manager.
    let mut bo = Program::connect(&relay, Side::Rep).await;
    let (user, password) = ("bo@acme.example".to_owned(), Secret(password));
    bo.say(ToRelay::ChangePassword { user, password, new_password: Secret(CHOSEN.into()) }).await;
    assert!(matches!(bo.hear().await, FromRelay::SignedIn { account, .. } if account == "Acme"));
    let refused = Browser::default().sign_in(&relay, "bo@acme.example", CHOSEN).await;
    assert!(refused.status == 403 && refused.body.contains("for managers"), "{}", refused.body);
    let now = anna.get(&relay, &overview).await.body;
    assert!(now.contains("1 of 1") && now.contains("Bo &#60;Rep&#62;"), "{now}");

    // She resets his password: his program is told within two seconds.
    let list = anna.get(&relay, &people).await;
    let bo_page = list.body.split("<a href=\"").filter_map(|rest| rest.split_once("\">"));
    let bo_page = bo_page.filter(|(_, rest)| rest.starts_with("Bo ")).map(|(href, _)| href.to_owned()).next();
    let bo_page = bo_page.expect("he is in the list");
    anna.get(&relay, &bo_page).await;
    let reset = anna.post(&relay, &format!("{bo_page}/password"), &[("own-password", CHOSEN)]).await;
    assert_eq!(reset.status, 200);
    loop {
        if matches!(bo.hear().await, FromRelay::SignInEnded(_)) {
            break;
        }
    }
    // What was done is in the log with who did it.
    let audit = format!("{}?kind=password-reset", people.replace("/people", "/audit"));
    anna.get_until(&relay, &audit, &format!("by {USER}")).await;
    let file = anna.get(&relay, &people.replace("/people", "/audit.csv")).await;
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    // With the columns of `audit list --csv`.
    assert!(file.body.starts_with("id,at (Europe/Berlin),kind,account,rep,user,session,detail\r\n"), "{}", file.body);
    assert!(file.body.contains(",rep-added,Acme,Bo <Rep>,bo@acme.example,"), "{}", file.body);
    assert!(file.body.contains(",rep-added,") && file.body.contains("by otto@relay.example"), "{}", file.body);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_the_operator_without_the_code_and_nobody_is_it_twice() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(config(&folder)).await.unwrap();
    let mut stranger = Browser::default();
    stranger.get(&relay, "/center/set-up").await;
    let fields = [
        ("code", "0000-0000-0000-0000"),
        ("user", "x@x.example"),
        ("name", "X"),
        ("password", CHOSEN),
        ("again", CHOSEN),
    ];
    let wrong = stranger.post(&relay, "/center/set-up", &fields).await;
    assert!(wrong.status == 422 && wrong.body.contains("aria-describedby=\"code-hint code-wrong\""), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"x@x.example\""), "what was typed stays");
    let code = relay.set_up_code().unwrap().0.clone();
    operator(&relay).await;
    let mut late = Browser::default();
    late.get(&relay, "/center/sign-in").await;
    let fields =
        [("code", code.as_str()), ("user", "y@x.example"), ("name", "Y"), ("password", CHOSEN), ("again", CHOSEN)];
    assert_eq!(late.post(&relay, "/center/set-up", &fields).await.status, 403, "the code is used");
    relay.stop().await;
    let relay = Relay::start(config(&folder)).await.unwrap();
    assert!(relay.set_up_code().is_none(), "there is an operator");
    let mut otto = Browser::default();
    assert_eq!(otto.sign_in(&relay, "otto@relay.example", CHOSEN).await.location(), "/center", "the operator lasts");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_from_elsewhere_and_endless_ones_are_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(&folder).await;
    let mut browser = Browser { language: "de", ..Browser::default() };
    browser.get(&relay, "/center/sign-in").await;
    let good = browser.form_token.clone();
    browser.form_token = "0".repeat(64);
    let answer = browser.post(&relay, "/center/sign-in", &[("user", USER)]).await;
    assert!(answer.status == 403 && answer.body.contains("Dieses Formular ist veraltet"), "{}", answer.body);
    browser.form_token = good.clone();
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let elsewhere = format!("{form}Sec-Fetch-Site: cross-site\r\n");
    let body = format!("form-token={good}");
    let request = browser.request("POST", "/center/sign-in", &elsewhere, body.len()) + &body;
    assert_eq!(browser.send(&relay, request).await.status, 403);
    let long = "x".repeat(70 * 1024);
    let request = browser.request("POST", "/center/sign-in", form, long.len()) + &long;
    assert_eq!(browser.send(&relay, request).await.status, 413);
    let request = browser.request("POST", "/center/sign-in", "Content-Type: text/plain\r\n", body.len()) + &body;
    assert_eq!(browser.send(&relay, request).await.status, 400);
    // A form that never comes does not keep others waiting, and is told in the end.
    let mut slow = open(&relay).await;
    slow.write_all(browser.request("POST", "/center/sign-in", form, 1000).as_bytes()).await.unwrap();
    slow.write_all(b"form-token=").await.unwrap();
    assert_eq!(Browser::default().get(&relay, "/center/sign-in").await.status, 200);
    assert_eq!(browser.read(slow).await.status, 408);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_strict_and_the_first_is_small() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(&folder).await;
    let mut browser = Browser::default();
    let page = browser.get(&relay, "/center/sign-in").await;
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("permissions-policy", "camera=()"),
    ] {
        assert!(page.header(name).is_some_and(|value| value.contains(part)), "{name}\n{}", page.head);
    }
    assert!(page.header("strict-transport-security").is_none(), "nobody vouches for this certificate");
    let cookie = page.header("set-cookie").unwrap();
    for part in ["__Host-lotse-form=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let style = between(&page.body, "rel=\"stylesheet\" href=\"", "\"").to_owned();
    let style = browser.get(&relay, &style).await;
    assert!(style.header("cache-control").is_some_and(|keep| keep.contains("immutable")));
    assert!(page.body.len() + style.body.len() < 60_000 && !page.body.contains("<script"));
    assert!(page.body.contains("<html lang=\"en\">"));
    let german = browser.get(&relay, "/center/sign-in?lang=de").await;
    assert!(german.body.contains("<html lang=\"de\">") && german.body.contains("Anmelden"));
    assert!(browser.get(&relay, "/center/sign-in").await.body.contains("<html lang=\"de\">"), "the choice is kept");
    let missing = browser.get(&relay, "/center/nothing").await;
    assert!(missing.status == 404 && missing.body.contains("Diese Seite gibt es nicht"), "{}", missing.body);
    assert_eq!(browser.get(&relay, "/center").await.location(), "/center/sign-in");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overview_keeps_itself_up_to_date_and_ends_with_the_relay() {
    let folder = folder().await;
    command(&folder, &["rep", "set", "--user", USER, "--role", "manager"]).await;
    let relay = relay(&folder).await;
    let mut anna = Browser::default();
    assert_eq!(anna.sign_in(&relay, USER, PASSWORD).await.location(), "/center");
    let overview = anna.get(&relay, "/center").await.location().to_owned();
    let page = anna.get(&relay, &overview).await;
    let href = between(&page.body, "data-live=\"", "\"").to_owned();
    let mut stream = open(&relay).await;
    stream.write_all(anna.request("GET", &href, "", 0).as_bytes()).await.unwrap();
    until(&mut stream, "Nobody is signed in").await;
    let (_rep, _) = rep(&relay).await;
    until(&mut stream, "Anna Berg").await;
    let ended = tokio::spawn(async move { stream.read_to_end(&mut vec![]).await.is_ok() });
    // Well before connections are cut.
    let stopped = tokio::time::timeout(Duration::from_secs(20), relay.stop()).await;
    assert!(stopped.is_ok());
    let _ = ended.await.unwrap();
}

/// A body that came in chunks, each behind its length.
fn joined(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((length, rest)) = chunks.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).expect("a chunk's length");
        let (chunk, rest) = rest.split_at(length);
        body += chunk;
        chunks = rest.strip_prefix("\r\n").unwrap_or(rest);
    }
    body
}

/// Reads until `text` has come.
pub async fn until(stream: &mut TlsStream<TcpStream>, text: &str) {
    let mut read = String::new();
    let look = async {
        let mut bytes = [0; 4096];
        while !read.contains(text) {
            let count = stream.read(&mut bytes).await.unwrap();
            assert!(count > 0, "the stream is over:\n{read}");
            read += &String::from_utf8_lossy(&bytes[..count]);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), look).await.expect("it was not told");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_at_the_pages_is_slowed() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let mut guesser = Browser::default();
    for _ in 0..40 {
        let answer = guesser.sign_in(&relay, USER, "wrong guess").await;
        if answer.status == 429 {
            assert!(answer.header("retry-after").is_some());
            assert!(answer.body.contains(&format!("value=\"{USER}\"")), "what was typed stays");
            return relay.stop().await;
        }
        assert_eq!(answer.status, 403);
    }
    panic!("nobody was slowed");
}
