//! What pages show, and that nothing that somebody wrote becomes part of their markup.

#![allow(clippy::unwrap_used)]
use super::super::programs::Programs;
use super::*;
use axum::http::{HeaderMap, HeaderValue, Uri, header};

const HOSTILE: &str = "<script>alert('1')</script>\"><img src=x onerror=\"1\"> & more";
const LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0";

fn headers(agent: &str, language: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::USER_AGENT, HeaderValue::from_str(agent).unwrap());
    headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(language).unwrap());
    headers
}

fn some_portal(words: &str) -> Portal {
    Portal {
        id: 1,
        account: 1,
        account_name: words.to_owned(),
        slug: "acme".into(),
        name: words.to_owned(),
        language: "en".into(),
        greeting: words.to_owned(),
        contact: words.to_owned(),
    }
}

/// The page for a browser of this system and language.
fn drawn(agent: &str, language: &str, portal: &Portal, reps: u32, offers: &[Offer], forms: Forms) -> String {
    let headers = headers(agent, language);
    let visit = Visit::of(&headers, &Uri::from_static("/p/acme"), None).unwrap();
    let device = Device::of(&headers);
    let frame = Frame::new(&visit, &device, offers, Some("ab12"), "relay.example:8443");
    let standing = PortalStatus { reps, waiting: 0 };
    page(&visit, PortalView { frame, portal, standing, browser: &device.browser_name, forms }).render().unwrap()
}

#[test]
fn hostile_words_stay_words() {
    let field = || Field::wrong(HOSTILE, HOSTILE.to_owned());
    let forms = Forms {
        news: HOSTILE.into(),
        problem: HOSTILE.into(),
        name: field(),
        text: field(),
        reply_to: field(),
        ..Forms::default()
    };
    let text = drawn(LINUX, "en", &some_portal(HOSTILE), 1, &[], forms);
    assert!(!text.contains("<script>alert") && !text.contains("<img") && !text.contains("onerror=\""), "{text}");
    assert!(text.contains("&#60;script&#62;") || text.contains("&lt;script&gt;"), "{text}");
}

#[test]
fn with_somebody_there_one_asks_and_else_one_leaves_a_message() {
    let portal = some_portal("Acme Support");
    let shown = |reps, forms: Forms| {
        let text = drawn(LINUX, "en", &portal, reps, &[], forms);
        let hides = |id: &str| {
            let tag = text.split(&format!("id=\"{id}\"")).nth(1).unwrap().split('>').next().unwrap().to_owned();
            tag.ends_with(" hidden")
        };
        (!hides("ask-form"), !hides("message-form"))
    };
    assert_eq!(shown(2, Forms::default()), (true, false));
    assert_eq!(shown(0, Forms::default()), (false, true));
    assert_eq!(shown(2, Forms { no_key: true, ..Forms::default() }), (false, true));
    assert_eq!(shown(2, Forms { for_message: true, ..Forms::default() }), (false, true));
}

#[test]
fn c4_a_system_without_a_program_is_told_by_name_with_what_works() {
    let portal = some_portal("Acme Support");
    let text = drawn(WINDOWS, "en", &portal, 1, &[], Forms::default());
    assert!(text.contains("Windows 10 / 11</strong>: There is no Lotse program for it at this relay yet."), "{text}");
    assert!(text.contains("It works on Linux with X11, 64 bit."), "{text}");
    let german = drawn(WINDOWS, "de", &portal, 1, &[], Forms::default());
    assert!(german.contains("Es läuft auf Linux mit X11, 64 Bit."), "{german}");
    let linux = drawn(LINUX, "en", &portal, 1, &[], Forms::default());
    assert!(!linux.contains("There is no Lotse program") && linux.contains("data-native"), "{linux}");
}

#[tokio::test]
async fn the_program_for_the_system_is_offered_with_how_to_start_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lotse-customer-linux-x86_64"), vec![0; 8_340_000]).unwrap();
    let offers = Programs::new(vec![folder.path().into()]).offers().await;
    let portal = some_portal("Acme Support");
    let text = drawn(LINUX, "de", &portal, 1, &offers, Forms::default());
    for part in [
        "href=\"/get/lotse-customer-linux-x86_64\"",
        "8,4 MB",
        &offers[0].sha256,
        "./lotse-customer-linux-x86_64 --relay https://relay.example:8443#sha256=ab12",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let elsewhere = drawn(WINDOWS, "en", &portal, 1, &offers, Forms::default());
    assert!(elsewhere.contains("Download for Linux with X11, 64 bit") && elsewhere.contains("8.4 MB"), "{elsewhere}");
}

#[test]
fn a_host_that_is_no_name_is_not_repeated() {
    assert_eq!(relay_url("help.example.com", None), "https://help.example.com");
    assert_eq!(relay_url("[::1]:8443", Some("ab")), "https://[::1]:8443#sha256=ab");
    for bad in ["", "a b", "a;rm -rf", "$(x)", "a/b", &"a".repeat(300)] {
        assert_eq!(relay_url(bad, None), "", "{bad}");
    }
}

#[test]
fn sizes_are_written_as_people_read_them() {
    assert_eq!(size(Language::English, 8_340_000), "8.4 MB");
    assert_eq!(size(Language::German, 12_000_000), "12,0 MB");
    assert_eq!(size(Language::English, 1), "1 KB");
}

#[test]
fn both_languages_are_in_reach_also_of_a_page_that_was_sent_a_form() {
    let headers = headers(LINUX, "en");
    let of = |path: &'static str| {
        let visit = Visit::of(&headers, &Uri::from_static(path), None).unwrap();
        languages(&visit, "/p/acme").into_iter().map(|choice| (choice.href, choice.current)).collect::<Vec<_>>()
    };
    let german = of("/p/acme/message")[0].clone();
    assert_eq!(german, ("/p/acme?lang=de".to_owned(), false));
    assert_eq!(of("/p/acme?sent=1")[1], ("/p/acme?sent=1&lang=en".to_owned(), true));
}

/// Scar: "Three people are here to help" stood above "No rep is available. You keep your place."
#[test]
fn c1_who_is_there_is_said_to_whoever_could_ask_and_to_nobody_who_waits() {
    let portal = some_portal("Acme Support");
    for (view, hides) in [(View::Ask, false), (View::Wait, true), (View::Running, true), (View::Sent, true)] {
        let text = drawn(LINUX, "en", &portal, 3, &[], Forms { view, ..Forms::default() });
        let tag = text.split("id=\"status\"").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
        assert_eq!(tag.ends_with(" hidden"), hides, "{view:?}: {tag}");
    }
}
