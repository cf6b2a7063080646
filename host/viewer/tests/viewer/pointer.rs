//! The pointer: where it is on the picture, and what it looks like.

use crate::desk::{Desk, OPTIONS};
use lotse_engine::surface::{Cursor, Rect};
use lotse_engine::view::SurfaceOptions;
use x11rb::protocol::xfixes::ConnectionExt as _;

fn shape(width: u32, height: u32, pixel: [u8; 4]) -> Cursor {
    Cursor { width, height, hot_x: 2, hot_y: 3, pixels: pixel.repeat((width * height) as usize) }
}

#[test]
fn buttons_wheel_and_places() {
    let desk = Desk::new();
    let (host, mut sink) = desk.interactive();
    desk.move_to(50, 60);
    desk.expect("@10,30:0");
    for (button, expected) in [
        (1, "@10,30:1 @10,30:0"),
        (2, "@10,30:2 @10,30:0"),
        (3, "@10,30:4 @10,30:0"),
        (8, "@10,30:8 @10,30:0"),
        (9, "@10,30:16 @10,30:0"),
    ] {
        desk.button(button, true);
        desk.button(button, false);
        desk.expect(expected);
    }
    for (button, expected) in [(4, "wheel0,-1"), (5, "wheel0,1"), (6, "wheel-1,0"), (7, "wheel1,0")] {
        desk.button(button, true);
        desk.button(button, false);
        desk.expect(expected);
    }
    // Shift counts for a click; a drag goes on outside and is kept on the picture.
    desk.key(42, true);
    desk.button(1, true);
    desk.move_to(600, 400);
    desk.button(1, false);
    desk.key(42, false);
    desk.expect("+42 @10,30:1 @199,99:1 @199,99:0 -42");

    sink.resize(400, 400).unwrap();
    host.set_options(1, SurfaceOptions { fit: true, ..OPTIONS });
    desk.settle();
    // 100 by 100 of a window of 200 by 100, in its corner.
    desk.move_to(40 + 25, 30 + 50);
    desk.expect("@102,202:0");
    host.set_options(1, OPTIONS);
    host.set_offset(1, 150, 20);
    desk.settle();
    desk.move_to(41, 31);
    desk.expect("@151,21:0");
}

#[test]
fn it_looks_like_the_other_sides_while_steering_and_is_drawn_while_not() {
    let desk = Desk::new();
    desk.connection.xfixes_query_version(4, 0).unwrap().reply().unwrap();
    let (host, mut sink) = desk.interactive();
    sink.cursor(Some(&shape(12, 9, [10, 20, 30, 255])));
    sink.cursor_at(100, 50);
    desk.move_to(60, 60);
    let looks = || {
        let image = desk.connection.xfixes_get_cursor_image().unwrap().reply().unwrap();
        (image.width, image.height, image.xhot, image.yhot, image.cursor_image[0])
    };
    desk.until("the pointer is the other side's", || looks() == (12, 9, 2, 3, 0xff1e_140a));
    desk.until("drawn no more", || desk.pixel(40 + 100, 30 + 50) == [0, 0, 0]);
    sink.cursor(None);
    desk.until("hidden", || looks().4 == 0);

    sink.cursor(Some(&shape(12, 9, [10, 20, 30, 255])));
    desk.move_to(500, 400);
    let drawn = Rect::new(40 + 100 - 2, 30 + 50 - 3, 12, 9);
    desk.until_pixels("the other side's pointer", drawn, &[[10, 20, 30]; 12 * 9]);
    sink.cursor_at(20, 20);
    desk.until("it moved", || {
        desk.pixel(40 + 20, 30 + 20) == [10, 20, 30] && desk.pixel(40 + 100, 30 + 50) == [0, 0, 0]
    });
    desk.move_to(60, 60);
    desk.until("ours is there now", || desk.pixel(40 + 20, 30 + 20) == [0, 0, 0]);
    host.set_options(1, SurfaceOptions { interactive: false, ..OPTIONS });
    desk.until("not steering: drawn again", || desk.pixel(40 + 20, 30 + 20) == [10, 20, 30]);
    sink.cursor(Some(&Cursor { width: 5, height: 5, hot_x: 99, hot_y: 99, pixels: vec![1; 7] }));
    desk.until("a shape that is none is not shown", || desk.pixel(40 + 20, 30 + 20) == [0, 0, 0]);
}
