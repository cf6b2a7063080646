//! A picture inside another program's window.

use crate::desk::{Desk, OPTIONS, draw, drawn};
use lotse_engine::surface::{Rect, SurfaceHost};
use lotse_engine::view::{SurfaceInput, SurfaceOptions};
use lotse_viewer::Place;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::ConnectionExt as _;

const GREEN: [u8; 3] = [0, 0x80, 0];

#[test]
fn a_child_stands_where_it_is_placed() {
    let desk = Desk::new();
    let host = desk.viewer(None);
    let parent = desk.window(Rect::new(100, 100, 400, 300), 0x8000);
    let place = Place { parent, x: 50, y: 60, width: 120, height: 80, visible: true };
    host.place(1, place);
    host.set_options(1, OPTIONS);
    let mut sink = host.open(1).unwrap();
    sink.resize(120, 80).unwrap();
    let all = Rect::new(0, 0, 120, 80);
    draw(&mut sink.picture(), all, 1);
    sink.present(&[all]).unwrap();
    desk.until_pixels("in the parent", Rect::new(150, 160, 120, 80), &drawn(all, 1));
    assert_eq!(desk.pixel(149, 160), GREEN);

    host.set_holes(1, &[Rect::new(10, 0, 20, 15)]);
    desk.until("the parent is seen through the hole", || {
        desk.pixel(160, 160) == GREEN && desk.pixel(179, 174) == GREEN
    });
    desk.until("and only there", || desk.pixel(180, 160) == drawn(Rect::new(30, 0, 1, 1), 1)[0]);
    host.set_holes(1, &[]);
    desk.until_pixels("no hole any more", Rect::new(150, 160, 120, 80), &drawn(all, 1));

    host.place(1, Place { x: 0, y: 0, width: 200, height: 200, ..place });
    desk.until_pixels("moved, and in the middle", Rect::new(140, 160, 120, 80), &drawn(all, 1));
    host.place(1, Place { visible: false, ..place });
    desk.until("hidden", || desk.pixel(160, 170) == GREEN);
    draw(&mut sink.picture(), all, 2);
    sink.present(&[all]).unwrap();
    host.place(1, place);
    desk.until_pixels("back with what came meanwhile", Rect::new(150, 160, 120, 80), &drawn(all, 2));

    // The parent's end is the child's end; a new parent takes the picture up again.
    desk.connection.destroy_window(parent).unwrap();
    let other = desk.window(Rect::new(0, 0, 300, 300), 0x8000);
    host.place(1, Place { parent: other, ..place });
    desk.until_pixels("in another parent", Rect::new(50, 60, 120, 80), &drawn(all, 2));
    host.close(1);
    desk.until("closed", || desk.pixel(60, 70) == GREEN);
    sink.present(&[all]).unwrap();
}

#[test]
fn the_keyboard_comes_with_the_pointer_and_goes_with_a_click_elsewhere() {
    let desk = Desk::new();
    let host = desk.viewer(None);
    let parent = desk.window(Rect::new(100, 100, 400, 300), 0x8000);
    desk.connection.set_input_focus(x11rb::protocol::xproto::InputFocus::PARENT, parent, x11rb::CURRENT_TIME).unwrap();
    host.set_options(1, OPTIONS);
    let mut sink = host.open(1).unwrap();
    sink.resize(120, 80).unwrap();
    host.place(1, Place { parent, x: 50, y: 60, width: 120, height: 80, visible: true });
    let focus = || desk.connection.get_input_focus().unwrap().reply().unwrap().focus;
    desk.until("there", || desk.pixel(160, 170) == [0, 0, 0]);
    desk.move_to(110, 110);
    desk.move_to(155, 166);
    desk.until("the picture has the keyboard", || focus() != parent);
    desk.expect("@5,6:0");
    desk.move_to(110, 110);
    desk.chord(&[30]);
    desk.expect("'a'");
    desk.button(1, true);
    desk.until("the parent has the keyboard again", || focus() == parent);
    desk.button(1, false);
    desk.connection.flush().unwrap();
}

#[test]
fn who_only_looks_at_a_part_scrolls_the_window_round_it() {
    let desk = Desk::new();
    let host = desk.viewer(None);
    let parent = desk.window(Rect::new(100, 100, 400, 300), 0x8000);
    let looking = SurfaceOptions { interactive: false, ..OPTIONS };
    host.set_options(1, looking);
    let mut sink = host.open(1).unwrap();
    sink.resize(300, 200).unwrap();
    host.place(1, Place { parent, x: 50, y: 60, width: 120, height: 80, visible: true });
    desk.until("there", || desk.pixel(160, 170) == [0, 0, 0]);
    let heard = |button: u8| {
        desk.button(button, true);
        desk.button(button, false);
        std::thread::sleep(std::time::Duration::from_millis(20));
        std::iter::from_fn(|| desk.connection.poll_for_event().unwrap())
            .any(|event| matches!(event, Event::ButtonPress(press) if press.event == parent && press.detail == button))
    };
    desk.move_to(170, 190);
    desk.until("the wheel reaches the parent", || heard(5));
    host.set_options(1, SurfaceOptions { fit: true, ..looking });
    desk.until("all of it is seen: nothing to scroll", || !heard(5));
    desk.settle();
    host.set_options(1, OPTIONS);
    desk.until("the other side's wheel", || {
        let here = heard(5);
        !here && desk.told.lock().iter().any(|(_, input)| matches!(input, SurfaceInput::Pointer { wheel_y: 1, .. }))
    });
}
