//! F3: what else passes while a large file fills a narrow line: the talk both ways, the picture, and the rep's hands.

use crate::Session;
use crate::files::{answer, behind_a_line_with, drop_on, expect, file, folder, under_way};
use lotse_e2e::eyes::{Area, find_colour};
use lotse_e2e::hands::Hands;
use lotse_e2e::patches::Patches;
use lotse_e2e::{Program, Typewriter, wait_for};
use serde_json::{Value, json};
use std::fs;
use std::time::Duration;

const CHAT: &str = "lotse.chat";
const FILE: &str = "large.bin";

/// How much of the file has come, of 1,000, as the customer's program last said.
fn come(session: &Session) -> i64 {
    let row = |event: &Value| event["event"] == "activity" && event["label"] == FILE;
    let last = session.customer.events().into_iter().rfind(row).unwrap();
    last["value"].as_i64().unwrap_or_default()
}

/// What passed did so before the file was there.
fn expect_under_way(session: &Session, after: &str) {
    let over = |event: &Value| {
        event["event"] == "activity" && event["detail"].as_str().is_some_and(|detail| detail.contains("Received into"))
    };
    assert!(!session.customer.events().iter().any(over), "the file was there before this was: {after}");
}

fn say(program: &mut Program, words: &str) {
    program.act(CHAT, "say", json!({ "text": words })).unwrap();
}

/// What was said by whoever's lines begin so, as a side's chat has it.
fn said(program: &mut Program, who: &str) -> Vec<String> {
    let nodes = program.look("chat").unwrap();
    let bodies = nodes.iter().filter_map(|node| node["body"].as_str());
    bodies.filter(|body| body.starts_with(who)).map(str::to_owned).collect()
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "file-transfer", plugin = "screen-sharing")),
    ignore = "needs the plugins chat, file-transfer and screen-sharing"
)]
fn f3_talk_both_ways_the_picture_and_the_reps_keys_get_through_while_a_large_file_fills_a_narrow_line() {
    let bare = ["--view", "--control", "--viewer-geometry", "1024x768+0+0", "--viewer-bare", "--scale", "1"];
    let (mut session, line) = behind_a_line_with((1024, 768), &bare);
    session.picture_is_there();
    session.rep.expect_node("viewer", 20, |node| node["id"] == "control" && node["on"] == true).unwrap();
    let desk = Hands::on(&session.desk).unwrap();
    desk.place("Lotse", 640, 120, 340, 480).unwrap();
    session.expect_exact("the picture, before the line is narrow");
    let papers = tempfile::tempdir().unwrap();
    let typewriter = Typewriter::on(&session.desk, &papers.path().join("typed")).unwrap();
    let (x, y, width, height) = desk.window("Typewriter").unwrap();
    let office = Hands::on(&session.office).unwrap();
    wait_for(20, "the rep's keys in the terminal", || {
        office.click(x + width as i16 / 2, y + height as i16 / 2).ok()?;
        std::thread::sleep(Duration::from_millis(500));
        office.type_text("a").ok()?;
        std::thread::sleep(Duration::from_millis(500));
        (!typewriter.typed().is_empty()).then_some(())
    })
    .unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let mut typed = typewriter.typed();
    let patches = Patches::on(&session.desk).unwrap();

    line.narrow(600_000);
    let (from, to) = (folder(&session, "from"), folder(&session, "to"));
    let large = file(&from, FILE, 30_000_000);
    let mark = session.customer.mark();
    drop_on(&mut session.rep, &[&large]);
    answer(&mut session.customer, mark, Some(&to));
    under_way(&session.customer, FILE);
    let began = come(&session);
    let (mut of_rep, mut of_customer) = (Vec::new(), Vec::new());
    for (round, key) in (0_u16..).zip(["b", "c", "d"]) {
        for number in 0..3 {
            let (mine, theirs) = (format!("rep {round} {number}"), format!("customer {round} {number}"));
            say(&mut session.rep, &mine);
            say(&mut session.customer, &theirs);
            of_rep.push(mine);
            of_customer.push(theirs);
        }
        let (mine, theirs) = (format!("rep {round} 2"), format!("customer {round} 2"));
        session.customer.expect_node("chat", 20, |node| node["body"] == mine.as_str()).unwrap();
        session.rep.expect_node("chat", 20, |node| node["body"] == theirs.as_str()).unwrap();
        expect_under_way(&session, "what was said");

        let (colour, place) = (0x0012_3440 + u32::from(round), Area::new(40, 320 + 100 * usize::from(round), 160, 70));
        patches.add(colour, place.x as i16, place.y as i16, place.width as u16, place.height as u16).unwrap();
        let mut seen = None;
        wait_for(20, "what is new on the customer's screen in the rep's viewer", || {
            seen = find_colour(&session.office.picture().ok()?, colour);
            (seen == Some(place)).then_some(())
        })
        .unwrap_or_else(|problem| panic!("{problem}: {seen:?} instead of {place:?}"));
        expect_under_way(&session, "the picture");

        office.type_text(key).unwrap();
        typed.push_str(key);
        wait_for(20, "the rep's key", || (typewriter.typed() == typed).then_some(()))
            .unwrap_or_else(|problem| panic!("{problem}: {:?} instead of {typed:?}", typewriter.typed()));
        expect_under_way(&session, "the rep's key");
    }
    for program in [&mut session.rep, &mut session.customer] {
        assert_eq!((said(program, "rep "), said(program, "customer ")), (of_rep.clone(), of_customer.clone()));
    }
    // Nor did the file wait for all of that.
    wait_for(20, "more of the file to come", || (come(&session) > began).then_some(())).unwrap();
    expect_under_way(&session, "everything");
    line.narrow(0);
    expect(&session.customer, FILE, "Received into");
    assert!(fs::read(to.join(FILE)).unwrap() == fs::read(large).unwrap());
}
