//! A relay with one rep's account, and the two other programs on displays of their own.

use crate::{Display, Program, Result, SmallDisk, small_disk, wait_for};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

pub const USER: &str = "anna.berg@acme.example";
pub const PASSWORD: &str = "harbour-Tulip-47-lantern";

/// Where the programs lie: the build's own folder.
pub fn programs() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("LOTSE_PROGRAMS") {
        return Ok(folder.into());
    }
    let own = std::env::current_exe()?;
    let folder = own.ancestors().find(|folder| folder.join("lotse-relay").is_file());
    Ok(folder.ok_or("the programs are not built; run `cargo xtask build`")?.to_owned())
}

/// Signed bundled plugins and the key they are signed with, as `cargo xtask build` leaves them.
pub fn plugins() -> Result<PathBuf> {
    let folder =
        programs()?.ancestors().map(|folder| folder.join("plugins")).find(|folder| folder.join("Lotse.pub").is_file());
    Ok(folder.ok_or("the plugins are not built; run `cargo xtask build`")?)
}

/// A running relay and its folder.
pub struct Stage {
    folder: tempfile::TempDir,
    relay: Option<Program>,
    /// What goes into `--relay`.
    pub url: String,
    /// The same without anything in between.
    pub relay_url: String,
    /// What programs that are started from now on get in their environment besides.
    pub environment: Vec<(String, String)>,
    /// Words before each of them, by which they are started where a [`SmallDisk`] is; none, where that is everywhere.
    pub within: Vec<String>,
    port: u16,
    /// Where packets go, once a relay has said so.
    packets: Option<String>,
}

fn code_in(file: &Path) -> Result<String> {
    wait_for(60, "a join code", || std::fs::read_to_string(file).ok().filter(|code| code.len() >= 10))
        .map(|code| code.trim().to_owned())
}

#[derive(Default)]
pub struct RepOptions<'a> {
    pub arguments: Vec<&'a str>,
}

#[derive(Default)]
pub struct CustomerOptions<'a> {
    /// Consent given ahead, such as `view,control`; empty: the customer is asked.
    pub allow: &'a str,
    pub arguments: Vec<&'a str>,
    /// What the customer is called; empty: K. Weber.
    pub name: &'a str,
    /// Name of the data folder, so that a program can be started again in the same one.
    pub data: &'a str,
}

impl Stage {
    /// Starts a relay in developer mode with one account.
    pub fn start() -> Result<Self> {
        Self::start_with(&["--developer"])
    }

    pub fn start_with(arguments: &[&str]) -> Result<Self> {
        let mut stage = Self::empty()?;
        stage.add_rep(USER, "Anna Berg")?;
        stage.start_relay(arguments)?;
        Ok(stage)
    }

    /// Starts a relay that has neither an account nor an operator, as on its first day.
    pub fn bare(arguments: &[&str]) -> Result<Self> {
        let mut stage = Self::empty()?;
        stage.start_relay(arguments)?;
        Ok(stage)
    }

    fn empty() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("lotse-stage-").tempdir()?;
        Ok(Self {
            folder,
            relay: None,
            url: String::new(),
            relay_url: String::new(),
            environment: Vec::new(),
            within: Vec::new(),
            port: 0,
            packets: None,
        })
    }

    /// Puts a small disk over this folder of the stage's. Programs that are started from now on see it.
    ///
    /// # Errors
    /// As [`SmallDisk::over`].
    pub fn small_disk(&mut self, name: &str, kilobytes: u32) -> Result<SmallDisk> {
        let disk = SmallDisk::over(&self.folder.path().join(name), kilobytes)?;
        self.within = disk.within();
        Ok(disk)
    }

    fn command(&self, program: &str) -> Result<Command> {
        Ok(small_disk::command(&self.within, &programs()?.join(program)))
    }

    /// Adds a rep with the usual password, also while the relay runs.
    pub fn add_rep(&self, user: &str, name: &str) -> Result<()> {
        let password = self.password_file(PASSWORD)?;
        let password = password.to_str().ok_or("the folder's name is no text")?;
        self.operate(&["rep", "add", "--account", "Acme", "--user", user, "--name", name, "--password-file", password])
    }

    /// A file with this password, for options that take one.
    pub fn password_file(&self, password: &str) -> Result<PathBuf> {
        let name = if password == PASSWORD { "password" } else { "another-password" };
        let file = self.folder.path().join(name);
        std::fs::write(&file, password)?;
        Ok(file)
    }

    /// Runs a command of the operator's on the relay's data folder.
    pub fn operate(&self, words: &[&str]) -> Result<()> {
        self.output(words).map(drop)
    }

    /// The same for one that prints JSON.
    pub fn ask(&self, words: &[&str]) -> Result<Value> {
        Ok(serde_json::from_slice(&self.output(&[words, &["--json"]].concat())?)?)
    }

    fn output(&self, words: &[&str]) -> Result<Vec<u8>> {
        let mut command = self.command("lotse-relay")?;
        let done = command.args(words).arg("--data").arg(self.folder.path().join("relay")).output()?;
        if !done.status.success() {
            return Err(format!("{words:?} failed: {}", String::from_utf8_lossy(&done.stderr)).into());
        }
        Ok(done.stdout)
    }

    /// The same for what changes an account or a rep, and waits until the running relay acts on it.
    pub fn change(&self, words: &[&str]) -> Result<()> {
        self.change_and_hear(words, "people")
    }

    /// The same for what changes plugins.
    pub fn change_plugins(&self, words: &[&str]) -> Result<()> {
        self.change_and_hear(words, "plugins")
    }

    fn change_and_hear(&self, words: &[&str], event: &str) -> Result<()> {
        let relay = self.relay.as_ref().ok_or("no relay runs")?;
        let mark = relay.mark();
        self.operate(words)?;
        relay.expect_after(mark, event, 30, |_| true).map(drop)
    }

    /// Starts the relay (again, on the same ports and in the same folder).
    pub fn start_relay(&mut self, arguments: &[&str]) -> Result<()> {
        let ready = self.folder.path().join("ready.json");
        let _ = std::fs::remove_file(&ready);
        let mut command = self.command("lotse-relay")?;
        command.args(["serve", "--log-format", "json", "--listen", &format!("127.0.0.1:{}", self.port)]);
        command.arg("--data").arg(self.folder.path().join("relay")).arg("--ready-file").arg(&ready);
        command.arg("--plugins").arg(plugins()?).arg("--trusted-key").arg(plugins()?.join("Lotse.pub"));
        if let Some(packets) = &self.packets {
            command.arg("--udp").arg(packets);
        }
        command.args(arguments).envs(self.environment.iter().cloned());
        let mut relay = Program::start("lotse-relay", &mut command)?;
        let told = wait_for(60, "the relay to be ready", || {
            if !relay.is_running() {
                return Some(Err(format!("the relay ended: {}", relay.errors())));
            }
            let text = std::fs::read_to_string(&ready).ok()?;
            serde_json::from_str::<Value>(&text).ok().map(Ok)
        })??;
        let control = told["control"].as_str().ok_or("no control address")?;
        let certificate = told["certificate_sha256"].as_str().ok_or("no certificate")?;
        self.url = format!("{control}#sha256={certificate}");
        self.relay_url = self.url.clone();
        self.port = control.rsplit(':').next().unwrap_or_default().parse()?;
        self.packets = told["udp"].as_str().map(str::to_owned);
        self.relay = Some(relay);
        Ok(())
    }

    /// The relay is gone from one moment to the next.
    pub fn kill_relay(&mut self) {
        if let Some(relay) = self.relay.take() {
            relay.kill();
        }
    }

    pub fn relay(&self) -> Option<&Program> {
        self.relay.as_ref()
    }

    /// To wait for its end.
    pub fn relay_mut(&mut self) -> Option<&mut Program> {
        self.relay.as_mut()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the console, signed in and with a new code.
    pub fn rep(&self, display: &Display, options: &RepOptions<'_>) -> Result<Program> {
        self.rep_on(display.name(), options)
    }

    /// The same on a display that is not ours.
    pub fn rep_on(&self, display: &str, options: &RepOptions<'_>) -> Result<Program> {
        let code = self.code_file();
        let _ = std::fs::remove_file(&code);
        let mut command = self.command("lotse")?;
        command.args(["--relay", &self.url, "--user", USER, "--new-code", "--commands", "--log-format", "json"]);
        command.arg("--password-file").arg(self.folder.path().join("password"));
        command.arg("--code-file").arg(&code);
        command.arg("--data").arg(self.folder.path().join("rep"));
        command.args(&options.arguments);
        self.dress(&mut command, display);
        Program::start("lotse", &mut command)
    }

    /// Starts a console for somebody else, or with another password; signed in, in a data folder of its own and without a
    /// code.
    pub fn colleague(&self, display: &Display, user: &str, password: &str) -> Result<Program> {
        self.console(display, "colleague", user, password)
    }

    /// The same in the data folder of this name.
    pub fn console(&self, display: &Display, data: &str, user: &str, password: &str) -> Result<Program> {
        Program::start("lotse", &mut self.console_command(display, data, user, password)?)
    }

    /// The same with the usual password and a new code, which is waited for.
    pub fn colleague_with_code(&self, display: &Display, user: &str) -> Result<(Program, String)> {
        let file = self.folder.path().join("colleagues-code");
        let _ = std::fs::remove_file(&file);
        let mut command = self.console_command(display, "colleague", user, PASSWORD)?;
        command.arg("--new-code").arg("--code-file").arg(&file);
        let program = Program::start("lotse", &mut command)?;
        Ok((program, code_in(&file)?))
    }

    fn console_command(&self, display: &Display, data: &str, user: &str, password: &str) -> Result<Command> {
        let mut command = self.command("lotse")?;
        command.args(["--relay", &self.url, "--user", user, "--commands", "--log-format", "json"]);
        command.arg("--password-file").arg(self.password_file(password)?);
        command.arg("--data").arg(self.folder.path().join(data));
        self.dress(&mut command, display.name());
        Ok(command)
    }

    fn code_file(&self) -> PathBuf {
        self.folder.path().join("code")
    }

    /// The code that the console wrote down.
    pub fn code(&self) -> Result<String> {
        code_in(&self.code_file())
    }

    /// Has a console that was started by [`Self::rep`] make one more code.
    pub fn next_code(&self, rep: &mut Program) -> Result<String> {
        let _ = std::fs::remove_file(self.code_file());
        rep.tell(&serde_json::json!({ "do": "new-code" }))?;
        self.code()
    }

    /// Starts the customer's program with a code.
    pub fn customer(&self, display: &Display, code: &str, options: &CustomerOptions<'_>) -> Result<Program> {
        let mut command = self.customer_command(display, options)?;
        command.args(["--join", code]);
        Program::start("lotse-customer", &mut command)
    }

    /// Starts the customer's program again, without a code.
    pub fn customer_again(&self, display: &Display, options: &CustomerOptions<'_>) -> Result<Program> {
        Program::start("lotse-customer", &mut self.customer_command(display, options)?)
    }

    /// Starts the customer's program as a browser does: with a link, and knowing no relay. It can be given commands besides.
    pub fn customer_by_link(&self, display: &Display, link: &str, options: &CustomerOptions<'_>) -> Result<Program> {
        let mut command = self.customer_without_relay(display, options)?;
        command.arg(link);
        Program::start("lotse-customer", &mut command)
    }

    /// The link by which a page starts the customer's program with a code.
    pub fn link(&self, code: &str) -> Result<String> {
        let (relay, certificate) = self.url.split_once("#sha256=").ok_or("the relay's certificate is not pinned")?;
        let relay = relay.trim_start_matches("https://");
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        Ok(format!("lotse://{relay}/join?code={code}&name=Karla%20Weber&sha256={certificate}"))
    }

    fn customer_command(&self, display: &Display, options: &CustomerOptions<'_>) -> Result<Command> {
        let mut command = self.customer_without_relay(display, options)?;
        let name = if options.name.is_empty() { "K. Weber" } else { options.name };
        command.args(["--relay", &self.url, "--name", name]);
        Ok(command)
    }

    fn customer_without_relay(&self, display: &Display, options: &CustomerOptions<'_>) -> Result<Command> {
        let mut command = self.command("lotse-customer")?;
        command.args(["--commands", "--log-format", "json"]);
        command.arg("--data").arg(self.folder.path().join(if options.data.is_empty() {
            "customer"
        } else {
            options.data
        }));
        if !options.allow.is_empty() {
            command.args(["--developer", "--allow", options.allow]);
        }
        command.args(&options.arguments);
        self.dress(&mut command, display.name());
        Ok(command)
    }

    fn dress(&self, command: &mut Command, display: &str) {
        command
            .env("DISPLAY", display)
            .env("HOME", self.folder.path())
            .env("LANG", "en_US.UTF-8")
            .env_remove("LC_ALL")
            .env_remove("WAYLAND_DISPLAY");
        command
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("NO_AT_BRIDGE", "1")
            .envs(self.environment.iter().cloned());
    }
}
