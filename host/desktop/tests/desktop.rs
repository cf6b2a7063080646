//! Frame, hotkey and own windows on real X servers, with clicks and keys as a person's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/x_server.rs"]
mod x_server;

use lotse_desktop::{DesktopError, Frame, FrameEvent, Hotkey, HotkeyEvent, Label, Round, X11Windows};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use x_server::{PATIENCE, XServer};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::xproto::{
    self, ConnectionExt as _, CreateWindowAux, EventMask, GrabMode, ImageFormat, InputFocus, ModMask, Window,
    WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::wrapper::ConnectionExt as _;

const FRAME: [u8; 3] = [0x2b, 0x45, 0xe0];
const CTRL: u8 = 37;
const ALT: u8 = 64;
const END: u8 = 115;
const CAPS: u8 = 66;
const NUM: u8 = 77;

fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < PATIENCE, "{what}: did not happen");
        std::thread::sleep(Duration::from_millis(2));
    }
}

struct Desk(XServer);

impl std::ops::Deref for Desk {
    type Target = XServer;

    fn deref(&self) -> &XServer {
        &self.0
    }
}

impl Desk {
    fn new() -> Self {
        Self(XServer::start("640x480x24", &[]))
    }

    fn until(&self, what: &str, done: impl FnMut() -> bool) {
        eventually(what, done);
    }

    fn pixel(&self, x: i16, y: i16) -> [u8; 3] {
        let image =
            self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, 1, 1, !0).unwrap().reply().unwrap();
        [image.data[0], image.data[1], image.data[2]]
    }

    fn window(&self, x: i16, y: i16, width: u16, height: u16, override_redirect: bool) -> Window {
        let id = self.connection.generate_id().unwrap();
        let looks = CreateWindowAux::new()
            .background_pixel(0xff_ffff)
            .override_redirect(u32::from(override_redirect))
            .event_mask(EventMask::BUTTON_PRESS | EventMask::STRUCTURE_NOTIFY);
        self.connection
            .create_window(0, id, self.root, x, y, width, height, 0, WindowClass::INPUT_OUTPUT, 0, &looks)
            .unwrap();
        self.connection.map_window(id).unwrap();
        self.connection.sync().unwrap();
        id
    }

    fn chord(&self, keys: &[u8]) {
        keys.iter().for_each(|key| self.fake(xproto::KEY_PRESS_EVENT, *key));
        keys.iter().rev().for_each(|key| self.fake(xproto::KEY_RELEASE_EVENT, *key));
    }

    fn point(&self, x: i16, y: i16) {
        self.connection.xtest_fake_input(xproto::MOTION_NOTIFY_EVENT, 0, 0, self.root, x, y, 0).unwrap();
        self.connection.sync().unwrap();
    }

    fn click(&self, x: i16, y: i16) {
        self.click_with(1, x, y);
    }

    fn click_with(&self, button: u8, x: i16, y: i16) {
        self.point(x, y);
        self.fake(xproto::BUTTON_PRESS_EVENT, button);
        self.fake(xproto::BUTTON_RELEASE_EVENT, button);
    }

    fn drag(&self, from: (i16, i16), to: (i16, i16)) {
        self.point(from.0, from.1);
        self.fake(xproto::BUTTON_PRESS_EVENT, 1);
        self.point((from.0 + to.0) / 2, (from.1 + to.1) / 2);
        self.point(to.0, to.1);
        self.fake(xproto::BUTTON_RELEASE_EVENT, 1);
    }

    fn window_manager(&mut self) {
        self.0.window_manager();
    }
}

fn framed(desk: &Desk) -> Frame {
    let windows = X11Windows::start(Some(&desk.display)).unwrap();
    Frame::start(Some(&desk.display), windows, Arc::new(|_| ())).unwrap()
}

fn has_frame(desk: &Desk, width: i16, height: i16) -> bool {
    let (right, bottom) = (width - 1, height - 1);
    let edges =
        [(0, 0), (right, 0), (0, bottom), (right, bottom), (3, 200), (right - 3, 200), (300, 3), (300, bottom - 3)];
    edges.iter().all(|(x, y)| desk.pixel(*x, *y) == FRAME)
        && desk.pixel(4, 200) != FRAME
        && desk.pixel(300, bottom - 4) != FRAME
}

#[test]
fn m1_the_frame_stands_beside_a_window_and_follows_it() {
    let desk = Desk::new();
    let shown = desk.window(100, 80, 200, 120, false);
    let frame = framed(&desk);
    frame.surround(Some(vec![Round::Window(shown)]));
    frame.show(true);
    let beside = |x: i16, y: i16| {
        let (left, top, right, bottom) = (x - 1, y - 1, x + 200, y + 120);
        let edges = [(left, y + 60), (right, y + 60), (x + 50, top), (x + 50, bottom)];
        edges.iter().all(|(x, y)| desk.pixel(*x, *y) == FRAME) && desk.pixel(x, y) != FRAME
    };
    desk.until("the frame beside the window", || beside(100, 80));
    assert_ne!(desk.pixel(0, 0), FRAME, "the rest of the screen is not shown");
    desk.connection.configure_window(shown, &xproto::ConfigureWindowAux::new().x(300).y(200)).unwrap();
    desk.connection.sync().unwrap();
    desk.until("it follows", || beside(300, 200));
    desk.connection.unmap_window(shown).unwrap();
    desk.connection.sync().unwrap();
    desk.until("no frame round nothing", || desk.pixel(299, 260) != FRAME);
    desk.connection.map_window(shown).unwrap();
    desk.connection.sync().unwrap();
    desk.until("it is back", || beside(300, 200));
    desk.connection.destroy_window(shown).unwrap();
    desk.connection.sync().unwrap();
    desk.until("gone with its window", || desk.pixel(299, 260) != FRAME);
    frame.surround(Some(vec![Round::Area { x: 10, y: 20, width: 300, height: 200 }]));
    desk.until("round a part of the desktop, within it", || {
        desk.pixel(10, 100) == FRAME && desk.pixel(309, 100) == FRAME && desk.pixel(9, 100) != FRAME
    });
    frame.surround(None);
    desk.until("round every monitor", || has_frame(&desk, 640, 480));
}

#[test]
fn the_frame_is_seen_and_clicks_go_through() {
    let desk = Desk::new();
    let below = desk.window(0, 0, 640, 480, true);
    let frame = framed(&desk);
    assert_ne!(desk.pixel(0, 0), FRAME);
    frame.show(true);
    desk.until("the frame", || has_frame(&desk, 640, 480));
    desk.click(1, 100);
    desk.until(
        "the click goes through",
        || matches!(desk.connection.poll_for_event().unwrap(), Some(Event::ButtonPress(event)) if event.event == below),
    );
    frame.show(false);
    desk.until("hidden", || desk.pixel(0, 0) != FRAME);
    frame.show(true);
    desk.until("the frame again", || has_frame(&desk, 640, 480));
    drop(frame);
    desk.until("gone", || desk.pixel(0, 0) != FRAME);
}

#[test]
fn the_frame_comes_back_on_top_and_does_not_fight() {
    let desk = Desk::new();
    let frame = framed(&desk);
    frame.show(true);
    desk.until("the frame", || has_frame(&desk, 640, 480));
    let rival = desk.window(0, 0, 640, 480, true);
    desk.until("above the new window", || has_frame(&desk, 640, 480));
    // A rival that raises itself at each restack is answered ever more slowly.
    let above = xproto::ConfigureWindowAux::new().stack_mode(xproto::StackMode::ABOVE);
    let (begin, mut raises) = (Instant::now(), 0);
    while begin.elapsed() < Duration::from_millis(800) {
        if desk.pixel(0, 0) == FRAME {
            raises += 1;
            desk.connection.configure_window(rival, &above).unwrap();
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!((1..=6).contains(&raises), "{raises}");
}

/// What a tab of one colour is made of; X servers tell blue first.
fn label(words: &str, colour: u32) -> Label {
    Label { words: words.to_owned(), width: 120, height: 24, pixels: vec![colour; 120 * 24] }
}

#[test]
fn c5_the_tab_says_who_is_looking_and_takes_no_injected_click() {
    let desk = Desk::new();
    let windows = X11Windows::start(Some(&desk.display)).unwrap();
    let clicks = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&clicks);
    let on_frame = move |event: FrameEvent| {
        assert_eq!(event, FrameEvent::Clicked);
        counted.fetch_add(1, Ordering::SeqCst);
    };
    let frame = Frame::start(Some(&desk.display), Arc::clone(&windows), Arc::new(on_frame)).unwrap();
    frame.label(vec![label("Anna Berg sees", 0x12_34_56)]);
    assert!(!windows.is_own_at(320, 12), "it is not shown yet");
    frame.show(true);
    desk.until("the tab", || desk.pixel(320, 12) == [0x56, 0x34, 0x12]);
    assert_eq!(desk.pixel(320, 23), [0x56, 0x34, 0x12], "the whole of it");
    assert!(desk.pixel(320, 24) != [0x56, 0x34, 0x12] && desk.pixel(250, 12) != [0x56, 0x34, 0x12]);
    assert_eq!(desk.pixel(100, 0), FRAME);
    assert!(windows.is_own_at(320, 12) && !windows.is_own_at(250, 12) && !windows.is_own_at(320, 200));
    desk.click(320, 12);
    desk.until("the click is told", || clicks.load(Ordering::SeqCst) == 1);
    // Other words: another tab in its place, and still ours.
    frame.label(vec![label("Anna Berg sees and controls", 0x65_43_21)]);
    desk.until("the other words", || desk.pixel(320, 12) == [0x21, 0x43, 0x65]);
    assert!(windows.is_own_at(320, 12));
    let names = || {
        let name_of = |window| {
            let (name, any) = (xproto::AtomEnum::WM_NAME, xproto::AtomEnum::ANY);
            let name = desk.connection.get_property(false, window, name, any, 0, 64).ok()?.reply().ok()?.value;
            String::from_utf8(name).ok().filter(|name| name.starts_with("Anna"))
        };
        let windows = desk.connection.query_tree(desk.root).unwrap().reply().unwrap().children;
        windows.into_iter().filter_map(name_of).collect::<Vec<_>>()
    };
    desk.until("the first tab to go", || names() == ["Anna Berg sees and controls"]);
    // Nothing else covers it, and it goes with the frame.
    desk.window(0, 0, 640, 480, true);
    desk.until("above the new window", || desk.pixel(320, 12) == [0x21, 0x43, 0x65]);
    frame.show(false);
    desk.until("gone", || desk.pixel(320, 12) != [0x21, 0x43, 0x65]);
    assert!(!windows.is_own_at(320, 12));
}

/// A frame with a tab of this colour, and how often that was clicked.
fn tabbed(desk: &Desk, colour: u32) -> (Frame, Arc<AtomicUsize>) {
    let windows = X11Windows::start(Some(&desk.display)).unwrap();
    let clicks = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&clicks);
    let on_frame = move |_: FrameEvent| {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    let frame = Frame::start(Some(&desk.display), windows, Arc::new(on_frame)).unwrap();
    frame.label(vec![label("Anna Berg sees", colour)]);
    frame.show(true);
    (frame, clicks)
}

/// The tab lay over what the customer needed at the upper edge, and nothing moved it.
#[test]
fn c5_the_tab_is_dragged_along_the_edge_and_stays_there() {
    const FIRST: [u8; 3] = [0x56, 0x34, 0x12];
    let desk = Desk::new();
    let (frame, clicks) = tabbed(&desk, 0x12_34_56);
    desk.until("the tab", || desk.pixel(320, 12) == FIRST);
    desk.drag((320, 12), (500, 200));
    desk.until("the tab where it was dragged", || desk.pixel(441, 12) == FIRST && desk.pixel(558, 12) == FIRST);
    assert!(desk.pixel(320, 12) != FIRST && desk.pixel(500, 30) != FIRST, "it stays at the edge");
    // Neither other words nor other buttons change that, and a click is still one.
    frame.label(vec![label("Anna Berg sees and controls", 0x65_43_21)]);
    desk.until("the other words there", || desk.pixel(500, 12) == [0x21, 0x43, 0x65]);
    for button in [2, 3, 4] {
        desk.click_with(button, 500, 12);
    }
    desk.click(500, 12);
    desk.until("the click is told", || clicks.load(Ordering::SeqCst) > 0);
    assert_eq!(clicks.load(Ordering::SeqCst), 1, "one of the first button's, and none for the drag");
}

/// The thread that hears clicks slept for up to two seconds before it raised the frame again.
#[test]
fn a_click_on_the_tab_is_heard_while_a_rival_is_let_stand() {
    let desk = Desk::new();
    let (_frame, clicks) = tabbed(&desk, 0x12_34_56);
    desk.until("the tab", || desk.pixel(320, 12) == [0x56, 0x34, 0x12]);
    // It covers the lower part alone, and raises itself five times: then it is let stand for longer than a second.
    let rival = desk.window(0, 240, 640, 240, true);
    let above = xproto::ConfigureWindowAux::new().stack_mode(xproto::StackMode::ABOVE);
    for _ in 0..5 {
        desk.until("the frame above", || desk.pixel(0, 300) == FRAME);
        desk.connection.configure_window(rival, &above).unwrap();
        desk.connection.sync().unwrap();
        assert_ne!(desk.pixel(0, 300), FRAME);
    }
    // Until its thread has seen that, it would hear a click in any case.
    std::thread::sleep(Duration::from_millis(200));
    desk.click(320, 12);
    desk.until("the click is told", || clicks.load(Ordering::SeqCst) == 1);
    assert_ne!(desk.pixel(0, 300), FRAME, "the rival is still let stand");
}

#[test]
fn a_monitor_too_narrow_for_all_words_has_the_shorter_ones() {
    let desk = Desk::new();
    let (frame, _) = tabbed(&desk, 0x12_34_56);
    let wide = Label { words: "wide".to_owned(), width: 641, height: 24, pixels: vec![0; 641 * 24] };
    frame.label(vec![wide, label("narrow", 0x65_43_21)]);
    desk.until("the narrow one", || desk.pixel(320, 12) == [0x21, 0x43, 0x65]);
}

#[test]
fn a_frame_whose_display_is_gone_says_so() {
    let desk = Desk::new();
    let frame = framed(&desk);
    assert!(frame.is_there());
    drop(desk);
    eventually("the frame is lost", || !frame.is_there());
}

#[test]
fn the_frame_follows_the_monitors() {
    let desk = Desk::new();
    let frame = framed(&desk);
    frame.show(true);
    desk.until("the frame", || has_frame(&desk, 640, 480));
    let resources = desk.connection.randr_get_screen_resources(desk.root).unwrap().reply().unwrap();
    let monitor = |name: &[u8], x, outputs: &[u32]| {
        let name = desk.connection.intern_atom(false, name).unwrap().reply().unwrap().atom;
        let info = x11rb::protocol::randr::MonitorInfo {
            name,
            primary: false,
            automatic: false,
            x,
            y: 0,
            width: 320,
            height: 480,
            width_in_millimeters: 100,
            height_in_millimeters: 100,
            outputs: outputs.to_vec(),
        };
        desk.connection.randr_set_monitor(desk.root, info).unwrap();
    };
    monitor(b"left", 0, &resources.outputs);
    monitor(b"right", 320, &[]);
    desk.connection.sync().unwrap();
    desk.until("one for each", || {
        desk.pixel(319, 200) == FRAME && desk.pixel(320, 200) == FRAME && desk.pixel(639, 200) == FRAME
    });
}

fn counting(desk: &Desk) -> (Result<Hotkey, DesktopError>, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&count);
    let started = Hotkey::start(
        Some(&desk.display),
        Arc::new(move |event: HotkeyEvent| {
            if event == HotkeyEvent::Pressed {
                theirs.fetch_add(1, Ordering::SeqCst);
            }
        }),
    );
    (started, count)
}

#[test]
fn the_hotkey_fires_once_a_press_with_any_lock_and_under_grabs() {
    let desk = Desk::new();
    let (hotkey, count) = counting(&desk);
    let hotkey = hotkey.unwrap();
    let pressed = |times: usize| {
        desk.chord(&[CTRL, ALT, END]);
        desk.until("fired", || count.load(Ordering::SeqCst) == times);
        // So that the next one counts as another press.
        std::thread::sleep(Duration::from_millis(750));
        assert_eq!(count.load(Ordering::SeqCst), times);
    };
    pressed(1);
    desk.chord(&[CTRL, END]);
    desk.chord(&[END]);
    desk.chord(&[CAPS]);
    desk.chord(&[NUM]);
    pressed(2);
    // A menu holds the keyboard, a drag the pointer.
    let menu = desk.window(10, 10, 50, 50, true);
    let mode = GrabMode::ASYNC;
    desk.connection.grab_keyboard(true, menu, x11rb::CURRENT_TIME, mode, mode).unwrap().reply().unwrap();
    desk.click(20, 20);
    desk.fake(xproto::BUTTON_PRESS_EVENT, 1);
    pressed(3);
    drop(hotkey);
    desk.connection.ungrab_keyboard(x11rb::CURRENT_TIME).unwrap();
    desk.chord(&[CTRL, ALT, END]);
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

/// What another program has grabbed is heard beside it all the same.
#[test]
fn c5_a_taken_hotkey_is_heard_beside_whoever_has_it() {
    let desk = Desk::new();
    let (first, firsts) = counting(&desk);
    let (second, seconds) = counting(&desk);
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(first.is_heard() && second.is_heard());
    desk.chord(&[CTRL, ALT, END]);
    desk.until("heard by both", || firsts.load(Ordering::SeqCst) == 1 && seconds.load(Ordering::SeqCst) == 1);
}

/// With the key taken on the new layout, nobody heard it any more, and the window said that it works.
#[test]
fn c5_the_hotkey_follows_the_layout_to_a_key_that_is_taken() {
    const ELSEWHERE: u8 = 76;
    let desk = Desk::new();
    let mode = GrabMode::ASYNC;
    desk.connection.grab_key(false, desk.root, ModMask::ANY, ELSEWHERE, mode, mode).unwrap().check().unwrap();
    let (hotkey, count) = counting(&desk);
    let hotkey = hotkey.unwrap();
    for (key, symbol) in [(END, 0xff50), (ELSEWHERE, 0xff57)] {
        desk.connection.change_keyboard_mapping(1, key, 1, &[symbol]).unwrap().check().unwrap();
    }
    // The old key is anybody's once the hotkey has let it go, however late its thread is.
    let chord = ModMask::CONTROL | ModMask::M1;
    desk.until("the old key to be free", || {
        desk.connection.grab_key(false, desk.root, chord, END, mode, mode).unwrap().check().is_ok()
    });
    desk.connection.ungrab_key(END, desk.root, chord).unwrap().check().unwrap();
    assert!(hotkey.is_heard());
    desk.chord(&[CTRL, ALT, END]);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(count.load(Ordering::SeqCst), 0, "that key is another one now");
    desk.chord(&[CTRL, ALT, ELSEWHERE]);
    desk.until("heard where it is now", || count.load(Ordering::SeqCst) == 1);
}

#[test]
fn c5_a_hotkey_that_hears_nothing_says_so() {
    let desk = Desk::new();
    let (hotkey, _) = counting(&desk);
    let hotkey = hotkey.unwrap();
    assert!(hotkey.is_heard());
    drop(desk);
    eventually("the hotkey is lost", || !hotkey.is_heard());
}

#[test]
fn own_windows_are_known_at_once_and_foreign_ones_are_not() {
    let mut desk = Desk::new();
    desk.window_manager();
    let windows = X11Windows::start(Some(&desk.display)).unwrap();
    let frame = Frame::start(Some(&desk.display), Arc::clone(&windows), Arc::new(|_| ())).unwrap();
    frame.show(true);
    let own = desk.window(100, 100, 200, 150, false);
    let parent = |window| desk.connection.query_tree(window).unwrap().reply().unwrap().parent;
    desk.until("framed", || parent(own) != desk.root);
    desk.until("focused", || desk.connection.get_input_focus().unwrap().reply().unwrap().focus == own);
    assert!(!windows.is_own_at(200, 200));
    windows.add(own);
    let place = || desk.connection.translate_coordinates(own, desk.root, 0, 0).unwrap().reply().unwrap();
    let at = place();
    let (x, y) = (i32::from(at.dst_x), i32::from(at.dst_y));
    assert!(windows.is_own_at(x + 5, y + 5));
    assert!(windows.is_own_at(x + 5, y - 3), "the title counts, too");
    assert!(!windows.is_own_at(x + 500, y + 5) && !windows.is_own_at(1, 1) && !windows.is_own_at(i32::MIN, i32::MAX));
    assert!(windows.has_focus());

    let foreign = desk.window(x as i16, y as i16, 50, 50, true);
    assert!(!windows.is_own_at(x + 5, y + 5), "a foreign window above ours is not ours");
    assert!(windows.is_own_at(x + 60, y + 60));
    desk.connection.set_input_focus(InputFocus::PARENT, foreign, x11rb::CURRENT_TIME).unwrap();
    desk.connection.sync().unwrap();
    assert!(!windows.has_focus());

    // A prompt that just came up counts with its first pixel.
    let prompt = desk.window(400, 300, 100, 100, true);
    windows.add(prompt);
    assert!(windows.is_own_at(450, 350));
    let begin = Instant::now();
    for _ in 0..100 {
        assert!(windows.is_own_at(450, 350));
    }
    println!("is_own_at: {:?}", begin.elapsed() / 100);
    desk.connection.destroy_window(prompt).unwrap();
    desk.connection.sync().unwrap();
    assert!(!windows.is_own_at(450, 350));
    windows.remove(own);
    assert!(!windows.is_own_at(x + 60, y + 60));
}
