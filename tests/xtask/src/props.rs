//! What the customer of the demo has on the display: the printer queue that the chat is about, and a clock that moves. They
//! stand at the left, so that Lotse's window has the right to itself. What cannot be started is left out.

use lotse_e2e::Display;
use std::process::{Child, Command, Stdio};

const PRINTER_QUEUE: &str = include_str!("props/printer_queue.sh");

/// They go with the value.
pub struct Props(Vec<Child>);

impl Props {
    pub fn on(display: &Display) -> Self {
        let root = ["-mod", "16", "16", "-bg", "#2f5d7c", "-fg", "#376688"];
        let font = ["-fa", "DejaVu Sans Mono", "-fs", "11"];
        let looks = ["-b", "10", "+sb", "-bg", "#12202b", "-fg", "#d9e4ea"];
        let what = ["-geometry", "76x18+40+60", "-title", "Printer queue", "-e", "sh", "-c", PRINTER_QUEUE];
        let terminal = [&font[..], &looks, &what].concat();
        let clock = ["-geometry", "180x180+40+560", "-title", "Clock", "-bg", "#f4f5f7", "-update", "1"];
        let programs: [(&str, &[&str]); 3] = [("xsetroot", &root), ("xterm", &terminal), ("xclock", &clock)];
        let start = |(name, arguments): &(&str, &[&str])| {
            Command::new(name)
                .args(*arguments)
                .env("DISPLAY", display.name())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .ok()
        };
        Self(programs.iter().filter_map(start).collect())
    }
}

impl Drop for Props {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
