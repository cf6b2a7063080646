//! The scenes, one after the other. Each leaves the windows as the next one needs them.

use super::cast::{Cast, ORTIZ, WALL, WEBER, received, session_of};
use super::hand;
use crate::Result;
use lotse_e2e::hands::Hands;
use lotse_e2e::stage::PASSWORD;
use lotse_e2e::wait_for;
use serde_json::{Value, json};
use std::path::Path;

const ANNOTATIONS: &str = "lotse.annotations";
const CHAT: &str = "lotse.chat";
const CLIPBOARD: &str = "lotse.clipboard";
const DIAGNOSTICS: &str = "lotse.diagnostics";
const HANDOFF: &str = "lotse.session-handoff";
const MULTI_CHAT: &str = "lotse.multi-chat";
const REBOOT: &str = "lotse.remote-reboot";
const REPLIES: &str = "lotse.canned-replies";
const SHARE: &str = "lotse.share-my-screen";
const SHARING: &str = "lotse.screen-sharing";

const BO: &str = "bo.lind@acme.example";
/// Behind the words of the customer's printer queue.
const TERMINAL: u32 = 0x0012_202b;
const VIOLET: u32 = 0x009b_4de0;
/// Round what the rep shows.
const FRAME: u32 = 0x00e0_452b;
/// More pixels of a colour than anything else on a display has.
const MANY: usize = 1_000;
const SMALL_FILE: usize = 184_320;
/// Takes half a minute at `NARROW`.
const LARGE_FILE: usize = 16_000_000;
/// Bytes a second.
const NARROW: u64 = 500_000;

pub fn chat(cast: &mut Cast, file: &Path) -> Result {
    cast.rep.expect_node("chat", 30, |node| node["kind"] == "field")?;
    cast.customer.expect_node("chat", 30, |node| node["kind"] == "field")?;
    for (words, reps) in cast.words.talk {
        let (speaker, hearer) =
            if reps { (&mut cast.rep, &mut cast.customer) } else { (&mut cast.customer, &mut cast.rep) };
        speaker.act(CHAT, "say", json!({ "text": words }))?;
        hearer.expect_node("chat", 20, |node| node["body"] == words)?;
    }
    cast.take(file)
}

fn viewer(cast: &Cast) -> String {
    format!("{WEBER} \u{b7} {}", cast.words.screen)
}

pub fn screen(cast: &mut Cast, file: &Path) -> Result {
    cast.ready("menu", "show")?;
    cast.ask_and_allow("view", SHARING, "show", json!({}))?;
    cast.rep.expect("surface", 30, |event| event["width"].as_u64().unwrap_or(0) > 0)?;
    Hands::on(&cast.office)?.place(&viewer(cast), 600, 24, 664, 556)?;
    wait_for(30, "the customer's screen in the viewer", || {
        (cast.office.picture().ok()?.count(TERMINAL) > MANY).then_some(())
    })?;
    cast.take(file)
}

/// Violet pixels on both displays.
fn drawn(cast: &Cast) -> Result<(usize, usize)> {
    Ok((cast.office.picture()?.count(VIOLET), cast.desk.picture()?.count(VIOLET)))
}

/// Takes a tool, draws with it by hand, and waits until both displays show it.
fn draw(cast: &mut Cast, tool: &str, with: impl FnOnce(&Hands, (i16, i16, u16, u16)) -> Result) -> Result {
    cast.rep.act(ANNOTATIONS, "tool", json!({ "choice": tool }))?;
    cast.rep.expect_node("viewer", 10, |node| node["id"] == "tool" && node["choice"] == tool)?;
    // The bar says what is drawn with, and the picture may move for it.
    hand::rest(&cast.office)?;
    let before = drawn(cast)?;
    let hands = Hands::on(&cast.office)?;
    with(&hands, hands.window(&viewer(cast))?)?;
    wait_for(20, &format!("the {tool} on either display"), || {
        let now = drawn(cast).ok()?;
        (now.0 > before.0 || now.1 > before.1).then_some(())
    })
}

pub fn drawing(cast: &mut Cast, file: &Path) -> Result {
    cast.ready("viewer", "tool")?;
    cast.rep.act(ANNOTATIONS, "colour", json!({ "choice": "violet" }))?;
    cast.rep.act(ANNOTATIONS, "width", json!({ "choice": "thick" }))?;
    for (tool, from, to) in [("rectangle", (4, 34), (52, 44)), ("arrow", (46, 66), (33, 47))] {
        draw(cast, tool, |hands, window| {
            hands.drag(hand::place_in(window, from.0, from.1)?, hand::place_in(window, to.0, to.1)?)
        })?;
    }
    let words = cast.words.drawn;
    draw(cast, "text", |hands, window| {
        let (x, y) = hand::place_in(window, 42, 66)?;
        hands.click(x, y)?;
        hand::pause(300);
        hands.type_text(words)
    })?;
    cast.take(file)?;
    cast.rep.act(ANNOTATIONS, "stop-drawing", json!({}))?;
    cast.rep.expect_node("viewer", 10, |node| node["id"] == "stop-drawing" && node["enabled"] == false)?;
    cast.rep.act(ANNOTATIONS, "clear", json!({}))?;
    cast.rep.expect_node("viewer", 10, |node| node["id"] == "clear" && node["enabled"] == false).map(drop)
}

pub fn file_offered(cast: &mut Cast, file: &Path) -> Result {
    cast.ready("menu", "send-files")?;
    std::fs::create_dir_all(cast.stage.folder().join("Downloads"))?;
    let place = cast.offer("paper-jam.pdf", SMALL_FILE)?;
    cast.take(file)?;
    hand::allow(&cast.desk)?;
    received(&place, SMALL_FILE)
}

pub fn transfers(cast: &mut Cast, file: &Path) -> Result {
    const NAME: &str = "driver-office-2.zip";
    cast.line.narrow(NARROW);
    let place = cast.offer(NAME, LARGE_FILE)?;
    hand::allow(&cast.desk)?;
    // Of 1,000.
    let under_way = |value: i64| (50..700).contains(&value);
    cast.rep
        .expect("activity", 60, |event| event["label"] == NAME && event["value"].as_i64().is_some_and(under_way))?;
    cast.take(file)?;
    cast.line.narrow(0);
    received(&place, LARGE_FILE)
}

pub fn clipboard(cast: &mut Cast, file: &Path) -> Result {
    let toggle = |node: &Value| node["id"] == "share" && node["kind"] == "toggle" && node["enabled"] != false;
    cast.rep.expect_node("menu", 30, toggle)?;
    cast.ask_and_allow("clipboard", CLIPBOARD, "share", json!({ "on": true }))?;
    let menu = cast.menu_of(CLIPBOARD)?;
    hand::open_menu(&cast.office, &session_of(WEBER), menu)?;
    cast.take(file)?;
    hand::close_menu(&cast.office)
}

pub fn system_information(cast: &mut Cast, file: &Path) -> Result {
    cast.ready("tools", "look")?;
    cast.ask_and_allow("system", DIAGNOSTICS, "look", json!({}))?;
    cast.rep.expect_node("tools", 30, |node| node["kind"] == "copy")?;
    Hands::on(&cast.office)?.place(cast.words.system, 640, 160, 520, 620)?;
    cast.take(file)?;
    hand::close_window(&cast.office, cast.words.system)
}

pub fn team_replies(cast: &mut Cast, file: &Path) -> Result {
    cast.ready("preferences", "add")?;
    for reply in cast.words.replies {
        cast.rep.act(REPLIES, "add", json!({ "text": reply }))?;
        cast.rep.expect_node("tools", 20, |node| node["kind"] == "item" && node["label"] == reply)?;
        cast.ready("preferences", "add")?;
    }
    let hands = Hands::on(&cast.office)?;
    hand::bring(&hands, &session_of(WEBER))?;
    hands.keys(&[hand::CONTROL, hand::COMMA])?;
    hands.place(cast.words.preferences, 660, 120, 560, 740)?;
    hand::rest(&cast.office)?;
    // What plugins contribute is at the end.
    hands.move_to(900, 500)?;
    for _ in 0..40 {
        hands.button(5)?;
    }
    let menu = cast.tools_menu()?;
    hand::open_menu(&cast.office, &session_of(WEBER), menu)?;
    cast.take(file)?;
    hand::close_menu(&cast.office)?;
    hand::close_window(&cast.office, cast.words.preferences)
}

/// The direction is switched: the customer's screen is shown no more.
pub fn share_my_screen(cast: &mut Cast, file: &Path) -> Result {
    let mark = cast.rep.mark();
    cast.rep.act(SHARING, "stop", json!({}))?;
    cast.rep.expect_after(mark, "surface", 20, |event| event["state"] == "closed")?;
    let item = |node: &Value| node["id"] == "share" && node["kind"] == "item" && node["enabled"] != false;
    cast.rep.expect_node("menu", 30, item)?;
    cast.rep.act(SHARE, "share", json!({}))?;
    cast.rep.expect_after(mark, "showing-choice", 30, |event| event["state"] == "complete")?;
    Hands::on(&cast.office)?.place(cast.words.chooser, 520, 140, 740, 620)?;
    cast.take(file)
}

pub fn watching(cast: &mut Cast, file: &Path) -> Result {
    let choice = cast.rep.expect("showing-choice", 10, |event| event["state"] == "complete")?;
    let is_display = |source: &&Value| source.as_str().is_some_and(|name| name.starts_with("display-"));
    let mut sources = choice["sources"].as_array().into_iter().flatten().map(|of| &of["source"]);
    let source = sources.find(is_display).ok_or("no whole screen is offered")?;
    cast.rep.tell(&json!({ "do": "choose-showing", "request": choice["request"], "source": source }))?;
    cast.rep.expect("showing", 20, |event| event["on"] == true)?;
    cast.customer.expect("surface", 30, |event| event["width"].as_u64().unwrap_or(0) > 0)?;
    Hands::on(&cast.desk)?.place(cast.words.watching, 12, 24, 840, 660)?;
    wait_for(30, "the rep's screen in the customer's window, and the frame round it", || {
        let there = cast.desk.picture().ok()?.count(WALL) > MANY && cast.office.picture().ok()?.count(FRAME) > MANY;
        there.then_some(())
    })?;
    cast.take(file)?;
    let mark = cast.customer.mark();
    cast.rep.act(SHARE, "stop-sharing", json!({}))?;
    cast.customer.expect_after(mark, "surface", 20, |event| event["state"] == "closed").map(drop)
}

pub fn several_customers(cast: &mut Cast, file: &Path) -> Result {
    let (weber, ortiz) = (session_of(WEBER), session_of(ORTIZ));
    cast.rep.act(MULTI_CHAT, "arrange", json!({ "choice": "stack" }))?;
    let hands = Hands::on(&cast.office)?;
    wait_for(20, "one window with tabs", || {
        (hands.window_now(&weber).is_some() != hands.window_now(&ortiz).is_some()).then_some(())
    })?;
    if hands.window_now(&weber).is_none() {
        hand::bring(&hands, &ortiz)?;
        hands.keys(&[hand::CONTROL, hand::TAB])?;
    }
    hands.place(&weber, 12, 24, 640, 850)?;
    hand::pause(700);
    hand::bring(&hands, &weber)?;
    let mark = cast.rep.mark();
    cast.ortiz.act(CHAT, "say", json!({ "text": cast.words.meanwhile }))?;
    cast.rep.expect_after(mark, "unread", 20, |event| event["count"] == 1)?;
    cast.take(file)
}

/// Types into the field for notes, however long the window needs to get the keyboard, and waits until the relay has it.
fn note_down(cast: &Cast) -> Result {
    let hands = Hands::on(&cast.office)?;
    let mark = cast.rep.mark();
    let (first, rest) = cast.words.noted.split_at(1);
    wait_for(30, "the field for notes to take what is typed", || {
        hand::bring(&hands, &session_of(WEBER)).ok()?;
        hands.keys(&[hand::F6]).ok()?;
        hand::pause(300);
        hands.type_text(first).ok()?;
        cast.rep.expect_after(mark, "notes", 3, |_| true).ok()
    })?;
    let typed = cast.rep.mark();
    hands.type_text(rest)?;
    cast.rep.expect_after(typed, "notes", 20, |event| event["state"] == "saved").map(drop)
}

pub fn hand_over(cast: &mut Cast, file: &Path) -> Result {
    note_down(cast)?;
    cast.stage.add_rep(BO, "Bo Lind")?;
    let bo = cast.stage.colleague(&cast.branch, BO, PASSWORD)?;
    bo.expect("signed-in", 60, |_| true)?;
    cast.bo = Some(bo);
    let is_bo = |node: &Value| {
        let (id, label) = (node["id"].as_str().unwrap_or_default(), node["label"].as_str().unwrap_or_default());
        id.starts_with("take-") && label.starts_with("Bo Lind") && node["enabled"] != false
    };
    let item = cast.rep.expect_node("menu", 30, is_bo)?;
    cast.rep.act(HANDOFF, item["id"].as_str().unwrap_or_default(), json!({}))?;
    cast.rep.expect_node("chat", 20, |node| node["id"] == "note")?;
    let note = cast.words.note;
    cast.rep.act(HANDOFF, "note", json!({ "text": note }))?;
    let told = |event: &Value| event["told"] == true && event["notes"] == true && event["note"] == note;
    cast.bo()?.expect("hand-over", 30, told)?;
    Hands::on(&cast.branch)?.window(cast.words.alert)?;
    cast.take(file)
}

pub fn another_rep(cast: &mut Cast, file: &Path) -> Result {
    let asked = cast.bo()?.expect("hand-over", 10, |event| event["told"] == true)?;
    let mark = cast.customer.mark();
    cast.bo()?.tell(&json!({ "do": "answer-hand-over", "offer": asked["offer"], "on": true }))?;
    cast.customer.expect_after(mark, "prompt", 60, |event| event["kind"] == "beside")?;
    cast.take(file)?;
    hand::allow(&cast.desk)?;
    cast.bo()?.expect_state("active", 60)?;
    cast.rep.expect("ended", 30, |event| event["reason"] == "handed-over").map(drop)
}

/// The last one: nobody answers it, and nothing is restarted.
pub fn restart(cast: &mut Cast, file: &Path) -> Result {
    let bo = cast.bo()?;
    bo.expect_node("tools", 30, |node| node["id"] == "restart" && node["enabled"] != false)?;
    bo.act(REBOOT, "restart", json!({}))?;
    cast.customer.expect("prompt", 30, |event| event["access"] == "restart")?;
    cast.take(file)
}
