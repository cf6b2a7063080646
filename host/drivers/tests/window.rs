//! Pictures of single windows against what was really drawn, on a real X server: covered, moved, resized, out of sight, gone.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::{Duration, Instant};

use lotse_drivers::{Capture, CaptureDriver, DriverErrorKind, DriverSet, Window};
use support::{Peer, Server, driver_folder};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::*;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

const SOON: Option<Duration> = Some(Duration::from_secs(5));
const A_MOMENT: Option<Duration> = Some(Duration::from_millis(60));
const PAINT: u32 = 0x00aa_3377;

fn driver(name: &str) -> CaptureDriver {
    DriverSet::load(&driver_folder()).unwrap().captures().find(|it| it.name() == name).unwrap()
}

/// A program with a title, as window managers know it.
struct Program {
    conn: RustConnection,
    root: u32,
    window: u32,
    context: u32,
}

impl Program {
    fn start(title: &str, x: i16, y: i16, width: u16, height: u16) -> Self {
        let (conn, at) = x11rb::connect(None).unwrap();
        let screen = conn.setup().roots[at].clone();
        let (window, context) = (conn.generate_id().unwrap(), conn.generate_id().unwrap());
        let looks = CreateWindowAux::new().background_pixel(PAINT).border_pixel(0);
        let class = WindowClass::INPUT_OUTPUT;
        // With a border, which is in the server's picture of the window and not in ours.
        conn.create_window(0, window, screen.root, x, y, width, height, 3, class, 0, &looks).unwrap();
        conn.create_gc(context, window, &CreateGCAux::new()).unwrap();
        for (name, value) in [(AtomEnum::WM_NAME, title.as_bytes()), (AtomEnum::WM_CLASS, b"one\0Paint\0".as_slice())] {
            conn.change_property8(PropMode::REPLACE, window, name, AtomEnum::STRING, value).unwrap();
        }
        let pid = conn.intern_atom(false, b"_NET_WM_PID").unwrap().reply().unwrap().atom;
        conn.change_property32(PropMode::REPLACE, window, pid, AtomEnum::CARDINAL, &[4711]).unwrap();
        conn.map_window(window).unwrap();
        conn.sync().unwrap();
        Self { conn, root: screen.root, window, context }
    }

    fn fill(&self, colour: u32, x: i16, y: i16, width: u16, height: u16) {
        self.conn.change_gc(self.context, &ChangeGCAux::new().foreground(colour)).unwrap();
        self.conn.poly_fill_rectangle(self.window, self.context, &[Rectangle { x, y, width, height }]).unwrap();
        self.conn.sync().unwrap();
    }

    fn configure(&self, change: &ConfigureWindowAux) {
        self.conn.configure_window(self.window, change).unwrap();
        self.conn.sync().unwrap();
    }

    fn captured(&self) -> Capture {
        driver("x11").open_window(self.window.into()).unwrap()
    }
}

/// The newest picture, once it holds what is wanted: width, height and pixels without their fourth byte.
fn expect(capture: &mut Capture, why: &str, mut wanted: impl FnMut(u32, u32, &[u8], usize) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let frame = capture.grab().unwrap();
        if wanted(frame.width, frame.height, frame.pixels, frame.stride) {
            return;
        }
        assert!(Instant::now() < deadline, "{why}: {} x {}", frame.width, frame.height);
        let _ = capture.wait(A_MOMENT).unwrap();
    }
}

fn pixel(pixels: &[u8], stride: usize, x: usize, y: usize) -> u32 {
    let at = y * stride + x * 4;
    u32::from_le_bytes([pixels[at], pixels[at + 1], pixels[at + 2], 0])
}

fn all(pixels: &[u8], colour: u32) -> bool {
    pixels.chunks(4).all(|it| u32::from_le_bytes([it[0], it[1], it[2], 0]) == colour)
}

#[test]
fn m1_windows_are_listed_with_title_program_and_place_and_no_others() {
    let _server = Server::start();
    let program = Program::start("Invoice", 100, 50, 300, 200);
    let _menu = Peer::window(0, 0, 50, 50);
    let windows = driver("x11").windows().unwrap();
    let expected = Window {
        id: program.window.into(),
        process: 4711,
        x: 103,
        y: 53,
        width: 300,
        height: 200,
        title: "Invoice".to_owned(),
        program: "Paint".to_owned(),
    };
    assert_eq!(windows, [expected], "what asks for no window manager is nobody's window");
    program.conn.unmap_window(program.window).unwrap();
    program.conn.sync().unwrap();
    assert!(driver("x11").windows().unwrap().is_empty());
    let refused = driver("x11").open_window(program.window.into()).unwrap_err();
    assert_eq!((refused.kind(), refused.to_string().contains("minimised")), (DriverErrorKind::Gone, true));
    assert_eq!(driver("x11").open_window(u64::MAX).unwrap_err().kind(), DriverErrorKind::Gone);
}

#[test]
fn m1_a_covered_window_is_shown_and_what_covers_it_is_not() {
    let _server = Server::start();
    let program = Program::start("Invoice", 100, 50, 300, 200);
    let cover = Peer::window(50, 20, 250, 150);
    cover.fill(0x00ff_ffff, 0, 0, 250, 150);
    let mut capture = program.captured();
    expect(&mut capture, "all of it in its own colour", |width, height, pixels, _| {
        (width, height) == (300, 200) && all(pixels, PAINT)
    });
    program.fill(0x0012_3456, 10, 10, 40, 30);
    assert!(capture.wait(SOON).unwrap(), "what is drawn beneath the cover is told");
    expect(&mut capture, "what was drawn beneath the cover", |_, _, pixels, stride| {
        pixel(pixels, stride, 10, 10) == 0x0012_3456 && pixel(pixels, stride, 50, 40) == PAINT
    });
    cover.fill(0x0000_ff00, 0, 0, 250, 150);
    let _ = capture.wait(A_MOMENT).unwrap();
    expect(&mut capture, "nothing of the cover", |_, _, pixels, stride| {
        pixel(pixels, stride, 60, 60) == PAINT && pixel(pixels, stride, 10, 10) == 0x0012_3456
    });
}

#[test]
fn m1_a_window_is_followed_as_it_moves_and_takes_another_size() {
    let _server = Server::start();
    let program = Program::start("Invoice", 100, 50, 300, 200);
    let mut capture = program.captured();
    expect(&mut capture, "the first picture", |width, height, pixels, _| {
        (width, height) == (300, 200) && all(pixels, PAINT)
    });
    program.configure(&ConfigureWindowAux::new().x(700).y(400));
    program.fill(0x0012_3456, 0, 0, 20, 20);
    expect(&mut capture, "after a move", |_, _, pixels, stride| pixel(pixels, stride, 5, 5) == 0x0012_3456);
    program.conn.warp_pointer(x11rb::NONE, program.root, 0, 0, 0, 0, 713, 413).unwrap();
    program.conn.sync().unwrap();
    let cursor = capture.cursor().unwrap();
    assert_eq!((cursor.x, cursor.y), (10, 10), "counted from the window's corner");
    program.configure(&ConfigureWindowAux::new().width(420).height(260));
    program.fill(0x0065_4321, 400, 240, 20, 20);
    expect(&mut capture, "after a change of size", |width, height, pixels, stride| {
        (width, height) == (420, 260) && pixel(pixels, stride, 410, 250) == 0x0065_4321
    });
}

#[test]
fn m1_a_window_out_of_sight_keeps_its_last_picture_and_comes_back() {
    let _server = Server::start();
    let program = Program::start("Invoice", 100, 50, 300, 200);
    let mut capture = program.captured();
    program.fill(0x0012_3456, 0, 0, 300, 200);
    expect(&mut capture, "what was drawn", |_, _, pixels, _| all(pixels, 0x0012_3456));
    program.conn.unmap_window(program.window).unwrap();
    program.conn.sync().unwrap();
    assert!(capture.wait(SOON).unwrap(), "going out of sight is told");
    let frame = capture.grab().unwrap();
    assert!(frame.hidden && frame.damage.is_empty() && !frame.displays_changed);
    assert!(all(frame.pixels, 0x0012_3456), "the last picture stands");
    program.conn.map_window(program.window).unwrap();
    program.conn.sync().unwrap();
    program.fill(0x0000_00ff, 0, 0, 300, 200);
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let frame = capture.grab().unwrap();
        if !frame.hidden && all(frame.pixels, 0x0000_00ff) {
            break;
        }
        assert!(Instant::now() < deadline, "it does not come back");
        let _ = capture.wait(A_MOMENT).unwrap();
    }
}

/// Scar: servers begin a window's picture with what is on the screen there, so a window that came back or grew showed for a
/// moment what another program had there.
#[test]
fn m1_what_another_program_had_in_its_place_is_never_shown() {
    const SECRET: u32 = 0x00ff_ffff;
    let _server = Server::start();
    let program = Program::start("Invoice", 100, 50, 300, 200);
    // As many toolkits do: it paints everything by itself, a moment later.
    let own = ChangeWindowAttributesAux::new().background_pixmap(x11rb::NONE);
    program.conn.change_window_attributes(program.window, &own).unwrap();
    program.fill(PAINT, 0, 0, 300, 200);
    let mut capture = program.captured();
    expect(&mut capture, "the first picture", |_, _, pixels, _| all(pixels, PAINT));
    program.conn.unmap_window(program.window).unwrap();
    program.conn.sync().unwrap();
    let other = Peer::window(50, 20, 500, 400);
    other.fill(SECRET, 0, 0, 500, 400);
    let paints = |capture: &mut Capture, width: u16, height: u16| {
        let painted = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(20));
                program.fill(PAINT, 0, 0, width, height);
            });
            let deadline = Instant::now() + Duration::from_secs(5);
            loop {
                let frame = capture.grab().unwrap();
                let shown = !frame.hidden && frame.width == u32::from(width);
                assert!(!shown || frame.pixels.chunks(4).all(|it| it[0] != 0xff), "another program's pixels");
                if shown && all(frame.pixels, PAINT) {
                    return true;
                }
                if Instant::now() >= deadline {
                    return false;
                }
                let _ = capture.wait(A_MOMENT).unwrap();
            }
        });
        assert!(painted, "it is shown again");
    };
    program.conn.map_window(program.window).unwrap();
    program.conn.sync().unwrap();
    paints(&mut capture, 300, 200);
    program.configure(&ConfigureWindowAux::new().width(420).height(260));
    paints(&mut capture, 420, 260);
}

#[test]
fn m1_a_window_that_is_closed_ends_its_capture() {
    let _server = Server::start();
    let program = Program::start("Invoice", 100, 50, 300, 200);
    let mut capture = program.captured();
    capture.grab().unwrap();
    program.conn.destroy_window(program.window).unwrap();
    program.conn.sync().unwrap();
    assert!(capture.wait(SOON).unwrap());
    let error = capture.grab().unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (DriverErrorKind::Gone, "the window was closed"));
}

#[test]
fn m1_a_driver_or_server_without_windows_says_so() {
    let _server = Server::start_with(&["-extension", "Composite"]);
    for name in ["x11", "scrap"] {
        let driver = driver(name);
        assert_eq!(driver.windows().unwrap_err().kind(), DriverErrorKind::Unsupported, "{name}");
        assert_eq!(driver.open_window(1).unwrap_err().kind(), DriverErrorKind::Unsupported, "{name}");
        assert!(!driver.displays().unwrap().is_empty(), "{name}: displays are there all the same");
    }
}
