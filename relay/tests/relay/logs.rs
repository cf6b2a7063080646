//! O3 · What people are called, write and prove themselves with is in no line of the relay's log, however much it says: a busy
//! day on the real program.

use super::*;
use crate::program::tls_over;
use lotse_protocol::question::{Availability, QuestionId, SEALED_CODE_BYTES};
use serde_json::{Value, json};
use std::fs::File;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::client::TlsStream;

/// Until then something must have happened.
const SOON: Duration = Duration::from_secs(30);
const ACCOUNT: &str = "Zwetkowa Optik";
const MAIL: &str = "quirina.zwetkowa@optik.example";
const NAME: &str = "Quirina Zwetkowa";
const SECRET_WORD: &str = "nebel-Tulpe-58-laterne";
const WRONG_WORD: &str = "nebel-Tulpe-59-laterne";
const STRANGER: &str = "nobody.known@elsewhere.example";
const COLLEAGUE: &str = "ottokar.yilmaz@optik.example";
const COLLEAGUE_NAME: &str = "Ottokar Yilmaz";
const CUSTOMER: &str = "Xaver Unterhuber";
const SYSTEM: &str = "Debian on Xaver's laptop";
const QUESTION: &str = "My hearing aid whistles at breakfast";
const MESSAGE: &str = "Please ring after the siesta";
const REPLY_TO: &str = "0176 5550199";
const NOTES: &str = "Battery lid was jammed with crumbs";
const REASON: &str = "went off to feed the parrot";
const HOOK_PATH: &str = "hook-of-the-opticians";
const WRONG_TOKEN: &str = "lotse_wrong-token-of-somebody";
/// Where all of them come from; the relay itself is at another address.
const FROM: &str = "127.0.0.77";
/// The generator of P-256: any point will do as a page's key.
const PAGE_KEY: &str = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";

/// The real program with its log in a file.
struct Served {
    program: Child,
    control: SocketAddr,
    pin: [u8; 32],
    log: PathBuf,
}

impl Served {
    async fn start(folder: &TempDir, level: &str) -> Self {
        let (log, ready) = (folder.path().join("log"), folder.path().join("ready.json"));
        let program = Command::new(env!("CARGO_BIN_EXE_lotse-relay"))
            .args(["serve", "--listen", "127.0.0.1:0", "--drain", "0"])
            .arg("--data")
            .arg(folder.path().join("data"))
            .arg("--ready-file")
            .arg(&ready)
            .env("LOTSE_LOG", level)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let told = async {
            loop {
                if let Ok(bytes) = std::fs::read(&ready) {
                    return serde_json::from_slice::<Value>(&bytes).unwrap();
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let told = tokio::time::timeout(SOON, told).await.expect("the relay did not start");
        let control = told["control"].as_str().unwrap().strip_prefix("https://").unwrap().parse().unwrap();
        let digits = told["certificate_sha256"].as_str().unwrap();
        let pin = std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap());
        Self { program, control, pin, log }
    }

    async fn stream(&self) -> TlsStream<TcpStream> {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(FROM.parse::<IpAddr>().unwrap(), 0)).unwrap();
        tls_over(socket.connect(self.control).await.unwrap(), self.pin).await.unwrap()
    }

    async fn connect(&self, side: Side) -> Program {
        Program::connect_over(self.stream().await, side).await
    }

    /// Head and body of what is answered.
    async fn ask(&self, what: &str, headers: &[&str], body: &str) -> (String, String) {
        let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        let request = format!(
            "{what} HTTP/1.1\r\nHost: relay.invalid\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        let mut stream = self.stream().await;
        let _ = stream.write_all(request.as_bytes()).await;
        let mut bytes = vec![];
        let _ = tokio::time::timeout(SOON, stream.read_to_end(&mut bytes)).await.expect("no answer");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text}"));
        (head.to_owned(), body.to_owned())
    }

    async fn ask_json(&self, what: &str, headers: &[&str], body: &Value) -> (String, Value) {
        let headers = [&["Content-Type: application/json"][..], headers].concat();
        let (head, body) = self.ask(what, &headers, &body.to_string()).await;
        (head, serde_json::from_str(&body).unwrap_or(Value::Null))
    }

    /// Ends it in order; everything that it logged.
    fn end(mut self) -> String {
        let told = Command::new("kill").arg(self.program.id().to_string()).status().unwrap();
        assert!(told.success() && self.program.wait().unwrap().success(), "the relay did not end in order");
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Served {
    /// Only where a test has failed it is not over already.
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// What a command of the operator's prints as JSON.
fn made(folder: &TempDir, words: &[&str]) -> Value {
    let program = env!("CARGO_BIN_EXE_lotse-relay");
    let data = folder.path().join("data");
    let made = Command::new(program).args(words).arg("--json").arg("--data").arg(data).output().unwrap();
    assert!(made.status.success(), "{words:?}: {}", String::from_utf8_lossy(&made.stderr));
    serde_json::from_slice(&made.stdout).unwrap_or(Value::Null)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A rep who is a manager, a portal and a webhook; the secret of that, and a token of the API.
fn set_up(folder: &TempDir) -> (String, String) {
    let password = folder.path().join("password.txt");
    std::fs::write(&password, format!("{SECRET_WORD}\n")).unwrap();
    let add = ["rep", "add", "--account", ACCOUNT, "--user", MAIL, "--name", NAME, "--password-file"];
    made(folder, &[&add[..], &[password.to_str().unwrap()]].concat());
    made(folder, &["rep", "set", "--user", MAIL, "--role", "manager"]);
    made(folder, &["portal", "add", "--account", ACCOUNT, "--slug", "busy", "--name", "Busy desk"]);
    let url = format!("https://localhost:9/{HOOK_PATH}");
    let hook = made(folder, &["webhook", "add", "--account", ACCOUNT, "--url", &url, "--event", "question.asked"]);
    let scopes = ["--scope", "accounts:read", "--scope", "people:read", "--scope", "people:write"];
    let token = made(folder, &[&["token", "add", "--name", "script"][..], &scopes].concat());
    (text(&hook["secret"]), text(&token["token"]))
}

/// What the relay says that is wanted; what else it says is passed over.
async fn hear<T>(program: &mut Program, wanted: impl Fn(FromRelay) -> Option<T>) -> T {
    loop {
        if let Some(found) = wanted(program.hear().await) {
            return found;
        }
    }
}

/// Wrong sign-ins and a right one, by program: the signed-in program, its token, and what a second factor would be made of.
async fn sign_in(served: &Served) -> (Program, Vec<String>) {
    let mut rep = served.connect(Side::Rep).await;
    for (user, password) in [(MAIL, WRONG_WORD), (STRANGER, WRONG_WORD)] {
        assert!(matches!(rep.sign_in(user, password).await, FromRelay::SignInFailed(_)));
    }
    let FromRelay::SignedIn { token, .. } = rep.sign_in(MAIL, SECRET_WORD).await else { panic!("not signed in") };
    rep.say(ToRelay::SetUpSecondFactor { password: Secret(SECRET_WORD.into()) }).await;
    let uri = hear(&mut rep, |message| match message {
        FromRelay::SecondFactorOffered { uri } => Some(uri),
        _ => None,
    })
    .await;
    let secret = uri.0.split(['?', '&']).find_map(|part| part.strip_prefix("secret=")).unwrap().to_owned();
    (rep, vec![token.0, secret])
}

/// A message, then a question that becomes a session with notes: the tokens that are given for all that.
async fn help(served: &Served, rep: &mut Program) -> Vec<String> {
    let message = json!({ "name": CUSTOMER, "reply_to": REPLY_TO, "text": MESSAGE });
    let (head, _) = served.ask_json("POST /p/busy/message", &[], &message).await;
    assert!(head.contains(" 204 "), "{head}");
    rep.say(ToRelay::Availability(Availability::default())).await;
    let question = json!({ "name": CUSTOMER, "text": QUESTION, "page_key": PAGE_KEY, "system": SYSTEM });
    let asking = async {
        loop {
            let (head, body) = served.ask_json("POST /p/busy/ask", &[], &question).await;
            if head.contains(" 201 ") {
                return (head, body);
            }
            // Nobody is there yet.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let (head, asked) = tokio::time::timeout(SOON, asking).await.expect("not asked");
    let ticket = head.lines().find_map(|line| line.split_once("lotse-question-busy=")).unwrap().1;
    let ticket = ticket.split([';', '.']).nth(1).unwrap().to_owned();
    let digits = text(&asked["question"]);
    let question = QuestionId(std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap()));
    rep.say(ToRelay::AnswerQuestion { question }).await;
    let (session, nameplate) = hear(rep, |message| match message {
        FromRelay::QuestionAnswered(answered) => Some((answered.session, answered.nameplate)),
        _ => None,
    })
    .await;
    rep.say(ToRelay::SealedCode { session, body: vec![4; SEALED_CODE_BYTES] }).await;
    let mut customer = served.connect(Side::Customer).await;
    let join = |nameplate| ToRelay::Join { nameplate, name: CUSTOMER.into(), system: SYSTEM.into() };
    customer.say(join(nameplate ^ 1)).await;
    assert!(matches!(customer.hear().await, FromRelay::JoinFailed(_)), "a wrong code");
    customer.say(join(nameplate)).await;
    let customers = customer.offer().await.token;
    let reps = hear(rep, |message| match message {
        FromRelay::Session(offer) => Some(offer.token),
        _ => None,
    })
    .await;
    rep.say(ToRelay::Signal { session, body: MESSAGE.as_bytes().to_vec() }).await;
    rep.say(ToRelay::Paired { session }).await;
    rep.say(ToRelay::Notes { session, revision: 1, text: NOTES.into() }).await;
    hear(rep, |message| matches!(message, FromRelay::Notes { .. }).then_some(())).await;
    customer.say(ToRelay::EndSession { session, reason: REASON.into() }).await;
    hear(rep, |message| matches!(message, FromRelay::SessionEnded { .. }).then_some(())).await;
    vec![ticket, customers.0, reps.0]
}

/// A script with a wrong token and with a right one adds a colleague.
async fn script(served: &Served, token: &str) {
    let authorization = |token: &str| format!("Authorization: Bearer {token}");
    let (head, _) = served.ask("GET /api/v1/accounts", &[&authorization(WRONG_TOKEN)], "").await;
    assert!(head.contains(" 401 "), "{head}");
    let (_, accounts) = served.ask("GET /api/v1/accounts", &[&authorization(token)], "").await;
    let accounts: Value = serde_json::from_str(&accounts).unwrap();
    let path = format!("POST /api/v1/accounts/{}/reps", accounts["items"][0]["id"]);
    let colleague = json!({ "user": COLLEAGUE, "name": COLLEAGUE_NAME, "password": SECRET_WORD });
    for status in [" 201 ", " 409 "] {
        let (head, body) = served.ask_json(&path, &[&authorization(token)], &colleague).await;
        assert!(head.contains(status), "{head}: {body}");
    }
}

/// The Center, with a wrong password and with the right one: what its cookie is then.
async fn center(served: &Served) -> Vec<String> {
    let (head, page) = served.ask("GET /center/sign-in", &["Accept: text/html"], "").await;
    let cookies = cookies(&head);
    let form_token = page.split("name=\"form-token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut kept = vec![form_token.clone()];
    for (password, status) in [(WRONG_WORD, " 403 "), (SECRET_WORD, " 303 ")] {
        let user = MAIL.replace('@', "%40");
        let fields = format!("form-token={form_token}&user={user}&password={password}");
        let cookie = format!("Cookie: {cookies}");
        let form = "Content-Type: application/x-www-form-urlencoded";
        let (head, body) =
            served.ask("POST /center/sign-in", &[form, "Origin: https://relay.invalid", &cookie], &fields).await;
        assert!(head.contains(status), "{head}: {body}");
        kept.extend(self::cookies(&head).split("; ").filter_map(|pair| pair.split_once('=')).map(|(_, it)| it.into()));
    }
    kept.retain(|token| token.len() > 20);
    assert!(kept.len() > 1, "no cookie was given");
    kept
}

/// The cookies that are set, as a browser sends them back.
fn cookies(head: &str) -> String {
    let set = head.lines().filter_map(|line| line.split_once(": "));
    let set = set.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    set.map(|(_, value)| value.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

#[tokio::test(flavor = "multi_thread")]
async fn o3_a_busy_day_leaves_nothing_of_anybody_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (hook_secret, token) = set_up(&folder);
    let served = Served::start(&folder, "trace").await;
    let (mut rep, mut given) = sign_in(&served).await;
    given.extend(help(&served, &mut rep).await);
    script(&served, &token).await;
    given.extend(center(&served).await);
    rep.say(ToRelay::SignOut).await;
    drop(rep);
    given.extend([hook_secret, token]);
    // What a webhook is told, and what came of it, is looked at each second.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let log = served.end();

    for kind in ["sign-in-failed", "signed-in", "message-left", "question-asked", "session-started", "pages-signed-in"]
    {
        assert!(log.contains(kind), "the log says too little to show anything, nothing of {kind}:\n{log}");
    }
    let log = log.to_lowercase();
    let of_people = [ACCOUNT, MAIL, NAME, STRANGER, COLLEAGUE, COLLEAGUE_NAME, CUSTOMER, SYSTEM, REPLY_TO, FROM];
    let written = [QUESTION, MESSAGE, NOTES, REASON, SECRET_WORD, WRONG_WORD, WRONG_TOKEN, HOOK_PATH];
    let words = ["quirina", "zwetkowa", "ottokar", "xaver", "unterhuber", "optik.example", "elsewhere.example"];
    let all = of_people.iter().chain(&written).chain(&words).map(|word| (*word).to_owned());
    for told in all.chain(given) {
        let found = log.lines().find(|line| line.contains(&told.to_lowercase()));
        assert!(found.is_none(), "{told} is in the log: {found:?}");
    }
}
