//! A real X server for each test, and a window to draw in and type into.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::*;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// `DISPLAY` is the process's, so tests that run as threads of one take turns.
static TURN: Mutex<()> = Mutex::new(());

/// An X server that ends with the test.
pub struct Server {
    pub process: Child,
    pub display: String,
    _turn: MutexGuard<'static, ()>,
}

impl Server {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(arguments: &[&str]) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        for attempt in 0..20 {
            let display = format!(":{}", 400 + (std::process::id() + attempt * 37) % 500);
            let mut process = Command::new("Xvfb")
                .arg(&display)
                .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"])
                .args(arguments)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("Xvfb is installed");
            let mut line = String::new();
            BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                let _ = process.wait();
                continue;
            }
            // SAFETY: this test has its turn; no other thread of this process reads the environment now.
            unsafe {
                std::env::set_var("DISPLAY", &display);
                std::env::remove_var("LOTSE_X11_NO_SHARED_PIXMAPS");
            }
            return Self { process, display, _turn: turn };
        }
        panic!("no free X display");
    }

    /// Makes the screen 640 x 480.
    pub fn shrink(&self) {
        let mode = ["small", "25.18", "640", "656", "752", "800", "480", "490", "492", "525"];
        self.run("xrandr", &[&["--newmode"][..], &mode].concat());
        self.run("xrandr", &["--addmode", "screen", "small"]);
        self.run("xrandr", &["--output", "screen", "--mode", "small"]);
    }

    /// Runs a program on this server and gives what it printed.
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program).args(arguments).output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where cargo put the drivers: beside the test programs.
pub fn driver_folder() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().to_owned()
}

/// A program of somebody else.
pub struct Peer {
    pub conn: RustConnection,
    pub root: u32,
    pub window: u32,
    context: u32,
}

impl Peer {
    /// A white window of that place and size, on top and with the keyboard.
    pub fn window(x: i16, y: i16, width: u16, height: u16) -> Self {
        let (conn, at) = x11rb::connect(None).unwrap();
        let screen = conn.setup().roots[at].clone();
        let (window, context) = (conn.generate_id().unwrap(), conn.generate_id().unwrap());
        let events = EventMask::KEY_PRESS
            | EventMask::KEY_RELEASE
            | EventMask::BUTTON_PRESS
            | EventMask::BUTTON_RELEASE
            | EventMask::POINTER_MOTION;
        let values = CreateWindowAux::new().background_pixel(0xff_ffff).override_redirect(1).event_mask(events);
        conn.create_window(0, window, screen.root, x, y, width, height, 0, WindowClass::INPUT_OUTPUT, 0, &values)
            .unwrap();
        conn.create_gc(context, window, &CreateGCAux::new()).unwrap();
        conn.map_window(window).unwrap();
        conn.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME).unwrap();
        conn.sync().unwrap();
        Self { conn, root: screen.root, window, context }
    }

    pub fn fill(&self, colour: u32, x: i16, y: i16, width: u16, height: u16) {
        self.conn.change_gc(self.context, &ChangeGCAux::new().foreground(colour)).unwrap();
        self.conn.poly_fill_rectangle(self.window, self.context, &[Rectangle { x, y, width, height }]).unwrap();
        self.conn.sync().unwrap();
    }

    /// The next event that `wanted` takes; fails after five seconds.
    pub fn event<T>(&self, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        let deadline = Instant::now() + Duration::from_secs(5);
        loop {
            match self.conn.poll_for_event().unwrap() {
                Some(event) => {
                    if let Some(found) = wanted(&event) {
                        return found;
                    }
                }
                None => {
                    assert!(Instant::now() < deadline, "the event did not come");
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
        }
    }

    /// Key events until `count` keys were pressed: keycode and whether down.
    pub fn keys(&self, count: usize) -> Vec<(u8, bool)> {
        (0..count)
            .map(|_| {
                self.event(|event| match event {
                    Event::KeyPress(it) => Some((it.detail, true)),
                    Event::KeyRelease(it) => Some((it.detail, false)),
                    _ => None,
                })
            })
            .collect()
    }
}
