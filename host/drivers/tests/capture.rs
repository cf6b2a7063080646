//! The drivers' pictures against what was really drawn, on a real X server.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use lotse_drivers::{Capture, CaptureDriver, DriverErrorKind, DriverSet, Rect};
use support::{Peer, Server, driver_folder};
use x11rb::protocol::xfixes::ConnectionExt as _;
use x11rb::protocol::xproto::*;
use x11rb::wrapper::ConnectionExt as _;

const SOON: Option<Duration> = Some(Duration::from_secs(5));
const A_MOMENT: Option<Duration> = Some(Duration::from_millis(40));

fn driver(name: &str) -> CaptureDriver {
    DriverSet::load(&driver_folder()).unwrap().captures().find(|it| it.name() == name).unwrap()
}

/// An x11 capture of the main display whose first picture is taken and which is at rest.
fn settled() -> Capture {
    let driver = driver("x11");
    let mut capture = driver.open(driver.displays().unwrap()[0].id).unwrap();
    while capture.wait(A_MOMENT).unwrap() {
        capture.grab().unwrap();
    }
    capture
}

fn pixel(pixels: &[u8], stride: usize, x: usize, y: usize) -> u32 {
    let at = y * stride + x * 4;
    u32::from_le_bytes([pixels[at], pixels[at + 1], pixels[at + 2], 0])
}

/// All of the screen by another road: plain GetImage.
fn truth(peer: &Peer, width: u16, height: u16) -> Vec<u8> {
    peer.conn.get_image(ImageFormat::Z_PIXMAP, peer.root, 0, 0, width, height, !0).unwrap().reply().unwrap().data
}

fn same(pixels: &[u8], truth: &[u8]) -> bool {
    pixels.chunks(4).zip(truth.chunks(4)).all(|(a, b)| a[..3] == b[..3]) && pixels.len() == truth.len()
}

#[test]
fn displays_are_named_and_measured() {
    let _server = Server::start();
    let displays = driver("x11").displays().unwrap();
    assert_eq!(displays.len(), 1);
    let display = &displays[0];
    assert_eq!((display.x, display.y, display.width, display.height), (0, 0, 1280, 800));
    assert_eq!((display.primary, display.scale_percent), (true, 100));
    assert!(!display.name.is_empty());
    // A place in the list works as an identifier too, nonsense does not.
    assert!(driver("x11").open(0).is_ok());
    assert_eq!(driver("x11").open(7).unwrap_err().kind(), DriverErrorKind::Gone);
    assert_eq!(driver("x11").open(999_999).unwrap_err().kind(), DriverErrorKind::Gone);
}

/// Servers that draw on a graphics card share no pixmaps.
fn share_no_pixmaps(_turn: &Server) {
    // SAFETY: the server is this test's turn; no other thread of this process reads the environment now.
    unsafe { std::env::set_var("LOTSE_X11_NO_SHARED_PIXMAPS", "1") };
}

#[test]
fn damage_and_pixels_are_exact() {
    let server = Server::start();
    exact_boxes();
    share_no_pixmaps(&server);
    exact_boxes();
}

fn exact_boxes() {
    let peer = Peer::window(0, 0, 1280, 800);
    let mut capture = settled();
    // Narrow, wide, at the edges, and a single pixel.
    for (turn, (x, y, width, height)) in
        [(100, 200, 40, 30), (5, 300, 1270, 3), (1279, 799, 1, 1), (0, 0, 1280, 800), (640, 0, 639, 800)]
            .into_iter()
            .enumerate()
    {
        let colour = 0x10_2030 + turn as u32;
        peer.fill(colour, x, y, width, height);
        assert!(capture.wait(SOON).unwrap());
        let frame = capture.grab().unwrap();
        let expected = Rect { x: x as u32, y: y as u32, width: width.into(), height: height.into() };
        assert_eq!(frame.damage, [expected]);
        assert!(!frame.resized);
        assert_eq!((frame.width, frame.height), (1280, 800));
        assert!(same(frame.pixels, &truth(&peer, 1280, 800)), "after box {expected:?}");
        assert_eq!(pixel(frame.pixels, frame.stride, x as usize, y as usize), colour);
    }
    assert!(!capture.wait(A_MOMENT).unwrap());
    assert_eq!(capture.grab().unwrap().damage, []);
}

#[test]
fn many_small_changes_become_few_boxes_and_nothing_is_missed() {
    let server = Server::start();
    scattered_boxes();
    share_no_pixmaps(&server);
    scattered_boxes();
}

fn scattered_boxes() {
    let peer = Peer::window(0, 0, 1280, 800);
    let mut capture = settled();
    let mut seed = 3_u32;
    let mut random = |limit: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % limit
    };
    for turn in 0..20 {
        for _ in 0..100 {
            let (x, y) = (random(1280) as i16, random(800) as i16);
            peer.fill(random(1 << 24), x, y, 1 + random(30) as u16, 1 + random(30) as u16);
        }
        assert!(capture.wait(SOON).unwrap());
        let frame = capture.grab().unwrap();
        assert!(frame.damage.len() <= 32, "{} boxes", frame.damage.len());
        assert!(same(frame.pixels, &truth(&peer, 1280, 800)), "turn {turn}");
    }
}

/// Small boxes are fetched as the server's notices tell them; what is drawn between a notice and the fetch must not be lost.
#[test]
fn what_is_drawn_while_it_is_fetched_is_fetched_too() {
    let _server = Server::start();
    let peer = Peer::window(0, 0, 1280, 800);
    let mut capture = settled();
    for turn in 0..20_u32 {
        // Within what is guessed, and beyond it.
        let spread = [140, 1000][turn as usize % 2];
        let drawn = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut seed = turn;
                let mut random = |limit: u32| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (seed >> 8) % limit
                };
                for _ in 0..60 {
                    // A round trip each, so that they come one by one.
                    peer.fill(random(1 << 24), 100 + random(spread) as i16, 200 + random(140) as i16, 9, 14);
                    peer.conn.sync().unwrap();
                }
                drawn.store(true, Ordering::Release);
            });
            while !drawn.load(Ordering::Acquire) {
                if capture.wait(A_MOMENT).unwrap() {
                    capture.grab().unwrap();
                }
            }
        });
        while capture.wait(A_MOMENT).unwrap() {
            capture.grab().unwrap();
        }
        let frame = capture.grab().unwrap();
        assert!(same(frame.pixels, &truth(&peer, 1280, 800)), "turn {turn}");
    }
}

#[test]
fn an_idle_screen_costs_nothing_and_a_waker_ends_the_wait() {
    let _server = Server::start();
    let _peer = Peer::window(0, 0, 200, 200);
    let mut capture = settled();
    let waker = capture.waker();
    let thread = std::thread::spawn(move || {
        let ticks = || {
            let usage = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
            usage.split(' ').next().unwrap().parse::<u64>().unwrap()
        };
        let before = ticks();
        let something = capture.wait(None).unwrap();
        (something, ticks() - before, capture)
    });
    std::thread::sleep(Duration::from_millis(300));
    waker.wake();
    let (something, nanoseconds, capture) = thread.join().unwrap();
    assert!(!something);
    assert!(nanoseconds < 5_000_000, "{nanoseconds} ns for waiting");
    drop(capture);
    waker.wake();
}

#[test]
fn a_resize_is_followed_and_said() {
    let server = Server::start();
    let peer = Peer::window(0, 0, 1280, 800);
    let mut capture = settled();
    server.shrink();
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        assert!(Instant::now() < deadline, "the resize was not seen");
        assert!(capture.wait(SOON).unwrap());
        let frame = capture.grab().unwrap();
        if frame.resized {
            assert!(frame.displays_changed);
            assert_eq!((frame.width, frame.height), (640, 480));
            assert_eq!(frame.damage, [Rect { x: 0, y: 0, width: 640, height: 480 }]);
            break;
        }
    }
    peer.fill(0x00_ff00, 630, 470, 50, 50);
    while capture.wait(A_MOMENT).unwrap() {
        capture.grab().unwrap();
    }
    let frame = capture.grab().unwrap();
    assert_eq!(pixel(frame.pixels, frame.stride, 639, 479), 0x00_ff00);
    assert!(same(frame.pixels, &truth(&peer, 640, 480)));
}

#[test]
fn only_one_monitor_of_two_is_captured_and_its_end_is_told() {
    let server = Server::start();
    let peer = Peer::window(0, 0, 1280, 800);
    server.run("xrandr", &["--setmonitor", "right", "640/170x800/211+640+0", "none"]);
    let driver = driver("x11");
    let displays = driver.displays().unwrap();
    let right = displays.iter().find(|it| it.name == "right").unwrap_or_else(|| panic!("{displays:?}"));
    assert_eq!((right.x, right.width, right.height), (640, 640, 800));
    let mut capture = driver.open(right.id).unwrap();
    while capture.wait(A_MOMENT).unwrap() {
        capture.grab().unwrap();
    }
    // Half of it on the other monitor.
    peer.fill(0x12_3456, 600, 10, 100, 20);
    assert!(capture.wait(SOON).unwrap());
    let frame = capture.grab().unwrap();
    assert_eq!(frame.damage, [Rect { x: 0, y: 10, width: 60, height: 20 }]);
    assert_eq!(pixel(frame.pixels, frame.stride, 0, 10), 0x12_3456);

    let mut input = DriverSet::load(&driver_folder()).unwrap().open_input().unwrap();
    input.pointer(right.id, 30, 40).unwrap();
    let place = peer.conn.query_pointer(peer.root).unwrap().reply().unwrap();
    assert_eq!((place.root_x, place.root_y), (670, 40));
    let cursor = capture.cursor().unwrap();
    assert_eq!((cursor.x, cursor.y, cursor.visible), (30, 40, true));

    server.run("xrandr", &["--delmonitor", "right"]);
    let deadline = Instant::now() + Duration::from_secs(5);
    let error = loop {
        assert!(Instant::now() < deadline, "the end was not told");
        capture.wait(SOON).unwrap();
        if let Err(error) = capture.grab() {
            break error;
        }
    };
    assert_eq!(error.kind(), DriverErrorKind::Gone, "{error}");
    assert_eq!(input.pointer(right.id, 1, 1).unwrap_err().kind(), DriverErrorKind::Gone);
}

#[test]
fn a_server_that_dies_is_gone_and_not_a_hang() {
    let mut server = Server::start();
    let mut capture = settled();
    let mut input = DriverSet::load(&driver_folder()).unwrap().open_input().unwrap();
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    assert_eq!(capture.wait(SOON).unwrap_err().kind(), DriverErrorKind::Gone);
    assert_eq!(capture.grab().unwrap_err().kind(), DriverErrorKind::Gone);
    assert_eq!(input.pointer(0, 1, 1).unwrap_err().kind(), DriverErrorKind::Gone);
    assert!(input.text("x").is_err());
}

#[test]
fn the_pointers_shape_and_moves_are_told() {
    let _server = Server::start();
    let peer = Peer::window(0, 0, 400, 400);
    let mut input = DriverSet::load(&driver_folder()).unwrap().open_input().unwrap();
    input.pointer(0, 100, 100).unwrap();
    let mut capture = settled();
    let serial = capture.cursor().unwrap().serial;

    // A cursor of 16 x 16: a blue square with a transparent middle.
    let (pixmap, mask, context) = {
        use x11rb::connection::Connection;
        (peer.conn.generate_id().unwrap(), peer.conn.generate_id().unwrap(), peer.conn.generate_id().unwrap())
    };
    let cursor = {
        use x11rb::connection::Connection;
        peer.conn.generate_id().unwrap()
    };
    for it in [pixmap, mask] {
        peer.conn.create_pixmap(1, it, peer.root, 16, 16).unwrap();
    }
    peer.conn.create_gc(context, pixmap, &CreateGCAux::new().foreground(1)).unwrap();
    for it in [pixmap, mask] {
        peer.conn.poly_fill_rectangle(it, context, &[Rectangle { x: 0, y: 0, width: 16, height: 16 }]).unwrap();
    }
    peer.conn.change_gc(context, &ChangeGCAux::new().foreground(0)).unwrap();
    peer.conn.poly_fill_rectangle(mask, context, &[Rectangle { x: 4, y: 4, width: 8, height: 8 }]).unwrap();
    peer.conn.create_cursor(cursor, pixmap, mask, 0, 0, 0xffff, 0, 0, 0, 5, 6).unwrap();
    peer.conn.change_window_attributes(peer.window, &ChangeWindowAttributesAux::new().cursor(cursor)).unwrap();
    peer.conn.xfixes_query_version(5, 0).unwrap().reply().unwrap();
    peer.conn.sync().unwrap();

    assert!(capture.wait(SOON).unwrap());
    let shape = capture.cursor().unwrap();
    assert_ne!(shape.serial, serial);
    assert_eq!((shape.width, shape.height, shape.hot_x, shape.hot_y), (16, 16, 5, 6));
    assert_eq!((shape.x, shape.y, shape.visible), (100, 100, true));
    assert_eq!(shape.pixels[..4], [255, 0, 0, 255]);
    assert_eq!(shape.pixels[(8 * 16 + 8) * 4..][..4], [0, 0, 0, 0]);

    // Moves end a wait only when asked for. Xvfb draws no pointer into the picture.
    while capture.wait(A_MOMENT).unwrap() {
        capture.grab().unwrap();
    }
    input.pointer(0, 120, 100).unwrap();
    assert!(!capture.wait(A_MOMENT).unwrap());
    capture.track_pointer(true).unwrap();
    input.pointer(0, 140, 110).unwrap();
    assert!(capture.wait(SOON).unwrap());
    let cursor = capture.cursor().unwrap();
    assert_eq!((cursor.x, cursor.y), (140, 110));
    let mut wakes = 0;
    let started = Instant::now();
    for step in 0..60 {
        input.pointer(0, 150 + step, 110).unwrap();
        wakes += u32::from(capture.wait(Some(Duration::from_millis(1))).unwrap());
    }
    let most = started.elapsed().as_millis() / 8 + 2;
    assert!(u128::from(wakes) <= most, "{wakes} wakes in {:?}", started.elapsed());
    capture.track_pointer(false).unwrap();
    while capture.wait(A_MOMENT).unwrap() {}
    input.pointer(0, 10, 10).unwrap();
    assert!(!capture.wait(A_MOMENT).unwrap());
}

#[test]
fn scrap_takes_over_where_damage_is_missing() {
    let _server = Server::start_with(&["-extension", "DAMAGE"]);
    let peer = Peer::window(0, 0, 1280, 800);
    let set = DriverSet::load(&driver_folder()).unwrap();
    let error = driver("x11").displays().unwrap_err();
    assert_eq!(error.kind(), DriverErrorKind::Unsupported);
    assert!(error.to_string().contains("DAMAGE"), "{error}");
    let driver = set.best_capture().unwrap();
    assert_eq!(driver.name(), "scrap");
    let displays = driver.displays().unwrap();
    assert_eq!((displays.len(), displays[0].width, displays[0].height), (1, 1280, 800));
    let mut capture = driver.open(displays[0].id).unwrap();
    assert!(capture.wait(SOON).unwrap());
    let frame = capture.grab().unwrap();
    assert_eq!(frame.damage, [Rect { x: 0, y: 0, width: 1280, height: 800 }]);
    assert!(same(frame.pixels, &truth(&peer, 1280, 800)));
    assert!(!capture.wait(A_MOMENT).unwrap());

    peer.fill(0x65_4321, 50, 60, 70, 80);
    assert!(capture.wait(SOON).unwrap());
    let frame = capture.grab().unwrap();
    assert_eq!(frame.damage, [Rect { x: 50, y: 60, width: 70, height: 80 }]);
    assert!(same(frame.pixels, &truth(&peer, 1280, 800)));
    assert_eq!(capture.cursor().unwrap_err().kind(), DriverErrorKind::Unsupported);

    let waker = capture.waker();
    let thread = std::thread::spawn(move || capture.wait(None).unwrap());
    std::thread::sleep(Duration::from_millis(50));
    waker.wake();
    assert!(!thread.join().unwrap());
    assert_eq!(driver.open(5).unwrap_err().kind(), DriverErrorKind::Gone);
}
