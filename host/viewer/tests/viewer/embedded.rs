//! A picture inside another program's window.

use crate::desk::{Desk, OPTIONS, draw, drawn};
use lotse_engine::surface::{Rect, SurfaceHost};
use lotse_engine::view::{SurfaceInput, SurfaceOptions};
use lotse_viewer::Place;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus, Window};

const GREEN: [u8; 3] = [0, 0x80, 0];
const A: u8 = 30;
/// Control, Alt, Shift and F12.
const FREEING: [u8; 4] = [29, 56, 42, 88];

/// Clicks, and tells whether the parent heard it.
fn presses_heard(desk: &Desk, parent: Window, button: u8) -> bool {
    desk.button(button, true);
    desk.button(button, false);
    heard(desk, |event| matches!(event, Event::ButtonPress(it) if it.event == parent && it.detail == button))
}

/// Taps a key, and tells whether the parent heard it.
fn key_heard(desk: &Desk, parent: Window, code: u8) -> bool {
    desk.chord(&[code]);
    heard(desk, |event| matches!(event, Event::KeyPress(it) if it.event == parent && it.detail == code + 8))
}

fn heard(desk: &Desk, is: impl Fn(&Event) -> bool) -> bool {
    std::thread::sleep(std::time::Duration::from_millis(20));
    // All of them, so that the next look begins anew.
    std::iter::from_fn(|| desk.connection.poll_for_event().unwrap()).filter(is).count() > 0
}

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
    desk.connection.set_input_focus(InputFocus::PARENT, parent, x11rb::CURRENT_TIME).unwrap();
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
    let heard = |button: u8| presses_heard(&desk, parent, button);
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

/// Scar: the room for a hidden bar was taken from the picture, which scaled a full screen of the same size by two rows.
#[test]
fn an_edge_is_seen_to_the_last_row_and_its_pointer_is_the_parents() {
    let desk = Desk::new();
    let host = desk.viewer(None);
    let parent = desk.window(Rect::new(100, 100, 400, 300), 0x8000);
    host.set_options(1, SurfaceOptions { fit: true, full_screen: true, ..OPTIONS });
    let mut sink = host.open(1).unwrap();
    sink.resize(400, 300).unwrap();
    let all = Rect::new(0, 0, 400, 300);
    draw(&mut sink.picture(), all, 1);
    sink.present(&[all]).unwrap();
    host.set_edges(1, &[Rect::new(0, 0, 400, 2)]);
    host.place(1, Place { parent, x: 0, y: 0, width: 400, height: 300, visible: true });
    desk.until_pixels("every pixel as it is", Rect::new(100, 100, 400, 300), &drawn(all, 1));
    desk.move_to(300, 101);
    desk.until("the edge is the parent's", || presses_heard(&desk, parent, 1));
    desk.settle();
    desk.move_to(300, 102);
    desk.expect("@200,2:0");
    assert!(!presses_heard(&desk, parent, 1), "beneath it is the other side's");
    desk.expect("@200,2:1 @200,2:0");
    host.set_edges(1, &[]);
    desk.settle();
    desk.move_to(300, 101);
    desk.expect("@200,1:0");
    desk.until_pixels("still", Rect::new(100, 100, 400, 300), &drawn(all, 1));
}

/// Scar: whoever clicked the picture could not leave it by keyboard, nor enter it, and freeing the keyboard freed no key.
#[test]
fn keys_are_the_parents_but_while_the_picture_steers_and_can_be_freed() {
    let desk = Desk::new();
    let host = desk.viewer(None);
    let parent = desk.window(Rect::new(100, 100, 400, 300), 0x8000);
    desk.connection.set_input_focus(InputFocus::PARENT, parent, x11rb::CURRENT_TIME).unwrap();
    let looking = SurfaceOptions { fit: true, hotkeys: true, interactive: false, ..OPTIONS };
    host.set_options(1, looking);
    let mut sink = host.open(1).unwrap();
    sink.resize(120, 80).unwrap();
    host.place(1, Place { parent, x: 50, y: 60, width: 120, height: 80, visible: true });
    let focus = || desk.connection.get_input_focus().unwrap().reply().unwrap().focus;
    desk.until("there", || desk.pixel(160, 170) == [0, 0, 0]);
    desk.move_to(170, 190);
    desk.until("keys work the window round it", || key_heard(&desk, parent, A));
    presses_heard(&desk, parent, 1);
    desk.settle();
    assert!(focus() == parent && key_heard(&desk, parent, A), "a click into it changes nothing");

    host.set_options(1, SurfaceOptions { interactive: true, ..looking });
    assert_eq!(host.keyboard(), None);
    host.focus(1);
    desk.until("the picture has the keyboard", || focus() != parent && host.keyboard() == Some(1));
    desk.settle();
    assert!(!key_heard(&desk, parent, A));
    desk.expect("'a'");
    desk.chord(&FREEING);
    desk.until("the window round it has it again", || focus() == parent && host.keyboard().is_none());
    desk.settle();
    assert!(key_heard(&desk, parent, A), "though the pointer is over the picture");
    desk.move_to(110, 110);
    desk.move_to(170, 190);
    desk.expect("@20,30:0");
    assert!(focus() == parent && key_heard(&desk, parent, A), "until it is clicked");
    presses_heard(&desk, parent, 1);
    desk.until("the picture has the keyboard anew", || focus() != parent);
    desk.settle();
    host.set_options(1, looking);
    desk.until("it goes with the steering", || focus() == parent);
}
