//! An X server, a viewer on it and a person before it.

use crate::x_server::{PATIENCE, XServer};
use lotse_engine::drawing::PenInput;
use lotse_engine::surface::{PictureMut, Rect, SurfaceHost, SurfaceSink};
use lotse_engine::view::{SurfaceInput, SurfaceOptions};
use lotse_viewer::{ViewerConfig, ViewerError, ViewerHost};
use parking_lot::Mutex;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{self, ConnectionExt as _, CreateWindowAux, EventMask, ImageFormat, Window, WindowClass};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::wrapper::ConnectionExt as _;

pub const WIDTH: u16 = 640;
pub const HEIGHT: u16 = 480;
pub const OPTIONS: SurfaceOptions =
    SurfaceOptions { fit: false, full_screen: false, pass_system_keys: false, hotkeys: false, interactive: true };

pub struct Desk {
    server: XServer,
    pub told: Arc<Mutex<Vec<(Instant, SurfaceInput)>>>,
}

impl std::ops::Deref for Desk {
    type Target = XServer;

    fn deref(&self) -> &XServer {
        &self.server
    }
}

impl Desk {
    pub fn new() -> Self {
        Self::with(24, &[])
    }

    pub fn with(depth: u8, arguments: &[&str]) -> Self {
        let server = XServer::start(&format!("{WIDTH}x{HEIGHT}x{depth}"), arguments);
        Self { server, told: Arc::default() }
    }

    pub fn viewer(&self, bare: Option<&str>) -> Arc<ViewerHost> {
        self.try_viewer(bare).unwrap()
    }

    pub fn try_viewer(&self, bare: Option<&str>) -> Result<Arc<ViewerHost>, ViewerError> {
        let told = Arc::clone(&self.told);
        let bare = bare.map(|geometry| geometry.parse().unwrap());
        let config = ViewerConfig { display: Some(self.display.clone()), bare, title: "Test".to_owned(), font: None };
        ViewerHost::new(config, Arc::new(move |_, input| told.lock().push((Instant::now(), input))))
    }

    /// A bare viewer with an interactive surface that has the keyboard.
    pub fn interactive(&self) -> (Arc<ViewerHost>, Box<dyn SurfaceSink>) {
        let host = self.viewer(Some("200x100+40+30"));
        let mut sink = host.open(1).unwrap();
        sink.resize(200, 100).unwrap();
        host.set_options(1, OPTIONS);
        self.until("the window has the keyboard", || {
            let focus = self.connection.get_input_focus().unwrap().reply().unwrap().focus;
            focus > 1
                && self
                    .connection
                    .get_geometry(focus)
                    .unwrap()
                    .reply()
                    .is_ok_and(|it| (it.width, it.height) == (200, 100))
        });
        (host, sink)
    }

    pub fn run(&mut self, program: &str, arguments: &[&str]) {
        let done = Command::new(program).args(arguments).env("DISPLAY", &self.display).status().expect(program);
        assert!(done.success());
    }

    pub fn window_manager(&mut self) {
        self.server.window_manager();
    }

    pub fn until(&self, what: &str, mut done: impl FnMut() -> bool) {
        let begin = Instant::now();
        while !done() {
            assert!(begin.elapsed() < PATIENCE, "{what}: did not happen; told: {:.400}", self.words());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Pixels of the screen, without the spare byte.
    pub fn pixels(&self, area: Rect) -> Vec<[u8; 3]> {
        let (x, y, width, height) = (area.x as i16, area.y as i16, area.width as u16, area.height as u16);
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, !0)
            .unwrap()
            .reply()
            .unwrap();
        image.data.chunks_exact(4).map(|p| [p[0], p[1], p[2]]).collect()
    }

    pub fn pixel(&self, x: i32, y: i32) -> [u8; 3] {
        self.pixels(Rect::new(x, y, 1, 1))[0]
    }

    pub fn until_pixels(&self, what: &str, area: Rect, expected: &[[u8; 3]]) {
        self.until(what, || self.pixels(area) == expected);
    }

    /// A plain window of one colour.
    pub fn window(&self, area: Rect, colour: u32) -> Window {
        let id = self.connection.generate_id().unwrap();
        let looks = CreateWindowAux::new()
            .background_pixel(colour)
            .override_redirect(1)
            .event_mask(EventMask::BUTTON_PRESS | EventMask::KEY_PRESS);
        let (x, y, width, height) = (area.x as i16, area.y as i16, area.width as u16, area.height as u16);
        self.connection
            .create_window(0, id, self.root, x, y, width, height, 0, WindowClass::INPUT_OUTPUT, 0, &looks)
            .unwrap();
        self.connection.map_window(id).unwrap();
        self.connection.sync().unwrap();
        id
    }

    pub fn move_to(&self, x: i16, y: i16) {
        self.connection.xtest_fake_input(xproto::MOTION_NOTIFY_EVENT, 0, 0, self.root, x, y, 0).unwrap();
        self.connection.sync().unwrap();
    }

    /// Linux input event code.
    pub fn key(&self, code: u8, down: bool) {
        self.fake(if down { xproto::KEY_PRESS_EVENT } else { xproto::KEY_RELEASE_EVENT }, code + 8);
    }

    pub fn button(&self, button: u8, down: bool) {
        self.fake(if down { xproto::BUTTON_PRESS_EVENT } else { xproto::BUTTON_RELEASE_EVENT }, button);
    }

    /// Presses all, then lets go in reverse.
    pub fn chord(&self, codes: &[u8]) {
        codes.iter().for_each(|code| self.key(*code, true));
        codes.iter().rev().for_each(|code| self.key(*code, false));
    }

    fn words(&self) -> String {
        self.told.lock().iter().map(|(_, input)| in_words(input)).collect::<Vec<_>>().join(" ")
    }

    /// Waits until what was told, put in words, is this, and forgets it.
    pub fn expect(&self, expected: &str) {
        self.until(expected, || self.words() == expected);
        self.told.lock().clear();
    }

    /// Gives things that are told by nothing a moment to take effect, and forgets what was told.
    pub fn settle(&self) {
        std::thread::sleep(Duration::from_millis(30));
        self.told.lock().clear();
    }
}

fn in_words(input: &SurfaceInput) -> String {
    match input {
        SurfaceInput::Key { physical, down } => format!("{}{physical}", if *down { '+' } else { '-' }),
        SurfaceInput::Text { entered } => format!("'{entered}'"),
        SurfaceInput::Pointer { x, y, buttons, wheel_x: 0, wheel_y: 0 } => format!("@{x},{y}:{buttons}"),
        SurfaceInput::Pen(PenInput::Pointer { x, y, buttons }) => format!("pen{x},{y}:{buttons}"),
        SurfaceInput::Pen(PenInput::Text { entered }) => format!("pen{entered:?}"),
        SurfaceInput::Pen(PenInput::Left) => "left".to_owned(),
        SurfaceInput::Pointer { wheel_x, wheel_y, .. } => format!("wheel{wheel_x},{wheel_y}"),
        other => format!("{other:?}"),
    }
}

/// Fills a part of a picture with colours that differ from pixel to pixel and from `seed` to `seed`.
pub fn draw(picture: &mut PictureMut<'_>, area: Rect, seed: u32) {
    for y in area.y..area.bottom() as i32 {
        for x in area.x..area.right() as i32 {
            let at = y as usize * picture.stride + x as usize * 4;
            let colour = colour(x, y, seed);
            picture.pixels[at..at + 4].copy_from_slice(&[colour[0], colour[1], colour[2], 0]);
        }
    }
}

pub fn colour(x: i32, y: i32, seed: u32) -> [u8; 3] {
    let mixed =
        (x as u32).wrapping_mul(73_856_093) ^ (y as u32).wrapping_mul(19_349_663) ^ seed.wrapping_mul(83_492_791);
    [mixed as u8, (mixed >> 8) as u8, (mixed >> 16) as u8]
}

/// What [`draw`] drew.
pub fn drawn(area: Rect, seed: u32) -> Vec<[u8; 3]> {
    (area.y..area.bottom() as i32)
        .flat_map(|y| (area.x..area.right() as i32).map(move |x| colour(x, y, seed)))
        .collect()
}
