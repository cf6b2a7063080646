//! V · Viewing and control.

use crate::{ALL, Session};
use lotse_e2e::hands::Hands;
use lotse_e2e::wait_for;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SHARING: &str = "lotse.screen-sharing";
const F9: u32 = 0xffc6;
const F12: u32 = 0xffc9;

/// Ends with the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A terminal on the customer's display that writes what is typed into a file, with the keyboard on it.
fn typewriter(session: &Session, file: &Path) -> Killed {
    let script = format!("stty -echo -icanon min 1; exec cat > {}", file.display());
    let child = Command::new("xterm")
        .args(["-u8", "-geometry", "60x10+20+40", "-title", "Typewriter", "-e", "sh", "-c", &script])
        .env("DISPLAY", session.desk.name())
        .env("LC_ALL", "C.UTF-8")
        .spawn()
        .unwrap();
    let child = Killed(child);
    let hands = Hands::on(&session.desk).unwrap();
    let (x, y, width, height) = hands.window("Typewriter").unwrap();
    hands.click(x + width as i16 / 2, y + height as i16 / 2).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    child
}

fn layout(display: &lotse_e2e::Display, name: &str) {
    let set =
        Command::new("setxkbmap").args(["-display", display.name(), name]).stderr(Stdio::null()).status().unwrap();
    assert!(set.success());
    std::thread::sleep(Duration::from_millis(300));
}

fn expect_file(file: &Path, wanted: &str) {
    let mut seen = String::new();
    wait_for(10, "typed text", || {
        seen = std::fs::read_to_string(file).unwrap_or_default();
        (seen == wanted).then_some(())
    })
    .unwrap_or_else(|problem| panic!("{problem}: {seen:?} instead of {wanted:?}"));
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v1_show_customers_screen_from_the_chat_windows_menu() {
    let mut session = Session::start(ALL, &[]);
    let item = session.rep.expect_node("menu", 20, |node| node["id"] == "show").unwrap();
    assert_eq!(item["label"], "Show Customer's Screen");
    session.rep.act(SHARING, "show", json!({})).unwrap();
    session.picture_is_there();
    for id in ["scale", "full-screen", "pause", "quality", "control"] {
        session
            .rep
            .expect_node("viewer", 10, |node| node["id"] == id)
            .unwrap_or_else(|problem| panic!("{id}: {problem}"));
    }
    Hands::on(&session.office).unwrap().window("screen").unwrap();
    session.rep.act(SHARING, "stop", json!({})).unwrap();
    session.rep.expect("surface", 10, |event| event["state"] == "closed").unwrap();
    assert_eq!(session.rep.state().as_deref(), Some("active"));
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v2_pointer_and_keys_act_on_the_customers_computer() {
    let session = Session::bare(ALL, &["--control"]);
    session.expect_exact("the first picture");
    let (office, desk) = (Hands::on(&session.office).unwrap(), Hands::on(&session.desk).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("typed");
    let _typewriter = typewriter(&session, &file);
    let mut at = (0, 0);
    wait_for(10, "the pointer to follow", || {
        office.move_to(200, 180).ok()?;
        office.move_to(210, 190).ok()?;
        std::thread::sleep(Duration::from_millis(100));
        at = desk.pointer().ok()?;
        (at == (210, 190)).then_some(())
    })
    .unwrap_or_else(|problem| panic!("{problem}: it is at {at:?}"));
    office.button(1).unwrap();
    office.type_text("hello from the office").unwrap();
    expect_file(&file, "hello from the office");
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v2_text_arrives_whatever_the_two_layouts_are() {
    let session = Session::bare(ALL, &["--control"]);
    session.expect_exact("the first picture");
    layout(&session.office, "de");
    layout(&session.desk, "us");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("typed");
    let _typewriter = typewriter(&session, &file);
    let office = Hands::on(&session.office).unwrap();
    office.click(200, 180).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    const ALT_GR: u32 = 0xfe03;
    const SHIFT: u32 = 0xffe1;
    const DEAD_ACUTE: u32 = 0xfe51;
    for keys in [
        vec!['z' as u32],
        vec![0xfc],
        vec![SHIFT, 0xe4],
        vec![0xdf],
        vec![ALT_GR, 'e' as u32],
        vec![ALT_GR, 'q' as u32],
        vec![DEAD_ACUTE],
        vec!['e' as u32],
    ] {
        office.keys(&keys).unwrap();
        std::thread::sleep(Duration::from_millis(60));
    }
    expect_file(&file, "züÄß€@é");
    layout(&session.office, "ru");
    std::thread::sleep(Duration::from_millis(300));
    office.keys(&[0x6d1]).unwrap();
    expect_file(&file, "züÄß€@éя");
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v3_hotkeys_belong_to_the_viewer_or_to_the_customer() {
    let mut session = Session::bare(ALL, &["--control"]);
    session.expect_exact("the first picture");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("typed");
    let _typewriter = typewriter(&session, &file);
    let office = Hands::on(&session.office).unwrap();
    office.click(200, 180).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    office.keys(&[F12]).unwrap();
    let home = session.stage.folder().to_owned();
    wait_for(10, "F12 to take a screenshot", || screenshot(&home)).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), "", "F12 stayed here");
    // Off: the keys reach the customer, and the functions stay in the Tools menu.
    session.rep.act(SHARING, "hotkeys", json!({ "on": false })).unwrap();
    session.rep.expect_node("tools", 10, |node| node["id"] == "shot-file").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    office.keys(&[F9]).unwrap();
    wait_for(10, "F9 to reach the customer", || (!std::fs::read(&file).ok()?.is_empty()).then_some(())).unwrap();
}

/// The newest screenshot, when there are so many.
fn screenshots(home: &Path, number: usize) -> Option<PathBuf> {
    let folders = [home.join("Lotse"), home.join("Pictures/Lotse")];
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let mut found: Vec<_> =
        entries.map(|entry| (entry.metadata().and_then(|meta| meta.modified()).ok(), entry.path())).collect();
    found.sort();
    if found.len() >= number { found.pop().map(|(_, path)| path) } else { None }
}

fn screenshot(home: &Path) -> Option<PathBuf> {
    screenshots(home, 1)
}

/// Pixels of a PNG file, once it is whole.
fn pixels_of(file: &Path) -> Option<Vec<u32>> {
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(file).ok()?));
    let mut reader = decoder.read_info().ok()?;
    let mut bytes = vec![0; reader.output_buffer_size()?];
    reader.next_frame(&mut bytes).ok()?;
    Some(bytes.chunks_exact(4).map(|pixel| u32::from_be_bytes([0, pixel[0], pixel[1], pixel[2]])).collect())
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v4_a_screenshot_is_the_customers_screen_to_the_pixel() {
    let mut session = Session::bare(ALL, &[]);
    let home = session.stage.folder().to_owned();
    // The customer's own window may change between the looks; what counts is a moment in which it did not.
    let still = (1..=8).any(|number| {
        session.expect_exact("the picture");
        let before = session.desk.picture().unwrap();
        session.rep.act(SHARING, "shot-file", json!({})).unwrap();
        let file = wait_for(10, "a screenshot file", || screenshots(&home, number)).unwrap();
        let shot = wait_for(10, "the whole file", || pixels_of(&file)).unwrap();
        let after = session.desk.picture().unwrap();
        assert!(before != after || shot == before.pixels, "the screenshot is not what was on the screen");
        before == after
    });
    assert!(still, "the customer's screen never rested");
    session.rep.act(SHARING, "shot-clipboard", json!({})).unwrap();
    wait_for(10, "the screenshot on the rep's clipboard", || {
        let targets = Command::new("xclip")
            .args(["-display", session.office.name(), "-selection", "clipboard", "-o", "-t", "TARGETS"])
            .output()
            .ok()?;
        String::from_utf8_lossy(&targets.stdout).contains("image/png").then_some(())
    })
    .unwrap();
}

#[test]
#[cfg_attr(not(plugin = "clipboard"), ignore = "needs the plugin clipboard")]
fn v5_the_clipboard_is_shared_both_ways() {
    let mut session = Session::start(ALL, &[]);
    session.rep.act("lotse.clipboard", "share", json!({ "on": true })).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    copy(session.desk.name(), "from the customer: Grüße");
    expect_clipboard(session.office.name(), "from the customer: Grüße");
    copy(session.office.name(), "from the rep: 漢字");
    expect_clipboard(session.desk.name(), "from the rep: 漢字");
    // Paused is paused for the clipboard, too: people pause to copy a password.
    session.customer.tell(&json!({ "do": "pause", "on": true })).unwrap();
    session.rep.expect("paused", 10, |event| event["on"] == true).unwrap();
    copy(session.desk.name(), "a password");
    copy(session.office.name(), "from a rep who does not wait");
    std::thread::sleep(Duration::from_secs(2));
    expect_clipboard(session.office.name(), "from a rep who does not wait");
    expect_clipboard(session.desk.name(), "a password");
    session.customer.tell(&json!({ "do": "pause", "on": false })).unwrap();
    session.customer.tell(&json!({ "do": "allow", "access": "clipboard", "on": false })).unwrap();
    session.rep.expect("consent", 10, |event| event["access"] == "clipboard" && event["state"] == "refused").unwrap();
    copy(session.desk.name(), "private again");
    std::thread::sleep(Duration::from_secs(2));
    expect_clipboard(session.office.name(), "from a rep who does not wait");
}

fn copy(display: &str, text: &str) {
    use std::io::Write;
    let mut child = Command::new("xclip")
        .args(["-display", display, "-selection", "clipboard", "-i"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait().unwrap();
}

fn expect_clipboard(display: &str, wanted: &str) {
    let mut seen = String::new();
    wait_for(10, "the clipboard", || {
        let out = Command::new("xclip").args(["-display", display, "-selection", "clipboard", "-o"]).output().ok()?;
        seen = String::from_utf8_lossy(&out.stdout).into_owned();
        (seen == wanted).then_some(())
    })
    .unwrap_or_else(|problem| panic!("{problem}: {seen:?} instead of {wanted:?}"));
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v6_either_side_pauses_and_stops_sharing_without_ending_the_session() {
    let mut session = Session::bare(ALL, &[]);
    session.expect_exact("the first picture");
    session.rep.act(SHARING, "pause", json!({ "on": true })).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let before = session.office.settle(300).unwrap();
    let _colour = paint(&session, "#aa3377");
    std::thread::sleep(Duration::from_secs(1));
    assert!(session.office.picture().unwrap() == before, "paused is paused");
    session.rep.act(SHARING, "pause", json!({ "on": false })).unwrap();
    session.expect_exact("the picture after the pause");
    session.customer.act(SHARING, "stop", json!({})).unwrap();
    session.rep.expect("surface", 10, |event| event["state"] == "closed").unwrap();
    assert_eq!(session.rep.state().as_deref(), Some("active"));
}

fn paint(session: &Session, colour: &str) -> Killed {
    let child = Command::new("xterm")
        .args(["-geometry", "80x24+100+100", "-bg", colour, "-title", "Paint", "-e", "sleep", "60"])
        .env("DISPLAY", session.desk.name())
        .spawn()
        .unwrap();
    let child = Killed(child);
    Hands::on(&session.desk).unwrap().window("Paint").unwrap();
    child
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v7_a_still_screen_becomes_pixel_exact() {
    let session = Session::bare(ALL, &[]);
    session.expect_exact("the first picture");
    // A photo-like picture goes lossy first; at rest it must be exact.
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("photo.xwd.xbm");
    let noise = noise_pixmap(&photo);
    let shown = Command::new("xsetroot")
        .arg("-bitmap")
        .arg(&noise)
        .args(["-fg", "#7a93c4", "-bg", "#c08a52"])
        .env("DISPLAY", session.desk.name())
        .output()
        .unwrap();
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    session.expect_exact("the changed screen");
    let _window = paint(&session, "#205080");
    session.expect_exact("a window on it");
}

/// An X bitmap of noise.
fn noise_pixmap(place: &Path) -> PathBuf {
    let mut seed = 1_u32;
    let bytes: Vec<String> = (0..64 * 8)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            format!("0x{:02x}", seed >> 24)
        })
        .collect();
    let text =
        format!("#define n_width 64\n#define n_height 64\nstatic char n_bits[] = {{\n{} }};\n", bytes.join(",\n"));
    std::fs::write(place, text).unwrap();
    place.to_owned()
}
