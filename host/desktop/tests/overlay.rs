//! Drawings over a real X server's screen, with clicks and keys as a person's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/x_server.rs"]
mod x_server;

use lotse_desktop::{Frame, Overlays, X11Windows};
use lotse_engine::drawing::{
    DrawingHost, Laid, OnOverlay, Overlay, OverlayEvent, PenCursor, PenInput, Stroke, Strokes,
};
use lotse_ink::{Point, Rect, Shape};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};
use x_server::{PATIENCE, XServer};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    self, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, ImageFormat, InputFocus, PropMode, Window,
    WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::wrapper::ConnectionExt as _;

const RED: u32 = 0xff_00_00;
const GREY: u32 = 0x80_80_80;
const ESCAPE: u8 = 9;
const KEY_A: u8 = 38;
const RETURN: u8 = 36;
const CONTROL: u8 = 37;
const KEY_Z: u8 = 52;

struct Desk {
    server: XServer,
    told: Arc<Mutex<Vec<OverlayEvent>>>,
    windows: Arc<X11Windows>,
    overlays: Overlays,
}

impl std::ops::Deref for Desk {
    type Target = XServer;

    fn deref(&self) -> &XServer {
        &self.server
    }
}

impl Desk {
    fn new() -> Self {
        Self::on(XServer::start("640x480x24", &[]))
    }

    fn managed() -> Self {
        let mut server = XServer::start("640x480x24", &[]);
        server.window_manager();
        Self::on(server)
    }

    fn on(server: XServer) -> Self {
        let windows = X11Windows::start(Some(&server.display)).unwrap();
        Self::with(server, windows)
    }

    fn with(server: XServer, windows: Arc<X11Windows>) -> Self {
        let overlays = Overlays::start(Some(&server.display), Arc::clone(&windows), None).unwrap();
        Self { server, told: Arc::default(), windows, overlays }
    }

    /// Over the whole screen.
    fn open(&self) -> Box<dyn Overlay> {
        self.overlays.open(0, 0, 640, 480, self.on_overlay()).unwrap()
    }

    fn on_overlay(&self) -> OnOverlay {
        let told = Arc::clone(&self.told);
        Arc::new(move |event| told.lock().push(event))
    }

    fn until(&self, what: &str, mut done: impl FnMut() -> bool) {
        let begin = Instant::now();
        while !done() {
            assert!(begin.elapsed() < PATIENCE, "{what}: did not happen; told: {:?}", self.told.lock());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn pixels(&self, area: Rect) -> Vec<u32> {
        let (x, y, width, height) = (area.x as i16, area.y as i16, area.width as u16, area.height as u16);
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, !0);
        let data = image.unwrap().reply().unwrap().data;
        data.chunks_exact(4).map(|p| u32::from_le_bytes([p[0], p[1], p[2], 0])).collect()
    }

    fn pixel(&self, x: i32, y: i32) -> u32 {
        self.pixels(Rect::new(x, y, 1, 1))[0]
    }

    /// How many pixels of an area have a colour.
    fn count(&self, area: Rect, colour: u32) -> usize {
        self.pixels(area).iter().filter(|pixel| **pixel == colour).count()
    }

    /// What of the screen the drawings' window is cut to; nothing as long as there is none.
    fn cut(&self) -> Vec<xproto::Rectangle> {
        let windows = self.connection.query_tree(self.root).unwrap().reply().unwrap().children;
        let named = |window: &Window| {
            let name =
                self.connection.get_property(false, *window, AtomEnum::WM_NAME, AtomEnum::STRING, 0, 64).unwrap();
            name.reply().is_ok_and(|name| name.value == b"Lotse: drawings")
        };
        let Some(window) = windows.into_iter().find(named) else { return Vec::new() };
        let shape = self.connection.shape_get_rectangles(window, SK::BOUNDING).unwrap();
        shape.reply().map(|shape| shape.rectangles).unwrap_or_default()
    }

    fn window(&self, area: Rect, colour: u32) -> Window {
        let id = self.connection.generate_id().unwrap();
        let looks = CreateWindowAux::new()
            .background_pixel(colour)
            .override_redirect(1)
            .event_mask(EventMask::BUTTON_PRESS | EventMask::KEY_PRESS);
        let (x, y, width, height) = (area.x as i16, area.y as i16, area.width as u16, area.height as u16);
        let class = WindowClass::INPUT_OUTPUT;
        self.connection.create_window(0, id, self.root, x, y, width, height, 0, class, 0, &looks).unwrap();
        self.connection.map_window(id).unwrap();
        self.connection.sync().unwrap();
        id
    }

    fn point(&self, x: i16, y: i16) {
        self.connection.xtest_fake_input(xproto::MOTION_NOTIFY_EVENT, 0, 0, self.root, x, y, 0).unwrap();
        self.connection.sync().unwrap();
    }

    fn click(&self, x: i16, y: i16) {
        self.point(x, y);
        self.fake(xproto::BUTTON_PRESS_EVENT, 1);
        self.fake(xproto::BUTTON_RELEASE_EVENT, 1);
    }

    fn key(&self, code: u8) {
        self.fake(xproto::KEY_PRESS_EVENT, code);
        self.fake(xproto::KEY_RELEASE_EVENT, code);
    }

    /// Whether a window was clicked since this was last asked.
    fn clicked(&self, window: Window) -> bool {
        let mut clicked = false;
        while let Some(event) = self.connection.poll_for_event().unwrap() {
            clicked |= matches!(event, Event::ButtonPress(event) if event.event == window);
        }
        clicked
    }

    fn pen(&self) -> Vec<PenInput> {
        let of = |event: &OverlayEvent| match event {
            OverlayEvent::Pen(input) => Some(input.clone()),
            OverlayEvent::Shown(_) => None,
        };
        self.told.lock().iter().filter_map(of).collect()
    }
}

fn stroke(id: u64, shape: Shape, color: u32, opacity_percent: u32) -> Stroke {
    Stroke { id, shape, color, width: 10, opacity_percent }
}

fn line(y: i32, color: u32, opacity_percent: u32) -> Stroke {
    stroke(y as u64, Shape::Line(Point { x: 100, y }, Point { x: 300, y }), color, opacity_percent)
}

fn strokes(of: &[Stroke]) -> Strokes {
    of.iter().map(|stroke| Laid { layer: 1, stroke: Arc::new(stroke.clone()) }).collect()
}

#[test]
fn a2_strokes_lie_on_the_screen_clicks_go_through_and_nothing_is_left() {
    lies_on_the_screen(&Desk::new());
    lies_on_the_screen(&Desk::managed());
}

fn lies_on_the_screen(desk: &Desk) {
    let below = desk.window(Rect::new(0, 0, 640, 480), GREY);
    let overlay = desk.open();
    let red = line(200, RED, 100);
    overlay.show(strokes(std::slice::from_ref(&red)));
    desk.until("the stroke", || desk.pixel(200, 200) == RED);
    desk.until("what is shown is told", || desk.told.lock().contains(&OverlayEvent::Shown(vec![red.look()])));
    let whole = Rect::new(90, 180, 230, 40);
    assert!((1_750..2_300).contains(&desk.count(whole, RED)), "{}", desk.count(whole, RED));
    assert_eq!((desk.pixel(200, 190), desk.pixel(200, 211), desk.pixel(50, 200)), (GREY, GREY, GREY));
    desk.click(200, 200);
    desk.until("the click goes through", || desk.clicked(below));
    // Another in its place, a third beside it; the first is gone.
    overlay.show(strokes(&[line(300, 0x00_ff_00, 100), line(320, 0x00_00_ff, 100)]));
    desk.until("the others", || {
        (desk.pixel(200, 200), desk.pixel(200, 300), desk.pixel(200, 320)) == (GREY, 0x00_ff_00, 0x00_00_ff)
    });
    // Windows that come up are drawn over, too.
    desk.window(Rect::new(0, 0, 640, 480), 0x11_22_33);
    desk.until("above the new window", || desk.pixel(200, 300) == 0x00_ff_00 && desk.pixel(200, 200) == 0x11_22_33);
    drop(overlay);
    desk.until("gone", || desk.count(Rect::new(0, 0, 640, 480), 0x11_22_33) == 640 * 480);
}

/// Where nothing is translucent, a highlighter lets every second pixel through, and a spotlight rows.
#[test]
fn a2_without_a_compositor_what_is_translucent_is_cut_by_a_pattern() {
    let desk = Desk::new();
    desk.window(Rect::new(0, 0, 640, 480), GREY);
    let overlay = desk.open();
    overlay.show(strokes(&[line(200, 0xff_ff_00, 50)]));
    let inside = Rect::new(120, 198, 160, 4);
    desk.until("half of the pixels", || desk.count(inside, 0xff_ff_00) == 320);
    assert_eq!(desk.count(inside, GREY), 320);
    let area = Rect::new(200, 150, 200, 200);
    overlay.show(strokes(&[stroke(1, Shape::Spotlight(area), RED, 50)]));
    desk.until("half of the rows are dark", || desk.count(Rect::new(0, 0, 100, 100), 0) == 5_000);
    assert_eq!(desk.count(Rect::new(280, 230, 40, 40), GREY), 1_600, "light where it shines");
    overlay.show(Strokes::default());
    desk.until("as before", || desk.count(Rect::new(0, 0, 640, 480), GREY) == 640 * 480);
}

/// A drawing could hide the customer's own window, or look like it.
#[test]
fn c5_no_drawing_lies_over_what_is_seen_of_our_own_windows_and_frame() {
    let desk = Desk::new();
    desk.window(Rect::new(0, 0, 640, 480), GREY);
    let own = desk.window(Rect::new(150, 150, 100, 100), 0x00_00_ff);
    desk.windows.add(own);
    let frame = Frame::start(Some(&desk.display), Arc::clone(&desk.windows), Arc::new(|_| ())).unwrap();
    frame.show(true);
    let overlay = desk.open();
    let area = Rect::new(600, 400, 10, 10);
    overlay.show(strokes(&[stroke(1, Shape::Spotlight(area), RED, 100), line(200, RED, 100)]));
    desk.until("drawn beside it", || desk.pixel(110, 200) == RED && desk.pixel(290, 200) == RED);
    desk.until("not over it", || desk.count(Rect::new(150, 150, 100, 100), 0x00_00_ff) == 10_000);
    desk.until("nor over the frame", || desk.pixel(0, 100) == 0xe0_45_2b && desk.pixel(320, 479) == 0xe0_45_2b);
    // Where another program hides it, that program is drawn over.
    let other = desk.window(Rect::new(150, 190, 50, 20), GREY);
    desk.until("drawn over what hides it", || desk.pixel(160, 200) == RED);
    desk.until("and not over the rest", || desk.pixel(220, 200) == 0x00_00_ff);
    desk.connection.destroy_window(other).unwrap();
    desk.connection.flush().unwrap();
    desk.until("in sight again", || desk.count(Rect::new(150, 150, 100, 100), 0x00_00_ff) == 10_000);
}

/// A console names none of its windows; the window manager knows them.
#[test]
fn a2_windows_of_this_process_are_left_out_without_being_named() {
    let mut server = XServer::start("640x480x24", &[]);
    server.window_manager();
    let windows = X11Windows::of_process(Some(&server.display)).unwrap();
    let desk = Desk::with(server, windows);
    let managed = |process: u32| {
        let id = desk.connection.generate_id().unwrap();
        let looks = CreateWindowAux::new().background_pixel(0x00_00_ff);
        let class = WindowClass::INPUT_OUTPUT;
        desk.connection.create_window(0, id, desk.root, 100, 100, 200, 200, 0, class, 0, &looks).unwrap();
        let of = desk.connection.intern_atom(false, b"_NET_WM_PID").unwrap().reply().unwrap().atom;
        desk.connection.change_property32(PropMode::REPLACE, id, of, AtomEnum::CARDINAL, &[process]).unwrap();
        desk.connection.map_window(id).unwrap();
        desk.connection.sync().unwrap();
        id
    };
    // Wherever the window manager puts it, all of it is to be seen, or the stroke over it.
    let blue = || desk.count(Rect::new(0, 0, 640, 480), 0x00_00_ff);
    let overlay = desk.open();
    let across = |y: i32| stroke(y as u64, Shape::Line(Point { x: 0, y }, Point { x: 639, y }), RED, 100);
    overlay.show(strokes(&[across(100), across(200), across(300), across(400)]));
    let own = managed(std::process::id());
    desk.until("not drawn over", || blue() == 200 * 200);
    desk.connection.destroy_window(own).unwrap();
    desk.connection.sync().unwrap();
    desk.until("gone", || blue() == 0 && desk.pixel(200, 200) == RED);
    managed(std::process::id().wrapping_add(1));
    desk.until("another's is drawn over", || (1..200 * 200).contains(&blue()) && desk.pixel(200, 200) == RED);
}

#[test]
fn a2_who_draws_has_pointer_and_keys_and_gives_them_back_with_escape() {
    let desk = Desk::new();
    let below = desk.window(Rect::new(0, 0, 640, 480), GREY);
    desk.connection.set_input_focus(InputFocus::PARENT, below, x11rb::CURRENT_TIME).unwrap();
    desk.connection.sync().unwrap();
    let own = desk.window(Rect::new(500, 400, 100, 50), 0x00_00_ff);
    desk.windows.add(own);
    let overlay = desk.open();
    overlay.grab(Some(PenCursor::Text));
    desk.until("the keyboard", || {
        let focus = desk.connection.get_input_focus().unwrap().reply().unwrap().focus;
        focus != below && focus > 1
    });
    assert!(desk.windows.is_own_at(100, 100) && desk.windows.has_focus(), "a rep's hand draws nothing here");
    desk.click(100, 120);
    let released = PenInput::Pointer { x: 100, y: 120, buttons: 0 };
    desk.until("the click draws", || {
        let pen = desk.pen();
        pen.contains(&PenInput::Pointer { x: 100, y: 120, buttons: 1 }) && pen.last() == Some(&released)
    });
    assert!(!desk.clicked(below), "and is nobody else's");
    desk.key(KEY_A);
    desk.key(RETURN);
    let text = |entered: &str| PenInput::Text { entered: entered.to_owned() };
    desk.until("what is typed", || desk.pen().ends_with(&[text("a"), text("\n")]));
    desk.fake(xproto::KEY_PRESS_EVENT, CONTROL);
    desk.key(KEY_Z);
    desk.fake(xproto::KEY_RELEASE_EVENT, CONTROL);
    desk.until("undo", || desk.pen().last() == Some(&text(PenInput::UNDO)));
    desk.click(550, 425);
    desk.until("our own window is clicked as ever", || desk.clicked(own));
    desk.key(ESCAPE);
    desk.until("they leave", || desk.pen().last() == Some(&PenInput::Left));
    overlay.grab(None);
    desk.until("the keyboard is back", || desk.connection.get_input_focus().unwrap().reply().unwrap().focus == below);
    desk.until("nothing takes the pointer", || !desk.windows.is_own_at(100, 100));
    desk.click(100, 120);
    desk.until("and the pointer", || desk.clicked(below));
}

#[test]
fn m1_strokes_over_one_window_follow_it_and_leave_out_what_lies_over_it() {
    let desk = Desk::new();
    desk.window(Rect::new(0, 0, 640, 480), GREY);
    let shown = desk.window(Rect::new(100, 100, 300, 200), 0x00_ff_ff);
    let overlay = desk.overlays.open_window(shown.into(), desk.on_overlay()).unwrap();
    let across = Shape::Line(Point { x: 10, y: 50 }, Point { x: 400, y: 50 });
    overlay.show(strokes(&[stroke(1, across, RED, 100)]));
    desk.until("over it", || desk.pixel(200, 150) == RED);
    assert_eq!(desk.count(Rect::new(400, 100, 240, 200), RED), 0, "and not beside it");
    let configure = |change: xproto::ConfigureWindowAux| {
        desk.connection.configure_window(shown, &change).unwrap();
        desk.connection.sync().unwrap();
    };
    configure(xproto::ConfigureWindowAux::new().x(200).y(200));
    desk.until("it follows", || desk.pixel(300, 250) == RED && desk.pixel(150, 150) == GREY);
    configure(xproto::ConfigureWindowAux::new().width(380));
    desk.until("it grows", || desk.pixel(560, 250) == RED);
    let other = desk.window(Rect::new(280, 240, 40, 20), 0x11_22_33);
    desk.until("what lies over it is seen", || {
        desk.count(Rect::new(280, 240, 40, 20), 0x11_22_33) == 800 && desk.pixel(340, 250) == RED
    });
    overlay.grab(Some(PenCursor::Pen));
    desk.until("who draws there has the pointer", || desk.windows.is_own_at(350, 350));
    assert!(!desk.windows.is_own_at(100, 100), "and nowhere else");
    desk.until("nor over what lies over it", || !desk.windows.is_own_at(300, 250));
    desk.click(340, 260);
    desk.until("counted from its corner", || desk.pen().contains(&PenInput::Pointer { x: 140, y: 60, buttons: 1 }));
    desk.connection.unmap_window(shown).unwrap();
    desk.connection.destroy_window(other).unwrap();
    desk.connection.sync().unwrap();
    let all = Rect::new(0, 0, 640, 480);
    desk.until("out of sight", || desk.count(all, GREY) == 640 * 480 && !desk.windows.is_own_at(350, 350));
    desk.connection.map_window(shown).unwrap();
    desk.connection.sync().unwrap();
    desk.until("back", || desk.pixel(230, 250) == RED);
    desk.connection.destroy_window(shown).unwrap();
    desk.connection.sync().unwrap();
    desk.until("gone", || desk.count(all, GREY) == 640 * 480);
}

/// Scar: with two displays the keyboard came back to nobody, and once one of them was no longer shown Escape was dead.
#[test]
fn a2_over_two_displays_escape_and_the_keyboard_are_given_back_at_the_end() {
    let desk = Desk::new();
    let below = desk.window(Rect::new(0, 0, 640, 480), GREY);
    desk.connection.set_input_focus(InputFocus::PARENT, below, x11rb::CURRENT_TIME).unwrap();
    desk.connection.sync().unwrap();
    let left = desk.overlays.open(0, 0, 320, 480, desk.on_overlay()).unwrap();
    let right = desk.overlays.open(320, 0, 320, 480, desk.on_overlay()).unwrap();
    left.grab(Some(PenCursor::Pen));
    right.grab(Some(PenCursor::Pen));
    desk.until("both", || desk.windows.is_own_at(100, 100) && desk.windows.is_own_at(500, 100));
    drop(right);
    desk.until("one", || !desk.windows.is_own_at(500, 100));
    desk.connection.set_input_focus(InputFocus::PARENT, below, x11rb::CURRENT_TIME).unwrap();
    desk.connection.sync().unwrap();
    desk.key(ESCAPE);
    desk.until("Escape counts wherever the keyboard is", || desk.pen().last() == Some(&PenInput::Left));
    let again = desk.overlays.open(320, 0, 320, 480, desk.on_overlay()).unwrap();
    again.grab(Some(PenCursor::Pen));
    desk.until("both again", || desk.windows.is_own_at(500, 100));
    left.grab(None);
    again.grab(None);
    desk.until("the keyboard is back", || desk.connection.get_input_focus().unwrap().reply().unwrap().focus == below);
}

/// Compositors draw the desktop in a window over everything, which clicks go through.
#[test]
fn c5_a_window_that_clicks_go_through_hides_nothing_of_ours() {
    let desk = Desk::new();
    desk.window(Rect::new(0, 0, 640, 480), GREY);
    let own = desk.window(Rect::new(150, 150, 100, 100), 0x00_00_ff);
    desk.windows.add(own);
    // Without a background it shows what is below it.
    let id = desk.connection.generate_id().unwrap();
    let looks = CreateWindowAux::new().override_redirect(1);
    let class = WindowClass::INPUT_OUTPUT;
    desk.connection.create_window(0, id, desk.root, 0, 0, 640, 480, 0, class, 0, &looks).unwrap();
    desk.connection.shape_rectangles(SO::SET, SK::INPUT, xproto::ClipOrdering::UNSORTED, id, 0, 0, &[]).unwrap();
    desk.connection.map_window(id).unwrap();
    desk.connection.sync().unwrap();
    let overlay = desk.open();
    overlay.show(strokes(&[line(200, RED, 100)]));
    // Without a compositor that window lies over the drawing, so what is cut is looked at and not what is seen.
    desk.until("drawn beside it", || {
        let cut = desk.cut();
        let leaves_it_out = |of: &xproto::Rectangle| of.x + of.width as i16 <= 150 || of.x >= 250;
        cut.iter().any(|of| of.x < 150) && cut.iter().any(|of| of.x >= 250) && cut.iter().all(leaves_it_out)
    });
}

/// No compositor runs here; one that says so is enough to be drawn for, and its going as well.
#[test]
fn a2_it_follows_a_compositor_that_comes_and_goes() {
    let desk = Desk::new();
    desk.window(Rect::new(0, 0, 640, 480), GREY);
    let overlay = desk.open();
    overlay.show(strokes(&[line(200, RED, 100)]));
    desk.until("the stroke", || desk.pixel(200, 200) == RED);
    let depth_of = |name: &[u8]| {
        let tree = desk.connection.query_tree(desk.root).unwrap().reply().unwrap().children;
        tree.into_iter().find_map(|window| {
            let named = desk.connection.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::STRING, 0, 64);
            let named = named.ok()?.reply().ok()?;
            let depth = desk.connection.get_geometry(window).ok()?.reply().ok()?.depth;
            (named.value == name).then_some(depth)
        })
    };
    assert_eq!(depth_of(b"Lotse: drawings"), Some(24));
    let selection = desk.connection.intern_atom(false, b"_NET_WM_CM_S0").unwrap().reply().unwrap().atom;
    let compositor = desk.window(Rect::new(0, 0, 1, 1), GREY);
    desk.connection.set_selection_owner(compositor, selection, x11rb::CURRENT_TIME).unwrap();
    desk.connection.flush().unwrap();
    desk.until("transparent", || depth_of(b"Lotse: drawings") == Some(32));
    desk.connection.destroy_window(compositor).unwrap();
    desk.connection.flush().unwrap();
    desk.until("cut again", || depth_of(b"Lotse: drawings") == Some(24) && desk.pixel(200, 200) == RED);
}
