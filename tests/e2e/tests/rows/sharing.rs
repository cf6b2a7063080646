//! V5, V6 and T1 · Pictures on the clipboard, who holds and stops the screen, and what the chat can do.

use crate::network::say_and_hear;
use crate::screens::{choose_first, put_in_front};
use crate::{ALL, Session};
use lotse_e2e::browser::Browser;
use lotse_e2e::eyes::{Area, find_change};
use lotse_e2e::hands::Hands;
use lotse_e2e::neighbour::{copy, expect_paste, paint, paste};
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage, wait_for};
use serde_json::{Value, json};
use std::time::Duration;

const SHARING: &str = "lotse.screen-sharing";
const CHAT: &str = "lotse.chat";
pub const PNG: &str = "image/png";

/// A picture in the clipboard's format, in colours that `seed` decides, and its pixels as red, green, blue.
fn picture(seed: u32) -> (Vec<u8>, Vec<u8>) {
    let (width, height) = (61_u32, 43_u32);
    let byte = |at: u32| (at.wrapping_mul(2_654_435_761) ^ seed.wrapping_mul(40_503)).to_be_bytes()[0];
    let pixels: Vec<u8> = (0..width * height * 3).map(byte).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    (file, pixels)
}

/// Red, green, blue of each pixel, whatever way they were packed in.
pub fn pixels_of(file: &[u8]) -> Option<Vec<u8>> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut bytes).ok()?;
    bytes.truncate(frame.buffer_size());
    match frame.color_type {
        png::ColorType::Rgb => Some(bytes),
        png::ColorType::Rgba => Some(bytes.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()),
        png::ColorType::Grayscale | png::ColorType::Indexed | png::ColorType::GrayscaleAlpha => None,
    }
}

fn pasted(display: &Display) -> Option<Vec<u8>> {
    pixels_of(&paste(display, PNG).unwrap()?)
}

#[test]
#[cfg_attr(not(plugin = "clipboard"), ignore = "needs the plugin clipboard")]
fn v5_pictures_cross_both_ways_while_allowed_and_never_otherwise() {
    let mut session = Session::start(ALL, &[]);
    let [(secret, secret_pixels), (one, one_pixels), (two, two_pixels), (late, late_pixels)] =
        [1, 2, 3, 4].map(picture);
    session.rep.expect_node("menu", 20, |node| node["id"] == "share" && node["on"] == false).unwrap();
    copy(&session.desk, PNG, &secret).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(pasted(&session.office), None, "nothing is shared before the rep asks");
    assert_eq!(pasted(&session.desk), Some(secret_pixels), "the look itself works");

    session.rep.act("lotse.clipboard", "share", json!({ "on": true })).unwrap();
    session.rep.expect_node("menu", 20, |node| node["label"] == "Shared both ways").unwrap();
    copy(&session.desk, PNG, &one).unwrap();
    expect_paste(&session.office, PNG, &one_pixels, pixels_of).unwrap();
    copy(&session.office, PNG, &two).unwrap();
    expect_paste(&session.desk, PNG, &two_pixels, pixels_of).unwrap();

    // The customer takes it back: neither side's pictures cross.
    session.customer.tell(&json!({ "do": "allow", "access": "clipboard", "on": false })).unwrap();
    session.rep.expect("consent", 10, |event| event["access"] == "clipboard" && event["state"] == "refused").unwrap();
    session.rep.expect_node("menu", 10, |node| node["label"] == "The customer said no.").unwrap();
    copy(&session.desk, PNG, &late).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(pasted(&session.office), Some(two_pixels), "the customer's later picture stays there");
    copy(&session.office, PNG, &one).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(pasted(&session.desk), Some(late_pixels), "and the rep's here");
}

/// Waits until no plugin shows such a node.
fn expect_none(program: &mut Program, place: &str, seconds: u64, is: impl Fn(&Value) -> bool) {
    wait_for(seconds, &format!("a node to go from {place}"), || {
        (!program.look(place).ok()?.iter().any(&is)).then_some(())
    })
    .unwrap();
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v6_who_holds_or_stops_the_screen_is_shown_on_both_sides() {
    let mut session = Session::bare(ALL, &[]);
    session.expect_exact("the first picture");
    let label = |text: &'static str| move |node: &Value| node["label"] == text;

    session.customer.tell(&json!({ "do": "pause", "on": true })).unwrap();
    let mark = session.rep.mark();
    session.rep.expect("paused", 10, |event| event["on"] == true).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let before = session.office.settle(300).unwrap();
    let _painted = paint(&session.desk, "#aa3377").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert!(session.office.picture().unwrap() == before, "held is held");
    session.customer.tell(&json!({ "do": "pause", "on": false })).unwrap();
    session.rep.expect_after(mark, "paused", 10, |event| event["on"] == false).unwrap();
    session.expect_exact("the picture goes on");

    session.rep.act(SHARING, "pause", json!({ "on": true })).unwrap();
    session.customer.expect_node("menu", 10, label("The rep has paused the picture.")).unwrap();
    session.rep.act(SHARING, "pause", json!({ "on": false })).unwrap();
    expect_none(&mut session.customer, "menu", 10, label("The rep has paused the picture."));

    // The rep stops, and starts again: the customer's consent still stands.
    session.rep.act(SHARING, "stop", json!({})).unwrap();
    session.rep.expect("surface", 10, |event| event["state"] == "closed").unwrap();
    expect_none(&mut session.customer, "menu", 10, |node| node["id"] == "stop");
    let mark = session.rep.mark();
    session.rep.act(SHARING, "show", json!({})).unwrap();
    session.rep.expect_after(mark, "surface", 20, |event| event["width"] == 1024).unwrap();
    session.expect_exact("shown again");

    // The customer stops: it starts again only by their own word.
    let mark = session.rep.mark();
    session.customer.act(SHARING, "stop", json!({})).unwrap();
    session.rep.expect_after(mark, "surface", 10, |event| event["state"] == "closed").unwrap();
    session.rep.expect_node("menu", 10, label("Stopped by the customer")).unwrap();
    let mark = session.rep.mark();
    session.rep.act(SHARING, "show", json!({})).unwrap();
    session.customer.expect_node("menu", 10, label("Your screen is asked for again.")).unwrap();
    session.rep.expect_node("menu", 10, label("The customer is being asked")).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let shown = |event: &Value| event["event"] == "surface" && event["width"].as_u64().unwrap_or(0) > 0;
    assert!(!session.rep.events().iter().skip(mark).any(shown), "nothing is shown before the customer's word");
    session.customer.act(SHARING, "show", json!({})).unwrap();
    session.rep.expect_after(mark, "surface", 20, |event| event["width"] == 1024).unwrap();
    session.expect_exact("shown by the customer's word");
    assert_eq!((session.rep.state().as_deref(), session.customer.state().as_deref()), (Some("active"), Some("active")));
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn t1_a_canned_reply_is_chosen_from_the_menu_and_sent_and_new_ones_are_kept() {
    let mut session = Session::start(ALL, &[]);
    session.rep.expect_node("menu", 20, |node| node["id"] == "reply-0").unwrap();
    put_in_front(&session);
    choose_first(&session, 106);
    let hello = "Hello, how can I help you?";
    session.customer.expect_node("chat", 10, |node| node["body"] == hello && node["mine"] == false).unwrap();
    session.rep.expect_node("chat", 10, |node| node["body"] == hello && node["state"] == "delivered").unwrap();

    let own = "Please switch the router off and on again.";
    session.rep.act(CHAT, "say", json!({ "text": own })).unwrap();
    session.customer.expect_node("chat", 10, |node| node["body"] == own).unwrap();
    session.rep.act(CHAT, "keep-reply", json!({})).unwrap();
    let kept = |node: &Value| node["label"] == own && node["id"].as_str().is_some_and(|id| id.starts_with("reply-"));
    let reply = session.rep.expect_node("menu", 10, kept).unwrap();
    session.rep.act(CHAT, reply["id"].as_str().unwrap(), json!({})).unwrap();
    wait_for(10, "the kept reply at the customer's", || {
        let said = session.customer.look("chat").ok()?;
        (said.iter().filter(|node| node["body"] == own).count() == 2).then_some(())
    })
    .unwrap();
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn t1_the_typing_sign_goes_when_nobody_types() {
    let mut session = Session::start(ALL, &[]);
    say_and_hear(&mut session, "who is there");
    let hands = Hands::on(&session.office).unwrap();
    let (x, y) = crate::notes::message_field(hands.window("K. Weber").unwrap());
    hands.click(x, y).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let typing = |node: &Value| node["label"] == "Anna Berg is typing \u{2026}";
    hands.type_text("wel").unwrap();
    session.customer.expect_node("chat", 10, typing).unwrap();
    // By itself, when the rep turns to something else …
    expect_none(&mut session.customer, "chat", 20, typing);
    // … and at once, when what was written is taken back.
    hands.type_text("l").unwrap();
    session.customer.expect_node("chat", 10, typing).unwrap();
    for _ in 0..4 {
        hands.keys(&[0xff08]).unwrap();
        std::thread::sleep(Duration::from_millis(60));
    }
    // Left alone it would stay for six seconds.
    expect_none(&mut session.customer, "chat", 5, typing);
}

/// Clicks all over what a message changed in the rep's window, until `done`.
fn click_all_over(session: &Session, place: Area, mut done: impl FnMut() -> bool) {
    let hands = Hands::on(&session.office).unwrap();
    for y in (place.y..place.y + place.height).step_by(9) {
        for x in (place.x + 6..place.x + place.width).step_by(28) {
            hands.click(x as i16, y as i16).unwrap();
            if done() {
                return;
            }
        }
    }
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn t1_a_link_is_a_link_and_only_the_web_is_opened() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let mut stage = Stage::start().unwrap();
    let browser = Browser::beside(&mut stage).unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &stage.code().unwrap(), &options).unwrap();
    rep.expect_state("active", 60).unwrap();
    let mut session = Session { rep, customer, desk, office, stage };
    say_and_hear(&mut session, "hello");
    put_in_front(&session);
    let hands = Hands::on(&session.office).unwrap();
    // So tall that nothing scrolls, which would move what was said before.
    hands.place("K. Weber", 30, 20, 560, 860).unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let window = hands.window("K. Weber").unwrap();
    let talk = Area::inside(window, 0, 150, 0, 70);
    let mut hear = |words: &str| {
        let before = session.office.settle(400).unwrap();
        session.customer.act(CHAT, "say", json!({ "text": words })).unwrap();
        session.rep.expect_node("chat", 20, |node| node["body"] == words).unwrap();
        std::thread::sleep(Duration::from_millis(700));
        let after = session.office.settle(400).unwrap();
        find_change(&before, &after, talk).unwrap_or_else(|| panic!("{words:?} is not to be seen"))
    };
    let harmless = hear("file:///etc/passwd javascript:alert(1) ftp://example.org/x -h");
    let link = hear("see https://example.org/help?page=2.");
    click_all_over(&session, harmless, || !browser.opened().is_empty());
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(browser.opened(), Vec::<String>::new(), "only the web is opened");
    click_all_over(&session, link, || {
        std::thread::sleep(Duration::from_millis(120));
        !browser.opened().is_empty()
    });
    wait_for(5, "the link to be opened", || (!browser.opened().is_empty()).then_some(())).unwrap();
    assert_eq!(browser.opened()[0], "https://example.org/help?page=2", "without the sentence's full stop");
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn t1_what_is_said_while_the_line_is_down_arrives_once_and_in_order() {
    let mut session = Session::start(ALL, &[]);
    say_and_hear(&mut session, "before");
    let marks = (session.rep.mark(), session.customer.mark());
    session.stage.kill_relay();
    session.rep.expect_after(marks.0, "session-state", 30, |event| event["state"] == "lost").unwrap();
    session.customer.expect_after(marks.1, "session-state", 30, |event| event["state"] == "lost").unwrap();
    let of = |who: &str| (1..=4).map(|number| format!("{who} {number}")).collect::<Vec<_>>();
    let (of_rep, of_customer) = (of("rep"), of("customer"));
    for (mine, theirs) in of_rep.iter().zip(&of_customer) {
        session.rep.act(CHAT, "say", json!({ "text": mine })).unwrap();
        session.customer.act(CHAT, "say", json!({ "text": theirs })).unwrap();
    }
    session.rep.expect_node("chat", 10, |node| node["body"] == "rep 4" && node["state"] != "delivered").unwrap();
    let marks = (session.rep.mark(), session.customer.mark());
    session.stage.start_relay(&["--developer"]).unwrap();
    session.rep.expect_after(marks.0, "session-state", 60, |event| event["state"] == "active").unwrap();
    session.customer.expect_after(marks.1, "session-state", 60, |event| event["state"] == "active").unwrap();
    session.rep.expect_node("chat", 30, |node| node["body"] == "rep 4" && node["state"] == "delivered").unwrap();
    session
        .customer
        .expect_node("chat", 30, |node| node["body"] == "customer 4" && node["state"] == "delivered")
        .unwrap();
    for program in [&mut session.rep, &mut session.customer] {
        let nodes = program.look("chat").unwrap();
        let said = |who: &str| -> Vec<String> {
            let bodies = nodes.iter().filter_map(|node| node["body"].as_str());
            bodies.filter(|body| body.starts_with(who)).map(str::to_owned).collect()
        };
        assert_eq!(said("rep "), of_rep);
        assert_eq!(said("customer "), of_customer);
        assert_eq!(said("before"), ["before", "before, too"]);
    }
}
