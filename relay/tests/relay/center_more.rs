//! L3 · The Management Center's pages of an account beside running programs: reports, messages, teams and portals, licences,
//! plugins, and how people sign in.

use super::*;
use crate::center::{Browser, between, once, open, operator, until};
use lotse_protocol::control::SignInEnd;
use lotse_protocol::question::Availability;
use tokio::io::AsyncWriteExt;

/// A relay whose one rep manages the account, with her browser and the path of her account.
async fn managed(folder: &TempDir) -> (Relay, Browser, String) {
    command(folder, &["rep", "set", "--user", USER, "--role", "manager"]).await;
    let relay = relay(folder).await;
    let mut anna = Browser::default();
    assert_eq!(anna.sign_in(&relay, USER, PASSWORD).await.location(), "/center");
    let account = anna.get(&relay, "/center").await.location().to_owned();
    (relay, anna, account)
}

/// The revision in the form of the page that was loaded.
async fn revision(browser: &mut Browser, relay: &Relay, path: &str) -> String {
    let page = browser.get(relay, path).await;
    between(&page.body, "name=\"revision\" value=\"", "\"").to_owned()
}

/// Where the first link of a list leads whose words are these.
fn link(body: &str, words: &str) -> String {
    let links = body.split("<a href=\"").filter_map(|rest| rest.split_once("\">"));
    let found = links.filter(|(_, rest)| rest.starts_with(words)).map(|(href, _)| href.to_owned()).next();
    found.unwrap_or_else(|| panic!("no link {words} in\n{body}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_a_manager_reads_the_report_of_a_session_with_its_notes_and_what_happened() {
    let folder = folder().await;
    let (relay, mut anna, account) = managed(&folder).await;
    assert!(anna.get(&relay, &format!("{account}/reports")).await.body.contains("No session has been held yet"));
    let (mut rep, _) = rep(&relay).await;
    let (session, nameplate, _) = code(&mut rep).await;
    let mut customer = Program::connect(&relay, Side::Customer).await;
    join(&mut customer, nameplate).await;
    rep.offer().await;
    customer.offer().await;
    rep.say(ToRelay::Paired { session }).await;
    rep.say(ToRelay::Notes { session, revision: 1, text: "Roller worn.\n<b>Sent</b> one.".into() }).await;
    loop {
        if matches!(rep.hear().await, FromRelay::Notes { revision: 1, .. }) {
            break;
        }
    }
    let running = anna.get(&relay, &format!("{account}/reports")).await;
    assert!(running.body.contains("K. Weber") && running.body.contains("running"), "{}", running.body);
    customer.say(ToRelay::EndSession { session, reason: "CustomerEnded".into() }).await;
    let list = anna.get_until(&relay, &format!("{account}/reports?words=ROLLER"), "ended by the customer").await;
    let path = between(&list.body, "data-label=\"Begin\"><a href=\"", "\"").to_owned();
    let report = anna.get_until(&relay, &path, "session ended").await;
    for words in [
        "Anna Berg",
        "K. Weber",
        "Debian 12",
        "Reps who took part",
        "Roller worn.\n&#60;b&#62;Sent",
        "customer joined",
        "with a code",
    ] {
        assert!(report.body.contains(words), "{words} is not in\n{}", report.body);
    }
    // The audit log leads there, too.
    let audit = anna.get_until(&relay, &format!("{account}/audit?kind=session-ended"), "/center/reports/").await;
    let digits = between(&audit.body, "<a href=\"/center/reports/", "\"").to_owned();
    assert_eq!(anna.get(&relay, &format!("/center/reports/{digits}")).await.location(), path);
    let nothing = anna.get(&relay, &format!("{account}/reports?words=scanner")).await;
    assert!(nothing.body.contains("No session is like that"), "{}", nothing.body);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_teams_and_portals_are_made_changed_and_removed_and_act_on_the_customers_page() {
    let folder = folder().await;
    add_rep(folder.path(), "bo@acme.example").await;
    let (relay, mut anna, account) = managed(&folder).await;
    let (teams, portals) = (format!("{account}/teams"), format!("{account}/portals"));
    let form = anna.get(&relay, &format!("{teams}/new")).await;
    let box_of_bo = between(&form.body, "type=\"checkbox\" name=\"member-", "\"").to_owned();
    let member = format!("member-{box_of_bo}");
    let list =
        anna.fill(&relay, &format!("{teams}/new"), &teams, &[("name", "Billing"), (member.as_str(), "on")]).await;
    assert!(list.body.contains("Billing") && list.body.contains("Added."), "{}", list.body);
    let team = link(&list.body, "Billing");

    anna.get(&relay, &format!("{portals}/new")).await;
    let odd = anna.post(&relay, &portals, &[("slug", "Hilfe für alle"), ("name", "Help")]).await;
    assert!(odd.status == 422 && odd.body.contains("lower-case letters"), "{}", odd.body);
    let fields = [("slug", "acme"), ("name", "Acme Help"), ("greeting", "Good day."), ("team", "Billing")];
    let portal = anna.fill(&relay, &format!("{portals}/new"), &portals, &fields).await;
    assert!(portal.body.contains("https://relay.invalid/p/acme"), "{}", portal.body);
    let path = link(&anna.get(&relay, &portals).await.body, "Acme Help");
    let mut customer = Browser::default();
    customer.get_until(&relay, "/p/acme", "Good day.").await;

    // Who takes its questions shows by itself.
    let mut stream = open(&relay).await;
    stream.write_all(anna.request("GET", &format!("{path}/live"), "", 0).as_bytes()).await.unwrap();
    until(&mut stream, "Nobody takes questions of this portal").await;
    let (mut program, _) = rep(&relay).await;
    program.say(ToRelay::Availability(Availability::default())).await;
    let seen = revision(&mut anna, &relay, &path).await;
    let everybody = [("revision", seen.as_str()), ("name", "Acme Help"), ("greeting", "Hello."), ("language", "de")];
    let saved = anna.fill(&relay, &path, &path, &everybody).await;
    assert!(saved.body.contains("role=\"status\">Saved"), "{}", saved.body);
    until(&mut stream, "Anna Berg").await;
    customer.get_until(&relay, "/p/acme", "Hello.").await;
    let late = anna.post(&relay, &path, &[("revision", seen.as_str()), ("name", "Late"), ("greeting", "Mine")]).await;
    assert!(late.status == 409 && late.body.contains("Somebody else changed this"), "{}", late.body);
    assert!(late.body.contains("<dd>Hello.</dd>") && late.body.contains("value=\"Late\""), "{}", late.body);

    // A team that a portal leads to stays; one that none leads to goes.
    let seen = revision(&mut anna, &relay, &path).await;
    let to_team = [("revision", seen.as_str()), ("name", "Acme Help"), ("team", "Billing")];
    anna.fill(&relay, &path, &path, &to_team).await;
    let seen = revision(&mut anna, &relay, &format!("{team}/remove")).await;
    let used = anna.post(&relay, &format!("{team}/remove"), &[("revision", seen.as_str())]).await;
    assert!(used.status == 409 && used.body.contains("The portal acme leads to this team"), "{}", used.body);
    let seen = revision(&mut anna, &relay, &format!("{path}/remove")).await;
    let removed = anna.post(&relay, &format!("{path}/remove"), &[("revision", seen.as_str())]).await;
    assert_eq!(removed.location(), format!("{portals}?done=removed"));
    assert_eq!(customer.get(&relay, "/p/acme").await.status, 404);
    let seen = revision(&mut anna, &relay, &format!("{team}/remove")).await;
    let removed = anna.post(&relay, &format!("{team}/remove"), &[("revision", seen.as_str())]).await;
    assert_eq!(removed.location(), format!("{teams}?done=removed"));
    let audit = anna.get_until(&relay, &format!("{account}/audit?kind=team-changed"), "team Billing: removed").await;
    assert!(audit.body.contains(&format!("by {USER}")), "{}", audit.body);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_a_message_is_counted_beside_every_page_until_somebody_has_seen_to_it() {
    let folder = folder().await;
    command(&folder, &["portal", "add", "--account", "Acme", "--slug", "acme", "--name", "Acme Support"]).await;
    let (relay, mut anna, account) = managed(&folder).await;
    let messages = format!("{account}/messages");
    assert!(anna.get(&relay, &messages).await.body.contains("No message."));
    let mut customer = Browser::default();
    customer.get(&relay, "/p/acme").await;
    let said = [("name", "K. Weber"), ("reply_to", "k.weber@example.com"), ("text", "Please <call> me")];
    assert_eq!(customer.post(&relay, "/p/acme/message", &said).await.status, 303);
    let people = anna.get(&relay, &format!("{account}/people")).await;
    assert!(people.body.contains("<span class=\"count\">1 new</span>"), "{}", people.body);
    let list = anna.get(&relay, &messages).await;
    assert!(list.body.contains("Please &#60;call&#62; me") && list.body.contains("mailto:k.weber@example.com"));
    let id = between(&list.body, "id=\"message-", "\"").to_owned();
    let done = anna.fill(&relay, &messages, &format!("{messages}/{id}"), &[("done", "yes")]).await;
    assert!(!done.body.contains("class=\"count\"") && done.body.contains("Not done"), "{}", done.body);
    let again = anna.fill(&relay, &messages, &format!("{messages}/{id}"), &[("done", "no")]).await;
    assert!(again.body.contains("<span class=\"count\">1 new</span>"), "{}", again.body);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_what_the_operator_licenses_reaches_the_program_and_the_manager_sees_it() {
    let folder = folder().await;
    let (relay, mut anna, account) = managed(&folder).await;
    let mut otto = operator(&relay).await;
    let (mut rep, _) = rep(&relay).await;
    rep.licence().await;
    let (licences, licence) = (format!("{account}/licences"), format!("{account}/licences/multi-chat"));
    assert_eq!(anna.get(&relay, &licence).await.status, 403, "managers see, operators change");
    let seen = revision(&mut otto, &relay, &licence).await;
    let wrong = [("revision", seen.as_str()), ("on", "on"), ("limit-sessions", "many")];
    let wrong = otto.post(&relay, &licence, &wrong).await;
    assert!(wrong.status == 422 && wrong.body.contains("value=\"many\""), "{}", wrong.body);
    let terms = [("revision", seen.as_str()), ("on", "on"), ("last-day", "9000-12-31"), ("limit-sessions", "3")];
    otto.fill(&relay, &licence, &licence, &terms).await;
    let (signed, _) = rep.licence().await;
    let told = lotse_protocol::licence::Licence::read(&signed.document).unwrap();
    let term = told.features.get("multi-chat").unwrap();
    assert_eq!((term.until_s.is_some(), term.limits.get("sessions")), (true, Some(&3)));
    let list = anna.get(&relay, &licences).await;
    assert!(list.body.contains("to 9000-12-31") && list.body.contains("Sessions at once: 3"), "{}", list.body);
    assert!(!list.body.contains(&licence), "she has nothing to change there");
    let late = otto.post(&relay, &licence, &[("revision", seen.as_str())]).await;
    assert!(late.status == 409 && late.body.contains("Somebody else changed this"), "{}", late.body);
    let audit = format!("{account}/audit?kind=licence-changed");
    anna.get_until(&relay, &audit, "sessions 3, by otto@relay.example").await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_what_an_account_gets_of_a_plugin_is_the_operators_choice() {
    let folder = folder().await;
    let (relay, mut anna, account) = managed(&folder).await;
    let mut otto = operator(&relay).await;
    let (plugins, plugin) = (format!("{account}/plugins"), format!("{account}/plugins/com.example.notes"));
    assert_eq!(anna.get(&relay, &plugins).await.status, 403);
    let empty = otto.get(&relay, "/center/plugins").await;
    assert!(empty.body.contains("There is no plugin here"), "{}", empty.body);
    let seen = revision(&mut otto, &relay, &plugin).await;
    let wrong = [("revision", seen.as_str()), ("rule", "range"), ("range", "newest")];
    let wrong = otto.post(&relay, &plugin, &wrong).await;
    assert!(wrong.status == 422 && wrong.body.contains("Enter a range of versions"), "{}", wrong.body);
    let range = [("revision", seen.as_str()), ("rule", "range"), ("range", "^1.2")];
    let list = otto.fill(&relay, &plugin, &plugin, &range).await;
    assert!(list.body.contains("^1.2") && list.body.contains("no package of it is here yet"), "{}", list.body);
    let late = otto.post(&relay, &plugin, &[("revision", seen.as_str()), ("rule", "off")]).await;
    assert!(late.status == 409 && late.body.contains("<dd>^1.2</dd>"), "{}", late.body);
    assert_eq!(otto.get(&relay, &format!("{account}/plugins/NO")).await.status, 404);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_what_an_open_page_could_do_worst_is_asked_for_with_ones_own_password_and_not_done_to_oneself() {
    let folder = folder().await;
    let (relay, mut anna, account) = managed(&folder).await;
    let people = format!("{account}/people");
    anna.get(&relay, &format!("{people}/new")).await;
    once(&anna.post(&relay, &people, &[("name", "Ben Yildiz"), ("user", "ben@acme.example"), ("role", "rep")]).await);
    let list = anna.get(&relay, &people).await.body;
    let (ben, own) = (link(&list, "Ben Yildiz"), link(&list, "Anna Berg"));
    for path in ["password", "second-factor"] {
        anna.get(&relay, &ben).await;
        let missing = anna.post(&relay, &format!("{ben}/{path}"), &[]).await;
        assert!(missing.status == 422 && missing.body.contains("Enter your own password"), "{}", missing.body);
        let wrong = anna.post(&relay, &format!("{ben}/{path}"), &[("own-password", "none of hers")]).await;
        assert!(wrong.status == 422 && wrong.body.contains("This is not your password"), "{}", wrong.body);
        anna.get(&relay, &own).await;
        let oneself = anna.post(&relay, &format!("{own}/{path}"), &[("own-password", PASSWORD)]).await;
        assert!(oneself.status == 422 && oneself.body.contains("in the program"), "{}", oneself.body);
    }
    let removed = anna.fill(&relay, &ben, &format!("{ben}/second-factor"), &[("own-password", PASSWORD)]).await;
    assert!(removed.body.contains("no second factor any more"), "{}", removed.body);
    let revision = revision(&mut anna, &relay, &ben).await;
    let fields = |password: &'static str| {
        [("revision", revision.as_str()), ("name", "Ben Yildiz"), ("role", "manager"), ("own-password", password)]
    };
    assert_eq!(anna.post(&relay, &ben, &fields("")).await.status, 422);
    assert_eq!(anna.post(&relay, &ben, &fields(PASSWORD)).await.status, 303);
    anna.get(&relay, &ben).await;
    once(&anna.post(&relay, &format!("{ben}/password"), &[("own-password", PASSWORD)]).await);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_before_a_password_is_reset_or_every_sign_in_ended_it_is_said_whose() {
    let folder = folder().await;
    let (relay, mut anna, account) = managed(&folder).await;
    let people = format!("{account}/people");
    anna.get(&relay, &format!("{people}/new")).await;
    once(&anna.post(&relay, &people, &[("name", "Ben Yildiz"), ("user", "ben@acme.example"), ("role", "rep")]).await);
    let ben = link(&anna.get(&relay, &people).await.body, "Ben Yildiz");
    let person = anna.get(&relay, &ben).await.body;
    for (part, title) in
        [("password", "Reset the password of Ben Yildiz?"), ("sign-out", "End all sign-ins of Ben Yildiz?")]
    {
        assert!(person.contains(&format!("href=\"{ben}/{part}\"")), "{part} is one step away: {person}");
        assert!(!person.contains(&format!("action=\"{ben}/{part}\"")), "and not done by one press: {person}");
        let asked = anna.get(&relay, &format!("{ben}/{part}")).await;
        for words in [title, "ben@acme.example", &format!("action=\"{ben}/{part}\""), &format!("href=\"{ben}\"")] {
            assert!(asked.body.contains(words), "{words} is not in\n{}", asked.body);
        }
    }
    let wrong = anna.post(&relay, &format!("{ben}/password"), &[("own-password", "none of hers")]).await;
    assert!(wrong.body.contains("Reset the password of Ben Yildiz?") && wrong.status == 422, "{}", wrong.body);
    once(&anna.post(&relay, &format!("{ben}/password"), &[("own-password", PASSWORD)]).await);
    let ended = anna.fill(&relay, &format!("{ben}/sign-out"), &format!("{ben}/sign-out"), &[]).await;
    assert!(ended.body.contains("role=\"status\">"), "{}", ended.body);
    assert_eq!(anna.get(&relay, &format!("{people}/999/password")).await.status, 404);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_whoever_signs_in_lands_on_the_page_that_was_asked_for_and_on_no_other() {
    let folder = folder().await;
    let (relay, _, account) = managed(&folder).await;
    let asked = format!("{account}/reports?words=toner");
    let mut browser = Browser::default();
    assert_eq!(browser.get(&relay, &asked).await.location(), "/center/sign-in", "the address says nothing of it");
    // A wrong password forgets nothing.
    assert_eq!(browser.sign_in(&relay, USER, "none of hers").await.status, 403);
    assert_eq!(browser.sign_in(&relay, USER, PASSWORD).await.location(), asked);
    assert_eq!(browser.get(&relay, &asked).await.status, 200);
    assert_eq!(browser.sign_in(&relay, USER, PASSWORD).await.location(), "/center", "it is forgotten then");
    // What is not theirs, is no page, or was not asked for by looking: they begin at the beginning.
    for page in
        ["/center/accounts/999/people", "/center/audit", &format!("{account}/audit.csv"), &format!("{account}/live")]
    {
        let mut browser = Browser::default();
        assert_eq!(browser.get(&relay, page).await.location(), "/center/sign-in", "{page}");
        assert_eq!(browser.sign_in(&relay, USER, PASSWORD).await.location(), "/center", "{page}");
    }
    let mut browser = Browser::default();
    browser.get(&relay, "/center/sign-in").await;
    assert_eq!(browser.post(&relay, &format!("{account}/settings"), &[]).await.location(), "/center/sign-in");
    assert_eq!(browser.sign_in(&relay, USER, PASSWORD).await.location(), "/center");
    // A cookie that somebody made leads nowhere else: `//evil.example/center/me`.
    let mut browser = Browser::default();
    browser.keep("__Host-lotse-to", "Ly9ldmlsLmV4YW1wbGUvY2VudGVyL21l");
    assert_eq!(browser.sign_in(&relay, USER, PASSWORD).await.location(), "/center");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_a_sign_in_is_ended_alone_and_a_second_factor_is_required_by_a_button() {
    let folder = folder().await;
    let (relay, mut anna, account) = managed(&folder).await;
    let people = anna.get(&relay, &format!("{account}/people")).await;
    let page = link(&people.body, "Anna Berg");
    assert!(anna.get(&relay, &page).await.body.contains("Not signed in with the program"));
    let ((mut first, _), (mut second, _)) = (rep(&relay).await, rep(&relay).await);
    let shown = anna.get(&relay, &page).await;
    let end = between(&shown.body, &format!("action=\"{page}/sign-ins/"), "\"").to_owned();
    let ended = anna.fill(&relay, &page, &format!("{page}/sign-ins/{end}"), &[]).await;
    assert!(ended.body.contains("role=\"status\">Ended."), "{}", ended.body);
    loop {
        if let FromRelay::SignInEnded(end) = first.hear().await {
            assert!(matches!(end, SignInEnd::ByManager));
            break;
        }
    }
    second.say(ToRelay::NewCode).await;
    loop {
        if matches!(second.hear().await, FromRelay::Code { .. }) {
            break;
        }
    }
    let gone = anna.fill(&relay, &page, &format!("{page}/sign-ins/{end}"), &[]).await;
    assert!(gone.body.contains("over already"), "{}", gone.body);
    let done = anna.fill(&relay, &page, &format!("{page}/unlock"), &[]).await;
    assert!(done.body.contains("was not locked"), "{}", done.body);

    let (settings, require) = (format!("{account}/settings"), format!("{account}/second-factor"));
    let saved = anna.fill(&relay, &settings, &require, &[("second-factor", "required")]).await;
    assert!(saved.body.contains("No longer require it"), "{}", saved.body);
    let me = anna.get(&relay, "/center/me").await;
    assert!(me.body.contains("The account wants one"), "{}", me.body);
    let mut program = Program::connect(&relay, Side::Rep).await;
    let answer = program.sign_in(USER, PASSWORD).await;
    assert!(matches!(answer, FromRelay::SecondFactorOffered { .. }), "{answer:?}");
    let audit = format!("{account}/audit?kind=account-changed");
    anna.get_until(&relay, &audit, &format!("second factor required, by {USER}")).await;
    relay.stop().await;
}
