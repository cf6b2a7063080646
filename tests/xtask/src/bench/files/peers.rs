//! The programs that people send files with today, over the network stack of this computer.

use super::Taken;
use crate::Result;
use std::fs::{self, File};
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

pub const NAMES: [&str; 3] = ["scp", "rsync over ssh", "magic-wormhole"];

/// A server is waited for so long.
const START: Duration = Duration::from_secs(15);
/// A transfer is given up after so long.
const PATIENCE: Duration = Duration::from_secs(300);
const CODE: &str = "7-measured-transfer";

/// Their servers, and a file for them to carry.
pub struct Peers {
    folder: tempfile::TempDir,
    bytes: u64,
    ssh: Option<Server>,
    wormhole: Option<(Server, Server)>,
}

/// Ends with its owner.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(command: &mut Command, port: u16) -> Option<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        let server = Self { child, port };
        let began = Instant::now();
        while began.elapsed() < START {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Some(server);
            }
            sleep(Duration::from_millis(50));
        }
        None
    }
}

impl Peers {
    /// Starts what is installed, and names what is not.
    pub fn start(bytes: u64, place: &Path) -> Result<Self> {
        let folder = tempfile::tempdir_in(place)?;
        std::io::copy(&mut File::open("/dev/urandom")?.take(bytes), &mut File::create(folder.path().join("from"))?)?;
        let ssh = sshd(folder.path());
        if ssh.is_none() {
            println!("scp and rsync: not measured, since sshd is not installed or does not start here");
        }
        let wormhole = mailbox(folder.path()).zip(transit(folder.path()));
        if wormhole.is_none() {
            println!(
                "magic-wormhole: not measured, since it, its mailbox server or its transit relay is not installed"
            );
        }
        Ok(Self { folder, bytes, ssh, wormhole })
    }

    /// What each took that is there and succeeded.
    pub fn round(&self) -> Vec<(&'static str, Taken)> {
        let [scp, rsync, wormhole] = NAMES;
        let ssh = self.ssh.as_ref();
        [
            (scp, ssh.and_then(|ssh| self.measure(&mut self.scp(ssh.port)))),
            (rsync, ssh.and_then(|ssh| self.measure(&mut self.rsync(ssh.port)))),
            (wormhole, self.wormhole.as_ref().and_then(|(mailbox, transit)| self.wormhole(mailbox.port, transit.port))),
        ]
        .into_iter()
        .filter_map(|(name, taken)| Some((name, taken?)))
        .collect()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn ssh_words(&self, port: u16) -> String {
        format!(
            "-F /dev/null -i {} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -o LogLevel=ERROR -o Port={port}",
            self.file("key").display()
        )
    }

    fn scp(&self, port: u16) -> Command {
        let mut command = Command::new("scp");
        command.arg("-q").args(self.ssh_words(port).split(' '));
        command.arg(format!("localhost:{}", self.file("from").display())).arg(self.file("to"));
        command
    }

    fn rsync(&self, port: u16) -> Command {
        let mut command = Command::new("rsync");
        command.args(["--whole-file", "-e", &format!("ssh {}", self.ssh_words(port))]);
        command.arg(format!("localhost:{}", self.file("from").display())).arg(self.file("to"));
        command
    }

    fn wormhole(&self, mailbox: u16, transit: u16) -> Option<Taken> {
        let program = || {
            let mut command = Command::new("wormhole");
            command.args(["--relay-url", &format!("ws://127.0.0.1:{mailbox}/v1")]);
            command.args(["--transit-helper", &format!("tcp:127.0.0.1:{transit}")]);
            command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let mut sender = program().args(["send", "--hide-progress", "--code", CODE, "from"]).spawn().ok()?;
        // Its interpreter and its first words with the mailbox are nothing of the transfer; the receiver's are in it.
        sleep(Duration::from_secs(2));
        let taken = self.measure(program().args(["receive", "--hide-progress", "--accept-file", "-o", "to", CODE]));
        let _ = sender.kill();
        let _ = sender.wait();
        taken
    }

    /// One run, which has to leave the whole file behind.
    fn measure(&self, command: &mut Command) -> Option<Taken> {
        let (cpu, began) = (machine_cpu_s()?, Instant::now());
        let status = status(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))?;
        let (took, cost) = (began.elapsed().as_secs_f64(), machine_cpu_s()? - cpu);
        let to = self.file("to");
        let whole = status.success() && fs::metadata(&to).is_ok_and(|meta| meta.len() == self.bytes);
        fs::remove_file(&to).ok()?;
        let bytes = self.bytes as f64;
        whole.then_some(Taken { mb_s: bytes / 1e6 / took, cost: cost / (bytes / 1e9) })
    }
}

/// How it ended, if it does in time.
fn status(command: &mut Command) -> Option<std::process::ExitStatus> {
    let mut child = command.spawn().ok()?;
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

fn free_port() -> Option<u16> {
    Some(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?.local_addr().ok()?.port())
}

/// A server of ssh for this run alone, with keys of its own, for whoever runs this.
fn sshd(folder: &Path) -> Option<Server> {
    for name in ["host", "key"] {
        let made =
            Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(folder.join(name)).status();
        made.ok().filter(std::process::ExitStatus::success)?;
    }
    let port = free_port()?;
    let program = ["/usr/sbin/sshd", "/usr/bin/sshd"].into_iter().find(|path| Path::new(path).exists())?;
    let mut command = Command::new(program);
    command.args(["-D", "-f", "/dev/null", "-o", "ListenAddress=127.0.0.1", "-o", &format!("Port={port}")]);
    command.args([
        "-o",
        "UsePAM=no",
        "-o",
        "StrictModes=no",
        "-o",
        "PidFile=none",
        "-o",
        "Subsystem=sftp internal-sftp",
    ]);
    command.arg("-o").arg(format!("HostKey={}", folder.join("host").display()));
    command.arg("-o").arg(format!("AuthorizedKeysFile={}", folder.join("key.pub").display()));
    Server::start(&mut command, port)
}

/// Where the two ends of magic-wormhole find each other.
fn mailbox(folder: &Path) -> Option<Server> {
    let port = free_port()?;
    Server::start(twist(folder).args(["wormhole-mailbox", "--port", &format!("tcp:{port}:interface=127.0.0.1")]), port)
}

/// Named to both ends, which reach each other without it.
fn transit(folder: &Path) -> Option<Server> {
    let port = free_port()?;
    Server::start(twist(folder).args(["transitrelay", "--port", &format!("tcp:{port}:interface=127.0.0.1")]), port)
}

fn twist(folder: &Path) -> Command {
    let mut command = Command::new("twist");
    command.current_dir(folder);
    command
}

/// Processor seconds of the whole machine so far: their servers are no children of ours.
fn machine_cpu_s() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let fields: Vec<f64> =
        stat.lines().next()?.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
    let [user, nice, system, _, _, irq, softirq, ..] = fields.as_slice() else { return None };
    Some((user + nice + system + irq + softirq) / 100.0)
}
