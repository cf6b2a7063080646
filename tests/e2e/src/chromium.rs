//! A real browser: Chromium without a window, steered over WebDriver as a person would steer it.
//!
//! `chromedriver` speaks HTTP/1.1 and JSON (W3C WebDriver); the few words of it that tests need are written here, so that no
//! client library is. Everything is started with a new profile and ends with the value.

use crate::{Result, base64, wait_for};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Nothing that reaches beyond the stage, nothing that needs a GPU. Root may start it only without its own sandbox.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Of a desk, unless a test says otherwise.
    "--window-size=1280,900",
];
/// How a WebDriver answer names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long one word to the driver may take.
const ANSWER: Duration = Duration::from_secs(60);
/// More than any answer has: a screenshot of a large page.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A browser with one page.
pub struct Chromium {
    driver: Child,
    port: u16,
    session: String,
    profile: tempfile::TempDir,
}

/// How a browser is set up.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a> {
    /// What it asks pages for, such as `de`.
    pub language: &'a str,
    /// Scripts of pages run.
    pub scripts: bool,
    /// What it calls itself; empty: as it does.
    pub agent: &'a str,
    /// The place whose links to programs it opens without asking, such as `https://127.0.0.1:8443`; empty: it asks.
    pub opens: &'a str,
    /// Put into its environment, such as the `PATH` with what opens links.
    pub environment: &'a [(String, String)],
}

impl Default for Setup<'_> {
    fn default() -> Self {
        Self { language: "en", scripts: true, agent: "", opens: "", environment: &[] }
    }
}

impl Chromium {
    /// Starts one that takes the relay's own certificate, as a person who clicks past the warning does.
    ///
    /// # Errors
    /// If Chromium or its driver is missing or does not start.
    pub fn start(setup: Setup<'_>) -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("lotse-chromium-").tempdir()?;
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .env("HOME", profile.path())
            .envs(setup.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("chromedriver does not start ({error}); run `cargo xtask setup`"))?;
        let (out, errors) = (driver.stdout.take(), driver.stderr.take());
        // From here on it ends with this value, whatever goes wrong.
        let mut this = Self { driver, port: 0, session: String::new(), profile };
        this.port = port(out.ok_or("no output of chromedriver")?, errors)?;
        let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        flags.push(format!("--user-data-dir={}", this.profile.path().join("profile").display()));
        flags.push(format!("--accept-lang={}", setup.language));
        if !setup.agent.is_empty() {
            flags.push(format!("--user-agent={}", setup.agent));
        }
        let scripts = if setup.scripts { 1 } else { 2 };
        let mut opens = json!({});
        if !setup.opens.is_empty() {
            opens[setup.opens] = json!({ "lotse": true });
        }
        let preferences = json!({
            "intl.accept_languages": setup.language,
            "profile.managed_default_content_settings.javascript": scripts,
            // As a dictionary: the place's name has dots.
            "protocol_handler": { "allowed_origin_protocol_pairs": opens },
        });
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "acceptInsecureCerts": true,
            "goog:chromeOptions": { "args": flags, "prefs": preferences },
        } } });
        let begun = this.say("POST", "/session", Some(&wanted))?;
        this.session = begun["sessionId"].as_str().ok_or("the browser has no session")?.to_owned();
        Ok(this)
    }

    /// Goes to a page and waits until it is loaded.
    pub fn open(&self, url: &str) -> Result<()> {
        self.post("/url", &json!({ "url": url })).map(drop)
    }

    /// Loads the page anew.
    pub fn reload(&self) -> Result<()> {
        self.post("/refresh", &json!({})).map(drop)
    }

    /// The back button.
    pub fn back(&self) -> Result<()> {
        self.post("/back", &json!({})).map(drop)
    }

    /// The page's address.
    pub fn url(&self) -> Result<String> {
        Ok(self.get("/url")?.as_str().unwrap_or_default().to_owned())
    }

    /// The page's title.
    pub fn title(&self) -> Result<String> {
        Ok(self.get("/title")?.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks on the first element that the selector finds; one that is covered or not shown is an error.
    pub fn click(&self, selector: &str) -> Result<()> {
        self.post(&format!("/element/{}/click", self.find(selector)?), &json!({})).map(drop)
    }

    /// Types into it, behind what is there.
    pub fn type_into(&self, selector: &str, text: &str) -> Result<()> {
        self.post(&format!("/element/{}/value", self.find(selector)?), &json!({ "text": text })).map(drop)
    }

    /// Presses a key wherever the keyboard is, such as `\u{E004}` for Tab.
    pub fn press(&self, key: &str) -> Result<()> {
        let strokes = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        let hands = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.post("/actions", &hands).map(drop)
    }

    /// The words that it shows; none of what is hidden.
    pub fn text(&self, selector: &str) -> Result<String> {
        let text = self.get(&format!("/element/{}/text", self.find(selector)?))?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// What its script sees: such as `value` of a field, whole, or `href` of a link.
    pub fn property(&self, selector: &str, name: &str) -> Result<String> {
        let value = self.get(&format!("/element/{}/property/{name}", self.find(selector)?))?;
        Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    /// Whether there is such an element and a person can see it.
    pub fn shows(&self, selector: &str) -> bool {
        let Ok(element) = self.find(selector) else { return false };
        self.get(&format!("/element/{element}/displayed")).is_ok_and(|shown| shown == true)
    }

    /// Waits until it is shown.
    pub fn expect(&self, selector: &str, seconds: u64) -> Result<()> {
        wait_for(seconds, &format!("the page to show {selector}"), || self.shows(selector).then_some(()))
            .map_err(|problem| format!("{problem}\nit shows:\n{}", self.text("body").unwrap_or_default()).into())
    }

    /// Waits until its words contain these, and gives all of them.
    pub fn expect_text(&self, selector: &str, words: &str, seconds: u64) -> Result<String> {
        let look = || self.text(selector).ok().filter(|text| text.contains(words));
        wait_for(seconds, &format!("{selector} to say \u{201c}{words}\u{201d}"), look)
            .map_err(|problem| format!("{problem}\nit shows:\n{}", self.text("body").unwrap_or_default()).into())
    }

    /// Runs a function's body in the page and gives what it returns.
    pub fn run(&self, script: &str, arguments: &Value) -> Result<Value> {
        self.post("/execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// The same for one that answers later: its last argument is what to call with the answer.
    pub fn run_and_wait(&self, script: &str, arguments: &Value) -> Result<Value> {
        self.post("/execute/async", &json!({ "script": script, "args": arguments }))
    }

    /// The window's size, in CSS pixels; the page's is a little smaller in height where a browser has bars.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        let what = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", what)
    }

    /// Whether the person prefers dark pages. Without motion, so that colours are what they come to and not half-way there.
    pub fn prefer_dark(&self, dark: bool) -> Result<()> {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features }))
    }

    /// Writes what the page shows as a PNG file.
    pub fn screenshot(&self, file: &Path) -> Result<()> {
        let picture = self.get("/screenshot")?;
        let bytes =
            base64::decode(picture.as_str().unwrap_or_default(), base64::USUAL).ok_or("a picture in no base64")?;
        Ok(std::fs::write(file, bytes)?)
    }

    /// Opens another tab and goes on there. The name of the one before.
    pub fn new_tab(&self) -> Result<String> {
        let before = self.get("/window")?.as_str().unwrap_or_default().to_owned();
        let new = self.post("/window/new", &json!({ "type": "tab" }))?;
        self.switch_to(new["handle"].as_str().ok_or("a tab without a name")?)?;
        Ok(before)
    }

    /// Goes on in the tab of this name.
    pub fn switch_to(&self, tab: &str) -> Result<()> {
        self.post("/window", &json!({ "handle": tab })).map(drop)
    }

    /// A command of Chromium's own protocol, for what WebDriver has no word for.
    pub fn devtools(&self, command: &str, parameters: Value) -> Result<()> {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).map(drop)
    }

    fn find(&self, selector: &str) -> Result<String> {
        let found = self.post("/element", &json!({ "using": "css selector", "value": selector }))?;
        Ok(found[ELEMENT].as_str().ok_or("an element without a name")?.to_owned())
    }

    fn get(&self, path: &str) -> Result<Value> {
        self.say("GET", &format!("/session/{}{path}", self.session), None)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.say("POST", &format!("/session/{}{path}", self.session), Some(body))
    }

    /// One request and its answer's `value`; what the driver calls an error is one here.
    fn say(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(ANSWER))?;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json; charset=utf-8\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            self.port
        )?;
        let answer: Value = serde_json::from_slice(&answer_body(stream)?)?;
        let value = answer["value"].clone();
        match value["error"].as_str() {
            None => Ok(value),
            Some(error) => {
                let message = value["message"].as_str().unwrap_or_default();
                Err(format!("{method} {path}: {error}: {message}").into())
            }
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            // Ends the browser; the driver alone would leave it running.
            let _ = self.say("DELETE", &format!("/session/{}", self.session), None);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The port that the driver says it took. What it says later is read and dropped, so that it never waits for room.
fn port(out: ChildStdout, errors: Option<ChildStderr>) -> Result<u16> {
    let mut lines = BufReader::new(out).lines();
    let port = lines.by_ref().map_while(std::result::Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    std::thread::spawn(move || lines.map_while(std::result::Result::ok).for_each(drop));
    if let Some(errors) = errors {
        std::thread::spawn(move || BufReader::new(errors).lines().map_while(std::result::Result::ok).for_each(drop));
    }
    port.ok_or_else(|| "chromedriver did not say its port".into())
}

/// Reads an answer whose length is said.
fn answer_body(stream: TcpStream) -> Result<Vec<u8>> {
    let mut reader = BufReader::new(stream.take(ANSWER_BYTES_MAX));
    let mut length = None;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = Some(value.trim().parse::<u64>()?);
        }
    }
    let mut body = Vec::new();
    reader.take(length.ok_or("an answer of unknown length")?).read_to_end(&mut body)?;
    Ok(body)
}
