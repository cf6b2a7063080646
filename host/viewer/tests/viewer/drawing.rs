//! Strokes over the picture, and a rep who draws.

use crate::desk::{Desk, OPTIONS, draw, drawn};
use lotse_engine::drawing::{Laid, PenCursor, Stroke, Strokes};
use lotse_engine::surface::{Rect, SurfaceHost, SurfaceSink};
use lotse_engine::view::SurfaceOptions;
use lotse_ink::{Point, Shape};
use std::sync::Arc;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::ConnectionExt as _;

const RED: [u8; 3] = [0, 0, 0xff];

fn line(id: u64, from: (i32, i32), to: (i32, i32)) -> Stroke {
    let shape = Shape::Line(Point { x: from.0, y: from.1 }, Point { x: to.0, y: to.1 });
    Stroke { id, shape, color: 0xff_00_00, width: 6, opacity_percent: 100 }
}

fn strokes(of: &[Stroke]) -> Strokes {
    of.iter().map(|stroke| Laid { layer: 1, stroke: Arc::new(stroke.clone()) }).collect()
}

fn show(sink: &mut Box<dyn SurfaceSink>, area: Rect, seed: u32) {
    draw(&mut sink.picture(), area, seed);
    sink.present(&[area]).unwrap();
}

#[test]
fn a2_strokes_lie_over_the_picture_and_stay_while_it_changes_beneath() {
    let desk = Desk::new();
    let host = desk.viewer(Some("300x200+50+40"));
    let mut sink = host.open(7).unwrap();
    sink.resize(300, 200).unwrap();
    let all = Rect::new(0, 0, 300, 200);
    let on_screen = Rect::new(50, 40, 300, 200);
    show(&mut sink, all, 1);
    desk.until_pixels("the picture", on_screen, &drawn(all, 1));
    host.draw(7, strokes(&[line(1, (20, 100), (250, 100))]));
    desk.until("the stroke", || desk.pixel(50 + 100, 40 + 100) == RED);
    show(&mut sink, all, 2);
    let beside = Rect::new(0, 0, 300, 90);
    desk.until_pixels("the next picture", Rect::new(50, 40, 300, 90), &drawn(beside, 2));
    assert_eq!(desk.pixel(50 + 100, 40 + 100), RED);
    let cover = desk.window(Rect::new(100, 100, 80, 80), 0xff00ff);
    desk.until("covered", || desk.pixel(120, 140) == [0xff, 0, 0xff]);
    desk.connection.destroy_window(cover).unwrap();
    desk.connection.flush().unwrap();
    desk.until("uncovered with the stroke", || {
        desk.pixel(50 + 100, 40 + 100) == RED && desk.pixel(120, 110) != [0xff, 0, 0xff]
    });
    host.draw(7, Strokes::default());
    desk.until_pixels("only the picture", on_screen, &drawn(all, 2));
}

/// What lies on the other side's screen comes with the picture; drawn here as well it would be seen twice.
#[test]
fn a2_what_the_picture_contains_is_not_drawn_over_it() {
    let desk = Desk::new();
    let host = desk.viewer(Some("300x200+50+40"));
    let mut sink = host.open(7).unwrap();
    sink.resize(300, 200).unwrap();
    let all = Rect::new(0, 0, 300, 200);
    show(&mut sink, all, 1);
    let stroke = line(1, (20, 100), (250, 100));
    host.draw(7, strokes(&[stroke.clone(), line(2, (20, 150), (250, 150))]));
    desk.until("both", || desk.pixel(150, 140) == RED && desk.pixel(150, 190) == RED);
    sink.drawn(&[stroke.look()]);
    let upper = Rect::new(0, 0, 300, 140);
    desk.until_pixels("the picture's own pixels", Rect::new(50, 40, 300, 140), &drawn(upper, 1));
    assert_eq!(desk.pixel(150, 190), RED, "the other one is still on its way");
}

#[test]
fn a2_strokes_lie_at_the_same_place_of_the_picture_at_every_scale() {
    let desk = Desk::new();
    let host = desk.viewer(Some("200x200+0+0"));
    let mut sink = host.open(1).unwrap();
    sink.resize(400, 300).unwrap();
    show(&mut sink, Rect::new(0, 0, 400, 300), 1);
    host.draw(1, strokes(&[line(1, (0, 100), (399, 100))]));
    desk.until("unscaled", || desk.pixel(100, 100) == RED && desk.pixel(100, 106) != RED);
    host.set_options(1, SurfaceOptions { fit: true, ..OPTIONS });
    desk.until("fitted", || desk.pixel(100, 50) == RED && desk.pixel(100, 100) != RED);
    host.set_options(1, OPTIONS);
    host.set_offset(1, 0, 60);
    desk.until("scrolled", || desk.pixel(100, 40) == RED && desk.pixel(100, 50) != RED);
    host.set_offset(1, 0, 0);
    desk.until("back", || desk.pixel(100, 100) == RED);
}

#[test]
fn a2_who_draws_has_pointer_and_keys_and_nobody_else_hears_of_them() {
    let desk = Desk::new();
    let (host, _sink) = desk.interactive();
    desk.move_to(100, 80);
    desk.settle();
    host.grab(1, Some(PenCursor::Text));
    desk.settle();
    desk.button(1, true);
    desk.move_to(110, 90);
    desk.button(1, false);
    desk.expect("pen60,50:1 pen70,60:1 pen70,60:0");
    // The wheel is nobody's; letters are text, and Return and Backspace are characters.
    desk.button(4, true);
    desk.button(4, false);
    for code in [30, 28, 14] {
        desk.key(code, true);
        desk.key(code, false);
    }
    desk.expect("pen\"a\" pen\"\\n\" pen\"\\u{8}\"");
    for (code, down) in [(29, true), (44, true), (44, false), (29, false)] {
        desk.key(code, down);
    }
    desk.expect("pen\"\\u{1a}\"");
    desk.key(1, true);
    desk.key(1, false);
    desk.expect("left");
    host.grab(1, None);
    desk.settle();
    desk.button(1, true);
    desk.button(1, false);
    desk.expect("@70,60:1 @70,60:0");
}
