//! C1 · C4 · The customer's pages as browsers meet them: over real TLS, from a relay with a portal and a rep.

use super::*;
use crate::program::tls;
use lotse_protocol::question::{Availability, OfferEnd, QuestionId, SEALED_CODE_BYTES};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// Until then something must have happened.
const SOON: Duration = Duration::from_secs(20);
const JSON: (&str, &str) = ("Content-Type", "application/json");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const PROGRAM: &str = "lotse-customer-linux-x86_64";

/// What the relay answers.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The first of this name; empty: there is none.
    fn header(&self, name: &str) -> &str {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(of, _)| of.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }

    /// The cookies that it sets, as a browser sends them back.
    fn cookies(&self) -> String {
        let set = self.head.lines().filter_map(|line| line.split_once(": "));
        let set = set.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        set.map(|(_, value)| value.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
    }
}

async fn connect(relay: &Relay, request: &str) -> TlsStream<TcpStream> {
    let mut stream = tls(relay.control(), relay.certificate_sha256()).await.unwrap();
    // A relay that has heard enough closes before all is sent.
    let _ = stream.write_all(request.as_bytes()).await;
    let _ = stream.flush().await;
    stream
}

fn request(what: &str, headers: &[(&str, &str)], body: &str) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    format!("{what} HTTP/1.1\r\nHost: relay.example\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
}

async fn send(relay: &Relay, what: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers = [&[("Connection", "close")][..], headers].concat();
    let mut stream = connect(relay, &request(what, &headers, body)).await;
    let mut bytes = vec![];
    let _ = tokio::time::timeout(SOON, stream.read_to_end(&mut bytes)).await.expect("the relay did not close");
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("no head");
    let head = String::from_utf8(bytes[..at].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: bytes[at + 4..].to_vec() }
}

async fn get(relay: &Relay, path: &str, headers: &[(&str, &str)]) -> Answer {
    send(relay, &format!("GET {path}"), headers, "").await
}

/// Server-sent events as they come.
struct Events {
    stream: TlsStream<TcpStream>,
    heard: String,
}

impl Events {
    async fn open(relay: &Relay, path: &str, headers: &[(&str, &str)]) -> Self {
        let stream = connect(relay, &request(&format!("GET {path}"), headers, "")).await;
        Self { stream, heard: String::new() }
    }

    async fn next(&mut self) -> Value {
        let heard = async {
            loop {
                if let Some((_, rest)) = self.heard.split_once("data: ")
                    && let Some((event, rest)) = rest.split_once('\n')
                {
                    let event = serde_json::from_str(event).unwrap();
                    self.heard = rest.to_owned();
                    return event;
                }
                let mut piece = [0; 4096];
                let count = self.stream.read(&mut piece).await.unwrap();
                assert!(count > 0, "the stream ended after {}", self.heard);
                self.heard.push_str(std::str::from_utf8(&piece[..count]).unwrap());
            }
        };
        tokio::time::timeout(SOON, heard).await.expect("no event")
    }

    /// The next for which `is` holds.
    async fn until(&mut self, is: impl Fn(&Value) -> bool) -> Value {
        loop {
            let event = self.next().await;
            if is(&event) {
                return event;
            }
        }
    }
}

/// A relay with the portal `acme` of Anna's account.
async fn with_portal() -> (TempDir, Relay) {
    let folder = folder().await;
    command(&folder, &["portal", "add", "--account", "Acme", "--slug", "acme", "--name", "Acme Support"]).await;
    let relay = relay(&folder).await;
    (folder, relay)
}

/// Anna, who takes questions.
async fn ready_rep(relay: &Relay) -> Program {
    let (mut rep, _) = rep(relay).await;
    rep.say(ToRelay::Availability(Availability::default())).await;
    let mut status = Events::open(relay, "/p/acme/status", &[]).await;
    status.until(|event| event["reps"] == 1).await;
    rep
}

/// What `hear` gives first that `is` takes.
async fn hear<T>(rep: &mut Program, is: impl Fn(FromRelay) -> Option<T>) -> T {
    loop {
        if let Some(found) = is(rep.hear().await) {
            return found;
        }
    }
}

/// The point of a page's key pair, in base64url: any point on the curve will do, such as P-256's own (SEC 2, 2.4.2).
fn page_key() -> String {
    "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU".to_owned()
}

fn question() -> Value {
    json!({ "name": "K. Weber", "text": "It does not print", "page_key": page_key(), "system": "Debian 12" })
}

async fn ask(relay: &Relay, question: &Value) -> Answer {
    send(relay, "POST /p/acme/ask", &[JSON], &question.to_string()).await
}

fn question_id(answer: &Answer) -> QuestionId {
    let digits = answer.json()["question"].as_str().unwrap().to_owned();
    let bytes: Vec<u8> = (0..16).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap()).collect();
    QuestionId(bytes.try_into().unwrap())
}

/// The words in quotes behind `before`, such as the addresses of a page's parts.
fn quoted<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next())
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_the_first_page_is_small_and_needs_one_round_of_requests() {
    let (_folder, relay) = with_portal().await;
    let page = get(&relay, "/p/acme", &[("Accept-Language", "en")]).await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("<html lang=\"en\"") && text.contains("<h1>Acme Support</h1>"), "{text}");
    assert!(text.contains("No rep is available"), "{text}");
    let scripts = quoted(text, "<script type=\"module\" src=\"");
    let links = quoted(text, "<link rel=\"icon\" type=\"image/svg+xml\" href=\"");
    let styles = quoted(text, "<link rel=\"stylesheet\" href=\"");
    let parts: Vec<&str> = scripts.chain(links).chain(styles).collect();
    assert_eq!(parts.len(), 3, "{text}");
    assert_eq!(text.matches("<script").count() + text.matches("<link").count(), 3, "nothing else is loaded");
    assert!(!text.contains("<img") && !text.contains("style=") && !text.contains("http://"), "{text}");
    let mut bytes = page.head.len() + page.body.len();
    for part in parts {
        let part = get(&relay, part, &[]).await;
        assert_eq!(part.status, 200);
        assert!(part.header("cache-control").contains("immutable"), "{}", part.head);
        // What they need comes with the page: there is no second round.
        for more in ["@import", "url(", "import(", "from \""] {
            assert!(!part.text().contains(more), "{more}");
        }
        bytes += part.head.len() + part.body.len();
    }
    assert!(bytes < 60_000, "{bytes}");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_the_page_has_its_headers_and_no_words_of_other_portals() {
    let (_folder, relay) = with_portal().await;
    let page = get(&relay, "/p/acme", &[]).await;
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.header("accept-ch").contains("Sec-CH-UA-Arch"), "{}", page.head);
    let first = get(&relay, "/", &[("Accept-Language", "de")]).await;
    assert_eq!(first.status, 200);
    assert!(first.text().contains("Dies ist ein Lotse-Relay"), "{}", first.text());
    assert!(!first.text().to_lowercase().contains("acme"), "portals are not listed");
    for path in ["/p/other", "/p/a%2fb", "/p/..", "/p/", "/p/acme/x", "/p/%00"] {
        assert_eq!(get(&relay, path, &[]).await.status, 404, "{path}");
    }
    assert_eq!(get(&relay, "/p/ACME", &[]).await.status, 200, "people type capitals");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_the_page_speaks_the_customers_language_and_else_the_portals() {
    let (folder, relay) = with_portal().await;
    relay.stop().await;
    let add = ["portal", "add", "--account", "Acme", "--slug", "hilfe", "--name", "Hilfe", "--language", "de"];
    command(&folder, &add).await;
    let relay = super::relay(&folder).await;
    let (english, german) = ("<html lang=\"en\"", "<html lang=\"de\"");
    let cases: [(&str, &[(&str, &str)], &str); 6] = [
        ("/p/acme", &[], english),
        ("/p/hilfe", &[], german),
        ("/p/hilfe", &[("Accept-Language", "en-GB,en;q=0.9")], english),
        ("/p/acme", &[("Accept-Language", "fr, de;q=0.5")], german),
        ("/p/acme?lang=de", &[("Accept-Language", "en")], german),
        ("/p/hilfe", &[("Cookie", "__Host-lotse-lang=en")], english),
    ];
    for (path, headers, wanted) in cases {
        let page = get(&relay, path, headers).await;
        assert!(page.text().contains(wanted), "{path} {headers:?}");
        for language in ["Deutsch", "English"] {
            assert!(page.text().contains(language), "the other is one click away");
        }
    }
    assert!(get(&relay, "/p/acme?lang=de", &[]).await.cookies().contains("__Host-lotse-lang=de"));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_the_page_hears_by_itself_that_somebody_comes_and_goes() {
    let (_folder, relay) = with_portal().await;
    let mut english = Events::open(&relay, "/p/acme/status", &[]).await;
    let mut german = Events::open(&relay, "/p/acme/status?in=de", &[]).await;
    assert_eq!(english.next().await, json!({ "reps": 0, "words": "No rep is available" }));
    assert_eq!(german.next().await["words"], "Zurzeit ist niemand verfügbar");
    let mut rep = ready_rep(&relay).await;
    assert_eq!(english.next().await, json!({ "reps": 1, "words": "One person is here to help" }));
    assert_eq!(german.next().await["words"], "Eine Person ist für Sie da");
    rep.say(ToRelay::Availability(Availability { ready: false, ..Availability::default() })).await;
    assert_eq!(english.next().await["reps"], 0);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_a_question_is_followed_from_the_queue_to_its_sealed_code() {
    let (_folder, relay) = with_portal().await;
    let mut rep = ready_rep(&relay).await;
    let asked = ask(&relay, &question()).await;
    assert_eq!(asked.status, 201, "{}", asked.text());
    let cookie = asked.cookies();
    assert!(asked.head.contains("HttpOnly") && asked.head.contains("Secure"), "{}", asked.head);
    assert!(!asked.text().contains(cookie.rsplit('.').next().unwrap()), "scripts have no use for the token");

    let mut news = Events::open(&relay, "/p/acme/news", &[("Cookie", cookie.as_str())]).await;
    let first = news.next().await;
    assert_eq!((&first["state"], &first["place"]), (&json!("waiting"), &json!(1)));
    assert_eq!((&first["words"], &first["nobody"]), (&json!("You are next."), &json!(false)));
    let again = get(&relay, "/p/acme", &[("Cookie", cookie.as_str())]).await;
    assert!(again.text().contains("data-view=\"wait\"") && again.text().contains("data-question"), "a reload waits on");

    let question = question_id(&asked);
    rep.say(ToRelay::AnswerQuestion { question }).await;
    let session = hear(&mut rep, |message| match message {
        FromRelay::QuestionAnswered(answered) => {
            assert_eq!((answered.question.name.as_str(), answered.page_key.len()), ("K. Weber", 65));
            Some(answered.session)
        }
        _ => None,
    })
    .await;
    let taken = news.until(|event| event["state"] == "taken").await;
    assert_eq!(taken["words"], "Anna Berg has accepted and is getting ready.");
    rep.say(ToRelay::SealedCode { session, body: vec![4; SEALED_CODE_BYTES] }).await;
    let code = news.until(|event| event["state"] == "code").await;
    assert_eq!(code["sealed"], format!("{}BA", "BAQE".repeat(30)));
    assert!(code["expires_in_s"].as_u64().is_some_and(|left| left > 0), "{code}");

    let left = send(&relay, "POST /p/acme/leave", &[JSON, ("Cookie", cookie.as_str())], "{}").await;
    assert_eq!(left.status, 204);
    assert!(left.head.contains("Max-Age=0"), "the cookie is taken back: {}", left.head);
    relay.stop().await;
}

/// Scar: a second tab replaced the first one's ticket, whose question waited on without a page until it was dropped.
#[tokio::test(flavor = "multi_thread")]
async fn c1_whoever_asks_in_a_second_tab_has_asked_already() {
    let (_folder, relay) = with_portal().await;
    let _rep = ready_rep(&relay).await;
    let first = ask(&relay, &question()).await;
    let cookie = first.cookies();
    let again = [JSON, ("Cookie", cookie.as_str())];
    let second = send(&relay, "POST /p/acme/ask", &again, &question().to_string()).await;
    assert_eq!((second.status, second.json()), (200, first.json()), "{}", second.text());
    assert_eq!(second.cookies(), "", "the ticket is the one it has");
    let mut news = Events::open(&relay, "/p/acme/news", &[("Cookie", cookie.as_str())]).await;
    let waiting = news.next().await;
    assert_eq!((&waiting["place"], &waiting["question"]), (&json!(1), &first.json()["question"]));
    send(&relay, "POST /p/acme/leave", &again, "{}").await;
    let ended = news.until(|event| event["state"] == "ended").await;
    assert_eq!(ended["words"], "You are not waiting any more", "no session ran");
    let third = send(&relay, "POST /p/acme/ask", &again, &question().to_string()).await;
    assert_eq!(third.status, 201, "what is over stands in nobody's way");
    assert_ne!(third.json(), first.json());
    relay.stop().await;
}

/// Scar: a question that was abuse could be passed only, and came back.
#[tokio::test(flavor = "multi_thread")]
async fn c1_a_question_that_a_rep_closes_is_told_so() {
    let (_folder, relay) = with_portal().await;
    let mut rep = ready_rep(&relay).await;
    let asked = ask(&relay, &question()).await;
    let mut news = Events::open(&relay, "/p/acme/news?in=de", &[("Cookie", asked.cookies().as_str())]).await;
    news.until(|event| event["state"] == "waiting").await;
    rep.say(ToRelay::CloseQuestion { question: question_id(&asked) }).await;
    let ended = news.until(|event| event["state"] == "ended").await;
    assert_eq!(ended["words"], "Ihre Frage wurde geschlossen");
    assert!(ended["more"].as_str().is_some_and(|more| more.contains("in anderen Worten")), "{ended}");
    let end = hear(&mut rep, |message| match message {
        FromRelay::QuestionOver { end, .. } => Some(end),
        _ => None,
    })
    .await;
    assert_eq!(end, OfferEnd::Closed("Anna Berg".into()));
    relay.stop().await;
}

/// The rep closes what was asked, and has heard that it is over.
async fn close(rep: &mut Program, asked: &Answer) {
    rep.say(ToRelay::CloseQuestion { question: question_id(asked) }).await;
    hear(rep, |message| match message {
        FromRelay::QuestionOver { end: OfferEnd::Closed(_), .. } => Some(()),
        _ => None,
    })
    .await;
}

/// Scar: what was closed before its page had a stream was told as a place that had lapsed.
#[tokio::test(flavor = "multi_thread")]
async fn c1_a_question_that_ends_before_its_page_comes_is_told_how() {
    let (_folder, relay) = with_portal().await;
    let mut rep = ready_rep(&relay).await;
    // Asked just now, and no stream is open.
    let asked = ask(&relay, &question()).await;
    close(&mut rep, &asked).await;
    let cookie = asked.cookies();
    let mut news = Events::open(&relay, "/p/acme/news", &[("Cookie", cookie.as_str())]).await;
    let ended = news.next().await;
    assert_eq!((&ended["state"], &ended["words"]), (&json!("ended"), &json!("Your question was closed")), "{ended}");
    let (ticket, _) = cookie.rsplit_once('.').unwrap();
    let forged = format!("{ticket}.{}", "A".repeat(43));
    let mut news = Events::open(&relay, "/p/acme/news", &[("Cookie", forged.as_str())]).await;
    assert_eq!(news.next().await["state"], "gone", "nobody else hears how it ended");
    // Between two connections.
    let asked = ask(&relay, &question()).await;
    let cookie = asked.cookies();
    let mut news = Events::open(&relay, "/p/acme/news", &[("Cookie", cookie.as_str())]).await;
    news.until(|event| event["state"] == "waiting").await;
    drop(news);
    close(&mut rep, &asked).await;
    let mut news = Events::open(&relay, "/p/acme/news", &[("Cookie", cookie.as_str())]).await;
    assert_eq!(news.next().await["words"], "Your question was closed");
    // And a page that is loaded anew, which forgets it then.
    let page = get(&relay, "/p/acme", &[("Cookie", cookie.as_str()), ("Accept-Language", "en")]).await;
    assert!(
        page.text().contains("Your question was closed. It could not be answered as it was asked."),
        "{}",
        page.text()
    );
    assert!(page.text().contains("data-view=\"ask\"") && page.head.contains("Max-Age=0"), "{}", page.head);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_a_question_is_nobody_elses() {
    let (_folder, relay) = with_portal().await;
    let _rep = ready_rep(&relay).await;
    let asked = ask(&relay, &question()).await;
    let (ticket, _token) = asked.cookies().rsplit_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    for cookie in [format!("{ticket}.{}", "A".repeat(43)), format!("{ticket}."), String::from("a=b")] {
        let mut news = Events::open(&relay, "/p/acme/news", &[("Cookie", cookie.as_str())]).await;
        assert_eq!(news.next().await["state"], "gone", "{cookie}");
        send(&relay, "POST /p/acme/leave", &[JSON, ("Cookie", cookie.as_str())], "{}").await;
    }
    let mut news = Events::open(&relay, "/p/acme/news", &[("Cookie", asked.cookies().as_str())]).await;
    assert_eq!(news.next().await["state"], "waiting", "nobody else took it back");
    let wrong = format!("{ticket}.{}", "A".repeat(43));
    let page = get(&relay, "/p/acme", &[("Cookie", wrong.as_str())]).await;
    assert!(page.text().contains("data-view=\"ask\"") && page.head.contains("Max-Age=0"), "{}", page.head);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_what_makes_no_question_is_refused_in_words() {
    let (_folder, relay) = with_portal().await;
    let nobody = ask(&relay, &question()).await;
    assert_eq!((nobody.status, nobody.header("content-type")), (409, "application/problem+json"));
    assert!(nobody.json()["detail"].as_str().unwrap().contains("Leave a message"), "{}", nobody.text());

    let _rep = ready_rep(&relay).await;
    let with = |name: &str, value: Value| {
        let mut question = question();
        question[name] = value;
        question
    };
    for (name, value) in [
        ("text", json!("")),
        ("text", json!("x".repeat(501))),
        ("name", json!("x".repeat(81))),
        ("page_key", json!("")),
        ("page_key", json!("not base64url!")),
        ("page_key", json!("BAQE")),
        ("page_key", json!("A".repeat(10_000))),
        // Of the right length, and no point of the curve.
        ("page_key", json!(format!("{}BAQ", "BAQE".repeat(21)))),
    ] {
        let refused = ask(&relay, &with(name, value)).await;
        assert_eq!((refused.status, &refused.json()["field"]), (422, &json!(name)), "{}", refused.text());
    }
    for (body, status) in [
        ("{".to_owned(), 400),
        ("{\"text\":7}".to_owned(), 400),
        (format!("{{\"text\":\"{}\"}}", "x".repeat(40_000)), 413),
    ] {
        let refused = send(&relay, "POST /p/acme/ask", &[JSON], &body).await;
        assert_eq!((refused.status, refused.header("content-type")), (status, "application/problem+json"));
    }
    let elsewhere = [JSON, ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")];
    assert_eq!(send(&relay, "POST /p/acme/ask", &elsewhere, &question().to_string()).await.status, 403);
    assert_eq!(send(&relay, "POST /p/acme/ask", &[FORM], "text=Help").await.status, 403, "no token of our page");
    assert_eq!(send(&relay, "POST /p/acme/ask", &[], &question().to_string()).await.status, 400);
    assert_eq!(send(&relay, "POST /p/none/ask", &[JSON], &question().to_string()).await.status, 404);
    assert_eq!(ask(&relay, &question()).await.status, 201, "and it is none the worse for it");
    relay.stop().await;
}

/// What a browser without scripts would send: fields of the page's form, with its cookies.
async fn send_form(relay: &Relay, path: &str, fields: &str) -> Answer {
    let page = get(relay, "/p/acme", &[("Accept-Language", "en")]).await;
    let text = page.text().to_owned();
    let token = quoted(&text, "name=\"form-token\" value=\"").next().unwrap().to_owned();
    let cookies = page.cookies();
    let headers = [FORM, ("Cookie", cookies.as_str()), ("Accept-Language", "en")];
    send(relay, &format!("POST {path}"), &headers, &format!("form-token={token}&{fields}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_a_message_is_left_by_a_plain_form_and_too_many_are_not() {
    let (_folder, relay) = with_portal().await;
    let empty = send_form(&relay, "/p/acme/message", "name=K.+Weber&reply_to=&text=Call+%3Cb%3Eme%3C%2Fb%3E").await;
    assert_eq!(empty.status, 422);
    assert!(empty.text().contains("Say how we can reach you"), "{}", empty.text());
    assert!(!empty.text().contains("<b>me") && empty.text().contains("value=\"K. Weber\""), "{}", empty.text());
    let fields = "name=K.+Weber&reply_to=0123+456&text=Call+me";
    for _ in 0..5 {
        let sent = send_form(&relay, "/p/acme/message", fields).await;
        assert_eq!((sent.status, sent.header("location")), (303, "/p/acme?sent=1"), "{}", sent.text());
    }
    let thanks = get(&relay, "/p/acme?sent=1", &[]).await;
    assert!(thanks.text().contains("Your message has arrived. Acme will get back to you."), "{}", thanks.text());
    let slowed = send_form(&relay, "/p/acme/message", fields).await;
    assert_eq!(slowed.status, 429);
    assert!(slowed.header("retry-after").parse::<u64>().unwrap() > 0, "{}", slowed.head);
    assert!(slowed.text().contains("That was too often") && slowed.text().contains(">Call me</textarea>"));
    let by_json = json!({ "name": "", "reply_to": "0123", "text": "Call me" }).to_string();
    let slowed = send(&relay, "POST /p/acme/message", &[JSON], &by_json).await;
    assert_eq!((slowed.status, slowed.header("content-type")), (429, "application/problem+json"));
    assert!(slowed.header("retry-after").parse::<u64>().is_ok(), "{}", slowed.head);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_without_a_script_it_is_said_what_to_do_and_nothing_typed_is_lost() {
    let (_folder, relay) = with_portal().await;
    let _rep = ready_rep(&relay).await;
    let sent = send_form(&relay, "/p/acme/ask", "name=K.+Weber&text=It+does+not+print").await;
    assert_eq!(sent.status, 422);
    let text = sent.text();
    assert!(text.contains("Asking needs JavaScript") && text.contains("Leave a message instead"), "{text}");
    assert!(text.contains(">It does not print</textarea>") && text.contains("value=\"K. Weber\""), "{text}");
    assert_eq!(get(&relay, "/p/acme/ask", &[]).await.header("location"), "/p/acme", "loading it again goes back");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_programs_are_handed_out_whole_and_in_parts_and_nothing_else_is() {
    let folder = folder().await;
    let programs = folder.path().join("programs");
    std::fs::create_dir(&programs).unwrap();
    let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(programs.join(PROGRAM), &content).unwrap();
    std::fs::write(programs.join("secret.txt"), "not for customers").unwrap();
    let mut config = config(&folder);
    config.programs = vec![programs.clone()];
    let relay = Relay::start(config).await.unwrap();

    let path = format!("/get/{PROGRAM}");
    let whole = get(&relay, &path, &[]).await;
    assert_eq!((whole.status, whole.body.len()), (200, content.len()));
    assert!(whole.body == content, "what is sent is the file");
    assert_eq!(whole.header("content-disposition"), format!("attachment; filename=\"{PROGRAM}\""));
    let etag = whole.header("etag").to_owned();
    let part = get(&relay, &path, &[("Range", "bytes=100-199")]).await;
    assert_eq!((part.status, part.header("content-range")), (206, "bytes 100-199/1200000"));
    assert!(part.body == content[100..200], "the part is that part");
    let stale = get(&relay, &path, &[("Range", "bytes=100-199"), ("If-Range", "\"old\"")]).await;
    assert_eq!((stale.status, stale.body.len()), (200, content.len()), "parts of two versions make no program");
    assert_eq!(get(&relay, &path, &[("Range", "bytes=9999999-")]).await.status, 416);
    assert_eq!(get(&relay, &path, &[("If-None-Match", etag.as_str())]).await.status, 304);
    let head = send(&relay, &format!("HEAD {path}"), &[], "").await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, "1200000", 0));

    for path in [
        "/get/",
        "/get/secret.txt",
        "/get/lotse.db",
        "/get/..",
        "/get/../data/lotse.db",
        "/get/..%2fdata%2flotse.db",
        "/get/%2e%2e%2fsecret.txt",
        "/get/%2fetc%2fpasswd",
        "/get/lotse-customer-linux-aarch64",
    ] {
        let refused = get(&relay, path, &[]).await;
        assert_eq!(refused.status, 404, "{path}");
    }

    std::fs::write(programs.join(PROGRAM), "a newer program").unwrap();
    let newer = get(&relay, &path, &[("If-None-Match", etag.as_str())]).await;
    assert_eq!((newer.status, newer.text()), (200, "a newer program"), "without a restart");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c4_a_system_that_has_no_program_is_told_by_its_name() {
    let (_folder, relay) = with_portal().await;
    let windows = [
        ("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36"),
        ("Sec-CH-UA-Platform-Version", "\"15.0.0\""),
        ("Accept-Language", "en"),
    ];
    for path in ["/p/acme", "/"] {
        let page = get(&relay, path, &windows).await;
        let text = page.text();
        assert!(text.contains("Windows 11</strong>: There is no Lotse program for it at this relay yet."), "{text}");
        assert!(text.contains("It works on Linux with X11, 64 bit."), "{text}");
    }
    relay.stop().await;
}
