//! One of the programs under test: started with JSON events, listened to, ended with it.

use crate::{Result, wait_for};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// A running program and what it has said.
pub struct Program {
    name: &'static str,
    child: Child,
    events: Arc<Mutex<Vec<Value>>>,
    errors: Arc<Mutex<Vec<String>>>,
}

impl Program {
    /// Starts `command`; its standard output is read as JSON lines, its standard error kept for messages.
    pub fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name} does not start ({error}); run `cargo xtask build`"))?;
        let events = Arc::new(Mutex::new(Vec::new()));
        let errors = Arc::new(Mutex::new(Vec::new()));
        if let Some(out) = child.stdout.take() {
            let events = events.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(std::result::Result::ok) {
                    if let Ok(event) = serde_json::from_str(&line) {
                        events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
                    }
                }
            });
        }
        if let Some(out) = child.stderr.take() {
            let errors = errors.clone();
            let loud = std::env::var_os("LOTSE_TEST_LOUD").is_some();
            std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(std::result::Result::ok) {
                    if loud {
                        eprintln!("{name}: {line}");
                    }
                    errors.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                }
            });
        }
        Ok(Self { name, child, events, errors })
    }

    /// Tells a program that was started with `--commands` what to do.
    pub fn tell(&mut self, what: &Value) -> Result<()> {
        let input = self.child.stdin.as_mut().ok_or("the program takes no commands")?;
        writeln!(input, "{what}")?;
        Ok(input.flush()?)
    }

    /// Does something with a plugin's node.
    pub fn act(&mut self, plugin: &str, node: &str, with: Value) -> Result<()> {
        let mut what = serde_json::json!({ "do": "act", "plugin": plugin, "node": node });
        if let (Some(object), Value::Object(with)) = (what.as_object_mut(), with) {
            object.extend(with);
        }
        self.tell(&what)
    }

    /// What plugins show at a place now: their nodes, one after the other.
    pub fn look(&mut self, place: &str) -> Result<Vec<Value>> {
        let mark = self.mark();
        self.tell(&serde_json::json!({ "do": "look", "place": place }))?;
        let event = self.expect_after(mark, "place", 10, |event| event["place"] == place)?;
        let shown = event["shown"].as_array().cloned().unwrap_or_default();
        Ok(shown.iter().flat_map(|of| of["nodes"].as_array().cloned().unwrap_or_default()).collect())
    }

    /// Waits until a plugin shows a node for which `is` holds.
    pub fn expect_node(&mut self, place: &str, seconds: u64, is: impl Fn(&Value) -> bool) -> Result<Value> {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(seconds);
        loop {
            let nodes = self.look(place)?;
            if let Some(found) = nodes.iter().find(|node| is(node)) {
                return Ok(found.clone());
            }
            if std::time::Instant::now() > end {
                return Err(format!(
                    "{} shows no such node at {place}: {nodes:#?}\nerrors: {}",
                    self.name,
                    self.errors()
                )
                .into());
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    /// Everything said so far.
    pub fn events(&self) -> Vec<Value> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What went to standard error.
    pub fn errors(&self) -> String {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// Waits for an event of this kind for which `is` holds; looks at old ones, too.
    pub fn expect(&self, kind: &str, seconds: u64, is: impl Fn(&Value) -> bool) -> Result<Value> {
        let found = || self.events().into_iter().find(|event| event["event"] == kind && is(event));
        wait_for(seconds, &format!("{} to say \u{201c}{kind}\u{201d}", self.name), found)
            .map_err(|problem| format!("{problem}\nit said: {}\nerrors: {}", self.last_events(), self.errors()).into())
    }

    /// Waits for a session state.
    pub fn expect_state(&self, state: &str, seconds: u64) -> Result<Value> {
        self.expect("session-state", seconds, |event| event["state"] == state)
    }

    /// Newest state of the session, as last said.
    pub fn state(&self) -> Option<String> {
        let last = self.events().into_iter().rev().find(|event| event["event"] == "session-state")?;
        last["state"].as_str().map(str::to_owned)
    }

    /// How many events there are now: a mark to look behind.
    pub fn mark(&self) -> usize {
        self.events().len()
    }

    /// As [`Self::expect`], among events after a mark.
    pub fn expect_after(&self, mark: usize, kind: &str, seconds: u64, is: impl Fn(&Value) -> bool) -> Result<Value> {
        let found = || self.events().into_iter().skip(mark).find(|event| event["event"] == kind && is(event));
        wait_for(seconds, &format!("{} to say \u{201c}{kind}\u{201d} again", self.name), found)
            .map_err(|problem| format!("{problem}\nit said: {}\nerrors: {}", self.last_events(), self.errors()).into())
    }

    fn last_events(&self) -> String {
        let events = self.events();
        events.iter().skip(events.len().saturating_sub(30)).map(|event| format!("\n  {event}")).collect()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for the program's own end.
    pub fn wait_end(&mut self, seconds: u64) -> Result<std::process::ExitStatus> {
        let name = self.name;
        let child = &mut self.child;
        wait_for(seconds, &format!("{name} to end"), || child.try_wait().ok().flatten())
    }

    /// As a person's `kill`.
    pub fn terminate(&self) {
        self.signal(libc::SIGTERM);
    }

    /// As a power cut.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub fn signal(&self, signal: i32) {
        // SAFETY: kill(2) takes two numbers; the child has not been waited for, so the number is still its own.
        unsafe { libc::kill(self.child.id() as libc::pid_t, signal) };
    }

    /// Processor seconds used so far, of all threads.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let ticks: f64 = stat
            .rsplit(") ")
            .next()
            .unwrap_or_default()
            .split(' ')
            .skip(11)
            .take(2)
            .filter_map(|ticks| ticks.parse::<f64>().ok())
            .sum();
        ticks / 100.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
