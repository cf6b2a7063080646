//! What is presented is what is on the screen, exactly.

use crate::desk::{Desk, HEIGHT, OPTIONS, WIDTH, draw, drawn};
use lotse_engine::surface::{Rect, SurfaceHost, SurfaceSink};
use lotse_engine::view::{SurfaceInput, SurfaceOptions};
use lotse_viewer::ViewerError;
use std::time::Instant;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::ConnectionExt as _;

const MARGIN: [u8; 3] = [0x1c, 0x18, 0x16];

fn show(sink: &mut Box<dyn SurfaceSink>, area: Rect, seed: u32) {
    draw(&mut sink.picture(), area, seed);
    sink.present(&[area]).unwrap();
}

fn exact(desk: &Desk) {
    let host = desk.viewer(Some("300x200+50+40"));
    let mut sink = host.open(7).unwrap();
    sink.resize(300, 200).unwrap();
    let all = Rect::new(0, 0, 300, 200);
    let on_screen = Rect::new(50, 40, 300, 200);
    show(&mut sink, all, 1);
    desk.until_pixels("all of the picture", on_screen, &drawn(all, 1));

    // Drawn but not presented is not shown; presented beyond the picture's edge is cut.
    let (left, right) = (Rect::new(10, 10, 33, 17), Rect::new(280, 190, 20, 10));
    draw(&mut sink.picture(), left, 2);
    draw(&mut sink.picture(), right, 2);
    sink.present(&[Rect::new(280, 190, 500, 500), Rect::new(-20, -20, 10, 10)]).unwrap();
    let at = |part: Rect| Rect::new(part.x + 50, part.y + 40, part.width, part.height);
    desk.until_pixels("the presented part", at(right), &drawn(right, 2));
    assert_eq!(desk.pixels(at(left)), drawn(left, 1));
    show(&mut sink, left, 2);
    desk.until_pixels("the other part", at(left), &drawn(left, 2));

    show(&mut sink, all, 3);
    let cover = desk.window(Rect::new(100, 100, 80, 80), 0xff00ff);
    desk.until("covered", || desk.pixel(120, 120) == [0xff, 0, 0xff]);
    desk.connection.destroy_window(cover).unwrap();
    desk.connection.flush().unwrap();
    desk.until_pixels("uncovered again", on_screen, &drawn(all, 3));
}

#[test]
fn partial_and_uncovered_pictures_are_exact() {
    exact(&Desk::new());
}

#[test]
fn without_shared_memory_it_is_the_same() {
    exact(&Desk::with(24, &["-extension", "MIT-SHM"]));
}

#[test]
fn other_depths_are_refused_in_words() {
    let error = Desk::with(16, &[]).try_viewer(None).err().unwrap();
    assert!(matches!(error, ViewerError::Depth { depth: 16 }), "{error}");
}

#[test]
fn a_picture_can_change_its_size_and_the_window_can_too() {
    let desk = Desk::new();
    let host = desk.viewer(Some("300x200+50+40"));
    let mut sink = host.open(7).unwrap();
    sink.resize(300, 200).unwrap();
    show(&mut sink, Rect::new(0, 0, 300, 200), 1);
    sink.resize(100, 50).unwrap();
    let small = Rect::new(0, 0, 100, 50);
    show(&mut sink, small, 2);
    desk.until_pixels("the small picture", Rect::new(50, 40, 100, 50), &drawn(small, 2));
    desk.until("nothing of the old one", || desk.pixel(50 + 100, 40) == MARGIN && desk.pixel(50, 40 + 50) == MARGIN);
    assert_eq!(host.size_of(7), Some((100, 50)));

    host.set_options(7, SurfaceOptions { full_screen: true, ..OPTIONS });
    desk.until_pixels("in the corner of the whole screen", small, &drawn(small, 2));
    desk.until("and nothing else", || desk.pixel(i32::from(WIDTH) - 1, i32::from(HEIGHT) - 1) == MARGIN);
    host.set_options(7, OPTIONS);
    desk.until_pixels("back again", Rect::new(50, 40, 100, 50), &drawn(small, 2));
    drop(sink);
    desk.until("gone", || desk.pixel(60, 60) == [0, 0, 0]);
}

#[test]
fn fitted_pictures_are_means_and_damage_fits_in() {
    let desk = Desk::new();
    let host = desk.viewer(Some("200x200+0+0"));
    let mut sink = host.open(1).unwrap();
    sink.resize(400, 300).unwrap();
    host.set_options(1, SurfaceOptions { fit: true, ..OPTIONS });
    let all = Rect::new(0, 0, 400, 300);
    show(&mut sink, all, 1);
    let mean = |x: i32, y: i32, seeds: u32| {
        let sum = drawn(Rect::new(2 * x, 2 * y, 2, 2), seeds)
            .iter()
            .fold([0u32; 3], |s, c| [0, 1, 2].map(|i| s[i] + u32::from(c[i])));
        sum.map(|sum| ((sum + 2) / 4) as u8)
    };
    let expected = |seed: u32| (0..150).flat_map(|y| (0..200).map(move |x| mean(x, y, seed))).collect::<Vec<_>>();
    desk.until_pixels("the fitted picture", Rect::new(0, 0, 200, 150), &expected(1));
    assert_eq!(desk.pixel(10, 199), MARGIN);
    for rect in [Rect::new(0, 0, 400, 151), Rect::new(0, 151, 77, 149), Rect::new(77, 151, 323, 149)] {
        show(&mut sink, rect, 2);
    }
    desk.until_pixels("the same from parts", Rect::new(0, 0, 200, 150), &expected(2));
    host.set_options(1, OPTIONS);
    let corner = Rect::new(0, 0, 200, 200);
    desk.until_pixels("unscaled again", corner, &drawn(corner, 2));
    host.set_offset(1, 50, 1000);
    desk.until_pixels("scrolled", corner, &drawn(Rect::new(50, 100, 200, 200), 2));
    assert_eq!(host.offset_of(1), (50, 100));
}

#[test]
fn a_window_manager_leaves_it_bare_and_gives_it_the_keyboard() {
    let mut desk = Desk::new();
    desk.window_manager();
    let (host, mut sink) = desk.interactive();
    let all = Rect::new(0, 0, 200, 100);
    show(&mut sink, all, 1);
    desk.until_pixels("undecorated where it should be", Rect::new(40, 30, 200, 100), &drawn(all, 1));
    desk.chord(&[30]);
    desk.expect("'a'");
    host.set_options(1, SurfaceOptions { full_screen: true, ..OPTIONS });
    desk.until_pixels("full screen", all, &drawn(all, 1));
    let window = desk.connection.get_input_focus().unwrap().reply().unwrap().focus;
    desk.until("over everything", || desk.connection.get_geometry(window).unwrap().reply().unwrap().width == WIDTH);
    let close = |name: &[u8]| desk.connection.intern_atom(false, name).unwrap().reply().unwrap().atom;
    let data = [close(b"WM_DELETE_WINDOW"), 0, 0, 0, 0];
    let message = x11rb::protocol::xproto::ClientMessageEvent::new(32, window, close(b"WM_PROTOCOLS"), data);
    desk.connection.send_event(false, window, x11rb::protocol::xproto::EventMask::NO_EVENT, message).unwrap();
    desk.connection.flush().unwrap();
    desk.until("told of the closing", || desk.told.lock().iter().any(|(_, input)| *input == SurfaceInput::Closed));
}

#[test]
fn small_damage_is_presented_fast_and_hostile_sizes_are_refused() {
    let desk = Desk::new();
    let host = desk.viewer(Some("600x400+0+0"));
    let mut sink = host.open(1).unwrap();
    assert!(sink.resize(0, 10).is_err() && sink.resize(40_000, 1).is_err() && sink.resize(32_000, 32_000).is_err());
    assert_eq!(sink.picture().pixels.len(), 0);
    sink.present(&[Rect::new(i32::MIN, i32::MAX, u32::MAX, u32::MAX)]).unwrap();
    sink.resize(600, 400).unwrap();
    let all = Rect::new(0, 0, 600, 400);
    show(&mut sink, all, 1);
    desk.until_pixels("there", all, &drawn(all, 1));
    let mut times: Vec<_> = (0..200)
        .map(|step| {
            let begin = Instant::now();
            sink.present(&[Rect::new(step, step, 80, 20)]).unwrap();
            begin.elapsed()
        })
        .collect();
    times.sort();
    println!("present of 80×20: median {:?}, slowest {:?}", times[100], times[199]);
    assert!(times[100].as_millis() < 2, "median {:?}", times[100]);
}
