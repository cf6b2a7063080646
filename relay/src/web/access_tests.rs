//! Every route of the table with every role, on a real relay's parts; and what strangers type stays text.

#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::hub::{Change, NotesRecord, Origin, SessionRecord};
use crate::networks::Networks;
use crate::relay::{Relay, RelayConfig};
use crate::store::web::{NewOperator, NewWebSession};
use crate::store::{NewMessage, NewPortal, NewRep, RepChange, Role, Store};
use crate::web::center::ROUTES;
use crate::web::live::STREAMS_PER_ADDRESS_MAX;
use crate::web::visit::SESSION_COOKIE;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use lotse_protocol::control::SessionId;
use std::collections::HashSet;
use tower::ServiceExt;

const FORM_COOKIE: &str = "__Host-lotse-form=cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";

/// The session that has a report.
const REPORT: &str = "abababababababababababababababab";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Stranger,
    /// A rep of the account; has no sign-in for pages.
    Rep,
    Manager,
    /// Of another account.
    OtherManager,
    Operator,
}

struct Bench {
    relay: Relay,
    account: i64,
    rep: i64,
    team: i64,
    portal: i64,
    message: i64,
    _folder: tempfile::TempDir,
}

async fn bench() -> Bench {
    bench_with(Networks::default()).await
}

async fn bench_with(operators_from: Networks) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let config = RelayConfig::new(folder.path().join("data"), "127.0.0.1:0".parse().unwrap());
    let config = RelayConfig { operators_from, ..config };
    let relay = Relay::start(config).await.unwrap();
    let store = &relay.shared().store;
    let (mut account, mut rep) = (0, 0);
    for (of, user, role) in [
        ("Bolt", "other@bolt.example", Role::Manager),
        ("Acme", "manager@acme.example", Role::Manager),
        ("Acme", "rep@acme.example", Role::Rep),
    ] {
        let new = NewRep {
            account: of.into(),
            user: user.into(),
            name: "<script>alert(1)</script>".into(),
            password_hash: "hash".into(),
            contact: None,
            role: crate::store::Role::Rep,
        };
        (account, rep) = store.add_rep(new, 1).await.unwrap();
        store.change_rep(user, RepChange { role: Some(role), ..RepChange::default() }).await.unwrap();
    }
    let operator = NewOperator { user: "o@relay.example".into(), name: "O".into(), password_hash: "hash".into() };
    assert!(store.add_operator(operator, true, 1).await.unwrap());
    let (team, portal, message) = things(store.as_ref(), account, rep).await;
    Bench { relay, account, rep, team, portal, message, _folder: folder }
}

/// One of each thing that a page is about, with a name that would be a script if it were no text. Its session is [`REPORT`].
async fn things(store: &dyn Store, account: i64, rep: i64) -> (i64, i64, i64) {
    let hostile = || "<script>alert(1)</script>".to_owned();
    let (_, team) = store.add_team("Acme", &hostile(), &["rep@acme.example".to_owned()]).await.unwrap();
    let portal = NewPortal {
        account: "Acme".into(),
        slug: "acme".into(),
        name: hostile(),
        greeting: hostile(),
        language: None,
        team: None,
    };
    let (_, portal) = store.add_portal(portal, 1).await.unwrap();
    let message = NewMessage { name: hostile(), reply_to: hostile(), text: hostile(), language: "en".into() };
    let message = store.add_message(portal, message, unix_s()).await.unwrap().unwrap();
    let session = SessionRecord {
        session: SessionId([0xab; 16]),
        rep,
        account,
        rep_name: hostile(),
        account_name: "Acme".into(),
        customer: hostile(),
        system: hostile(),
        rep_token: TokenHash([1; 32]),
        customer_token: TokenHash([2; 32]),
        plugins: [].into(),
        origin: Origin { question: hostile(), portal: hostile() },
    };
    store.change_sessions(&[Change::Started(session)], unix_s()).await.unwrap();
    let notes = NotesRecord { session: SessionId([0xab; 16]), rep, revision: 1, text: hostile(), running: true };
    assert!(store.keep_notes(&notes, unix_s()).await.unwrap().is_some());
    (team, portal, message)
}

impl Bench {
    /// A path of the table with things that there are.
    fn at(&self, path: &str) -> String {
        path.replace("{account}", &self.account.to_string())
            .replace("{rep}", &self.rep.to_string())
            .replace("{session}", "1")
            .replace("{sign_in}", "1")
            .replace("{report}", REPORT)
            .replace("{team}", &self.team.to_string())
            .replace("{portal}", &self.portal.to_string())
            .replace("{message}", &self.message.to_string())
            .replace("{feature}", crate::licensing::MULTI_CHAT)
            .replace("{plugin}", "com.example.notes")
    }

    /// The cookie of a browser that is signed in just now.
    async fn cookie(&self, who: Who) -> String {
        self.cookie_since(who, unix_s()).await
    }

    /// Of one that signed in then, and was not used since.
    async fn cookie_since(&self, who: Who, since_s: i64) -> String {
        let store = &self.relay.shared().store;
        let user = match who {
            Who::Stranger => return FORM_COOKIE.into(),
            Who::Rep => "rep@acme.example",
            Who::Manager => "manager@acme.example",
            Who::OtherManager => "other@bolt.example",
            Who::Operator => "o@relay.example",
        };
        let token = crate::token::draw(crate::hub::system_random().as_mut()).unwrap();
        let (holder, password_hash) = match store.operator_by_user(user).await.unwrap() {
            Some(operator) => (Holder::Operator(operator.id), operator.password_hash),
            None => {
                let rep = store.rep_by_user(user).await.unwrap().unwrap();
                (Holder::Rep(rep.id), rep.password_hash)
            }
        };
        let session = NewWebSession {
            token: TokenHash::of(&token),
            holder,
            password_hash,
            address: String::new(),
            agent: String::new(),
        };
        assert!(store.add_web_session(session, since_s).await.unwrap());
        format!("{SESSION_COOKIE}={}", token.0)
    }

    async fn ask(&self, who: Who, method: Method, path: &str, fields: &str) -> Response {
        let cookie = self.cookie(who).await;
        self.ask_with(&cookie, method, path, fields).await
    }

    async fn ask_with(&self, cookie: &str, method: Method, path: &str, fields: &str) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
        let visit = Visit::of(&headers, &path.parse().unwrap(), None).unwrap();
        let body =
            if method == Method::POST { format!("form-token={}&{fields}", visit.form_token) } else { String::new() };
        let request = axum::http::Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        let router = crate::web::router(self.relay.shared()).with_state(self.relay.shared().clone());
        router.oneshot(request).await.unwrap()
    }

    async fn text(&self, who: Who, path: &str) -> String {
        let answer = self.ask(who, Method::GET, path, "").await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        String::from_utf8(to_bytes(answer.into_body(), 1024 * 1024).await.unwrap().to_vec()).unwrap()
    }
}

/// Sent to sign in, and not by signing out.
fn sent_away(answer: &Response) -> bool {
    answer.headers().get(header::LOCATION).is_some_and(|to| to == SIGN_IN_PATH)
        && answer.headers().get_all(header::SET_COOKIE).iter().all(|cookie| {
            // The page that was asked for is kept; signing out sets the cookie of the sign-in.
            cookie.as_bytes().starts_with(b"__Host-lotse-to=")
        })
}

#[tokio::test]
async fn every_route_lets_in_whom_its_rule_names_and_nobody_else() {
    let bench = bench().await;
    for Route { path, rule, .. } in ROUTES {
        let at = bench.at(path);
        assert!(!at.contains('{'), "{at}: what stands there is not known here");
        for who in [Who::Stranger, Who::Rep, Who::Manager, Who::OtherManager, Who::Operator] {
            for method in [Method::GET, Method::POST] {
                let answer = bench.ask(who, method.clone(), &at, "").await;
                let status = answer.status();
                let what = format!("{method} {at} by {who:?}: {status}");
                assert!(!status.is_server_error(), "{what}");
                match (rule, who) {
                    (Rule::Anyone, _) => assert!(!sent_away(&answer) && status != StatusCode::NOT_FOUND, "{what}"),
                    (_, Who::Stranger | Who::Rep) => assert!(sent_away(&answer), "{what}"),
                    (Rule::Operator | Rule::AccountByOperator, Who::Manager | Who::OtherManager) => {
                        assert_eq!(status, StatusCode::FORBIDDEN, "{what}")
                    }
                    (Rule::Account, Who::OtherManager) => assert_eq!(status, StatusCode::NOT_FOUND, "{what}"),
                    (Rule::SignedIn, _)
                    | (Rule::Account, Who::Manager | Who::Operator)
                    | (Rule::Operator | Rule::AccountByOperator, Who::Operator) => {
                        let refused = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
                        assert!(!sent_away(&answer) && !refused.contains(&status), "{what}");
                    }
                }
            }
        }
    }
    bench.relay.stop().await;
}

#[tokio::test]
async fn no_route_is_there_twice_and_none_without_its_account() {
    let paths: HashSet<&str> = ROUTES.iter().map(|route| route.path).collect();
    assert_eq!(paths.len(), ROUTES.len());
    for Route { path, rule, .. } in ROUTES {
        let of_account = path.starts_with("/center/accounts/{account}");
        assert_eq!(matches!(rule, Rule::Account | Rule::AccountByOperator), of_account, "{path}");
    }
}

#[tokio::test]
async fn an_account_that_is_not_there_is_a_page_that_says_so() {
    let bench = bench().await;
    for path in ["/center/accounts/999/people", "/center/accounts/x/people"] {
        let answer = bench.ask(Who::Operator, Method::GET, path, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(answer.headers().contains_key(header::CONTENT_SECURITY_POLICY));
    }
    bench.relay.stop().await;
}

#[tokio::test]
async fn a_name_is_text_on_every_page_that_shows_it() {
    let bench = bench().await;
    let (account, rep) = (bench.account, bench.rep);
    let (team, portal) = (bench.team, bench.portal);
    for behind in ["/people".to_owned(), format!("/people/{rep}"), "/audit".to_owned()]
        .into_iter()
        .chain(["/reports".to_owned(), format!("/reports/{REPORT}"), "/messages".to_owned()])
        .chain(["/teams".to_owned(), format!("/teams/{team}"), format!("/teams/{team}/remove")])
        .chain(["/portals".to_owned(), format!("/portals/{portal}"), format!("/portals/{portal}/remove")])
    {
        let text = bench.text(Who::Operator, &format!("/center/accounts/{account}{behind}")).await;
        assert!(text.contains("alert(1)") && !text.contains("<script>alert"), "{behind}");
    }
    let answer = bench.ask(Who::Stranger, Method::POST, "/center/sign-in", "user=%22%3E%3Cscript%3E").await;
    let text = to_bytes(answer.into_body(), 1024 * 1024).await.unwrap();
    assert!(!String::from_utf8_lossy(&text).contains("<script>"), "what was typed comes back as text");
    bench.relay.stop().await;
}

#[tokio::test]
async fn two_managers_who_edit_one_person_do_not_undo_each_other_unseen() {
    let bench = bench().await;
    let path = format!("/center/accounts/{}/people/{}", bench.account, bench.rep);
    let seen = bench.relay.shared().store.person(bench.account, bench.rep).await.unwrap().unwrap().revision();
    let fields = |name: &str| format!("revision={seen}&name={name}&role=rep&status=active");
    let first = bench.ask(Who::Manager, Method::POST, &path, &fields("Anna")).await;
    assert_eq!(first.status(), StatusCode::SEE_OTHER);
    let second = bench.ask(Who::Manager, Method::POST, &path, &fields("Anne")).await;
    assert_eq!(second.status(), StatusCode::CONFLICT);
    let text = String::from_utf8(to_bytes(second.into_body(), 1024 * 1024).await.unwrap().to_vec()).unwrap();
    assert!(text.contains("value=\"Anne\"") && text.contains("<dd>Anna</dd>"), "theirs is shown, one's own is kept");
    bench.relay.stop().await;
}

#[tokio::test]
async fn a_manager_cannot_change_what_an_operator_sets() {
    let bench = bench().await;
    let store = &bench.relay.shared().store;
    let seen = store.account_by_id(bench.account).await.unwrap().unwrap().revision();
    let fields = format!("revision={seen}&language=de&time-zone=Europe/Berlin&seats=99&status=closed&contact=me");
    let path = format!("/center/accounts/{}/settings", bench.account);
    let answer = bench.ask(Who::Manager, Method::POST, &path, &fields).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let now = store.account_by_id(bench.account).await.unwrap().unwrap();
    assert_eq!((now.language.as_str(), now.time_zone.as_str()), ("de", "Europe/Berlin"));
    assert_eq!((now.seats, now.contact.as_str(), now.status.name()), (None, "", "active"));
    bench.relay.stop().await;
}

#[tokio::test]
async fn streams_of_one_address_have_a_bound_and_their_places_come_back() {
    let bench = bench().await;
    let path = format!("/center/accounts/{}/live", bench.account);
    let mut open = vec![];
    for _ in 0..STREAMS_PER_ADDRESS_MAX {
        let answer = bench.ask(Who::Operator, Method::GET, &path, "").await;
        assert_eq!(answer.status(), StatusCode::OK);
        open.push(answer);
    }
    let one_more = bench.ask(Who::Operator, Method::GET, &path, "").await;
    assert_eq!(one_more.status(), StatusCode::SERVICE_UNAVAILABLE);
    drop(open);
    assert_eq!(bench.ask(Who::Operator, Method::GET, &path, "").await.status(), StatusCode::OK);
    bench.relay.stop().await;
}

#[tokio::test]
async fn a_page_that_keeps_itself_up_to_date_does_not_keep_its_sign_in() {
    let bench = bench().await;
    let store = &bench.relay.shared().store;
    let operator = Holder::Operator(store.operator_by_user("o@relay.example").await.unwrap().unwrap().id);
    let signed_in_s = unix_s() - 600;
    let cookie = bench.cookie_since(Who::Operator, signed_in_s).await;
    let used_s = async || store.web_sessions(operator, unix_s()).await.unwrap().first().map(|session| session.used_s);
    for Route { path, .. } in ROUTES {
        if !path.ends_with(LIVE) {
            continue;
        }
        let at = bench.at(path);
        let answer = bench.ask_with(&cookie, Method::GET, &at, "").await;
        assert_eq!(answer.status(), StatusCode::OK, "{at}");
        assert_eq!(used_s().await, Some(signed_in_s), "{at}");
    }
    let page = format!("{ACCOUNTS_PATH}/{}", bench.account);
    assert_eq!(bench.ask_with(&cookie, Method::GET, &page, "").await.status(), StatusCode::OK);
    assert!(used_s().await > Some(signed_in_s), "a page is asked for by somebody");
    bench.relay.stop().await;
}

#[tokio::test]
async fn an_account_sees_its_own_reports_and_hears_nothing_of_another_s() {
    let bench = bench().await;
    let own = format!("/center/accounts/{}/reports/{REPORT}", bench.account);
    let text = bench.text(Who::Manager, &own).await;
    assert!(text.contains("id=\"notes\"") && text.contains("running"), "{text}");
    let other = bench.relay.shared().store.rep_by_user("other@bolt.example").await.unwrap().unwrap().account;
    let theirs = format!("/center/accounts/{other}/reports/{REPORT}");
    let unknown = own.replace("ab", "cd");
    for path in [theirs.as_str(), unknown.as_str()] {
        let who = if path == theirs { Who::OtherManager } else { Who::Manager };
        let answer = bench.ask(who, Method::GET, path, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        let text = to_bytes(answer.into_body(), 1024 * 1024).await.unwrap();
        assert!(String::from_utf8_lossy(&text).contains("There is no report of this session"));
    }
    // Wherever the link of an audit line leads, it is one's own account.
    for (who, account) in [(Who::Manager, bench.account), (Who::Operator, bench.account), (Who::OtherManager, other)] {
        let answer = bench.ask(who, Method::GET, &format!("/center/reports/{REPORT}"), "").await;
        let to = answer.headers().get(header::LOCATION).unwrap().to_str().unwrap();
        assert_eq!(to, format!("/center/accounts/{account}/reports/{REPORT}"), "{who:?}");
    }
    bench.relay.stop().await;
}

#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_shown_before_it_is_removed() {
    let bench = bench().await;
    let path = format!("/center/accounts/{}/teams/{}/remove", bench.account, bench.team);
    let answer = bench.ask(Who::Manager, Method::POST, &path, "revision=what-was-seen-before").await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let store = &bench.relay.shared().store;
    let team = store.teams_of(bench.account).await.unwrap().remove(0);
    let answer = bench.ask(Who::Manager, Method::POST, &path, &format!("revision={}", team.revision())).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(store.teams_of(bench.account).await.unwrap().is_empty());
    bench.relay.stop().await;
}

#[tokio::test]
async fn every_stream_is_told_by_its_path() {
    let bench = bench().await;
    for Route { path, .. } in ROUTES {
        let answer = bench.ask(Who::Operator, Method::GET, &bench.at(path), "").await;
        let kind = answer.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_vec());
        let stream = kind.is_some_and(|kind| kind.starts_with(b"text/event-stream"));
        assert_eq!(stream, path.ends_with(LIVE), "{path}");
    }
    bench.relay.stop().await;
}

#[tokio::test]
async fn an_operator_is_one_only_in_the_operators_networks() {
    const PASSWORD: &str = "harbour-Tulip-47-lantern";
    let hash = crate::password::hash_new(&lotse_protocol::control::Secret(PASSWORD.into())).unwrap();
    // A request without a connection comes from this address.
    for (network, inside) in [("0.0.0.0", true), ("192.0.2.0/24", false)] {
        let bench = bench_with(Networks(vec![network.parse().unwrap()])).await;
        let store = &bench.relay.shared().store;
        assert!(store.set_operator_password("o@relay.example", hash.clone()).await.unwrap());
        let seen = if inside { StatusCode::OK } else { StatusCode::NOT_FOUND };
        let people = format!("{ACCOUNTS_PATH}/{}/people", bench.account);
        for path in [ACCOUNTS_PATH, "/center/relay", people.as_str()] {
            assert_eq!(bench.ask(Who::Operator, Method::GET, path, "").await.status(), seen, "{path} {network}");
        }
        assert_eq!(bench.ask(Who::Stranger, Method::GET, "/center/set-up", "").await.status(), seen, "{network}");
        assert_eq!(bench.ask(Who::Manager, Method::GET, &people, "").await.status(), StatusCode::OK, "{network}");
        let fields = format!("user=o%40relay.example&password={PASSWORD}");
        let entered = bench.ask(Who::Stranger, Method::POST, SIGN_IN_PATH, &fields).await.status();
        let expected = if inside { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN };
        assert_eq!(entered, expected, "the right password is no word on whether it is right, {network}");
        bench.relay.stop().await;
    }
}

#[tokio::test]
async fn unread_messages_are_counted_beside_every_page_until_they_are_done() {
    let bench = bench().await;
    let overview = format!("/center/accounts/{}", bench.account);
    for path in [overview.as_str(), "/center/me"] {
        assert!(bench.text(Who::Manager, path).await.contains("1 new"), "{path}");
    }
    let path = format!("{overview}/messages/{}", bench.message);
    let answer = bench.ask(Who::Manager, Method::POST, &path, "done=yes").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(!bench.text(Who::Manager, &overview).await.contains("class=\"count\""));
    let answer = bench.ask(Who::Manager, Method::POST, &path, "done=no").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(bench.text(Who::Manager, &overview).await.contains("1 new"));
    bench.relay.stop().await;
}
