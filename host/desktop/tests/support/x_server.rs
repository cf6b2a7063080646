//! An X server for one test, ended with the value. The tests of the desktop and of the viewer both stand on it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, Window, WindowClass};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Nothing here takes longer, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(5);

pub struct XServer {
    /// The server first.
    children: Vec<Child>,
    pub display: String,
    pub connection: RustConnection,
    pub root: Window,
}

impl XServer {
    /// `screen` as `640x480x24`.
    pub fn start(screen: &str, arguments: &[&str]) -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0", screen])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is needed for this test");
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let display = format!(":{}", line.trim());
        let (connection, screen) = RustConnection::connect(Some(&display)).unwrap();
        let root = connection.setup().roots[screen].root;
        Self { children: vec![server], display, connection, root }
    }

    pub fn window_manager(&mut self) {
        let child =
            Command::new("openbox").env("DISPLAY", &self.display).stderr(Stdio::null()).spawn().expect("openbox");
        self.children.push(child);
        let begin = Instant::now();
        // While it starts, it may overlook a window: only one that it took in says that it is there.
        while !self.takes_windows_in() {
            assert!(begin.elapsed() < PATIENCE, "the window manager does not run");
        }
    }

    fn takes_windows_in(&self) -> bool {
        let probe = self.connection.generate_id().unwrap();
        let looks = CreateWindowAux::new();
        self.connection
            .create_window(0, probe, self.root, 0, 0, 5, 5, 0, WindowClass::INPUT_OUTPUT, 0, &looks)
            .unwrap();
        self.connection.map_window(probe).unwrap();
        self.connection.sync().unwrap();
        std::thread::sleep(Duration::from_millis(50));
        let taken = self.connection.query_tree(probe).unwrap().reply().unwrap().parent != self.root;
        self.connection.destroy_window(probe).unwrap();
        self.connection.sync().unwrap();
        taken
    }

    /// An event as a device would make it.
    pub fn fake(&self, kind: u8, detail: u8) {
        self.connection.xtest_fake_input(kind, detail, 0, self.root, 0, 0, 0).unwrap();
        self.connection.sync().unwrap();
    }
}

impl Drop for XServer {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
