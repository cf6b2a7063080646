//! The sound of an incoming question, and of a session that is handed over: two notes, played by whatever program of the computer plays sounds.
//!
//! No sound library is linked, so that nothing but a player on the path is needed. The notes are made here and written to the
//! data folder when they are first played. Nobody waits for them: a player that hangs is ended, one that fails gives way to
//! the next, and where none is the display's bell rings.

use crate::questions::{announced, is_heard};
use crate::settings::{Settings, write_whole};
use lotse_engine::rep::RepView;
use lotse_protocol::question::QuestionId;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::ConnectionExt as _;

/// Players by preference, with what stands before the file.
const PLAYERS: [(&str, &[&str]); 5] = [
    ("pw-play", &[]),
    ("paplay", &[]),
    ("aplay", &["-q"]),
    ("canberra-gtk-play", &["-f"]),
    ("ffplay", &["-nodisp", "-autoexit", "-loglevel", "quiet"]),
];
/// The notes last less than a second; a player that takes longer hangs.
const PLAYING_MAX: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Samples a second.
const RATE: u32 = 22_050;
/// Pitch in hertz and beginning in seconds of each note: a fourth upwards, as a door bell that is in no hurry.
const NOTES: [(f32, f32); 2] = [(659.26, 0.0), (880.0, 0.16)];
const LASTS_S: f32 = 0.9;
/// Of full scale. It is heard over a conversation and frightens nobody.
const LOUDNESS: f32 = 0.3;

/// A program that plays a file, and what stands before the file's name.
type Player = (PathBuf, &'static [&'static str]);

/// How sounds are played here. The default plays none, as in tests and screenshots.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chime {
    /// `None`: nothing was looked for.
    file: Option<PathBuf>,
    players: Vec<Player>,
    playing: Arc<AtomicBool>,
}

impl Chime {
    /// With the players that are on this program's path; the notes go into `folder`.
    pub(crate) fn found(folder: &Path) -> Self {
        Self::on(&std::env::var_os("PATH").unwrap_or_default(), folder)
    }

    fn on(path: &OsStr, folder: &Path) -> Self {
        let folders: Vec<PathBuf> = std::env::split_paths(path).collect();
        let find = |name: &str| folders.iter().map(|folder| folder.join(name)).find(|program| can_run(program));
        let players = PLAYERS.iter().filter_map(|&(name, before)| Some((find(name)?, before))).collect();
        Self { file: Some(folder.join("chime.wav")), players, playing: Arc::default() }
    }

    /// It was looked for a player, and there is none.
    pub(crate) fn is_missing(&self) -> bool {
        self.file.is_some() && self.players.is_empty()
    }

    /// Plays the notes, on a thread of its own. One at a time.
    pub(crate) fn play(&self) {
        let Some(file) = self.file.clone() else { return };
        if self.playing.swap(true, Ordering::AcqRel) {
            return;
        }
        let (players, playing) = (self.players.clone(), self.playing.clone());
        let begun = std::thread::Builder::new().name("lotse-chime".into()).spawn(move || {
            if !play(&file, &players) {
                bell();
            }
            playing.store(false, Ordering::Release);
        });
        if let Err(error) = begun {
            tracing::warn!(%error, "no sound: the system gives no thread");
            self.playing.store(false, Ordering::Release);
        }
    }
}

/// Plays once for each question that is offered.
#[derive(Debug, Default)]
pub(crate) struct Ringer {
    last: Option<QuestionId>,
}

impl Ringer {
    /// To be shown every view. True: now.
    pub(crate) fn look(&mut self, view: &RepView, settings: &Settings) -> bool {
        let offered = announced(view);
        let begins = offered != self.last && is_heard(view, settings);
        self.last = offered;
        begins
    }
}

fn can_run(program: &Path) -> bool {
    std::fs::metadata(program).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

/// False: nothing has played it.
fn play(file: &Path, players: &[Player]) -> bool {
    if !file.is_file()
        && let Err(error) = write_whole(file, &wav())
    {
        tracing::warn!(%error, path = %file.display(), "the sound of questions could not be written");
        return false;
    }
    players.iter().any(|(program, before)| {
        let mut command = Command::new(program);
        command.args(*before).arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().is_ok_and(ended)
    })
}

/// Waits for a player. One that had to be ended may have been heard, so no other one begins so late.
fn ended(mut player: Child) -> bool {
    let begin = Instant::now();
    loop {
        match player.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if begin.elapsed() < PLAYING_MAX => std::thread::sleep(LOOK_AGAIN),
            Ok(None) | Err(_) => {
                let _ = player.kill();
                let _ = player.wait();
                return true;
            }
        }
    }
}

/// The last resort. Most displays have none that can be heard.
fn bell() {
    let rung = x11rb::connect(None).ok().and_then(|(connection, _)| {
        connection.bell(0).ok()?.check().ok()?;
        connection.flush().ok()
    });
    if rung.is_none() {
        tracing::debug!("no bell either");
    }
}

/// The notes as a WAV file: 16 bits, one channel.
fn wav() -> Vec<u8> {
    let count = (LASTS_S * RATE as f32) as u32;
    let bytes = count * 2;
    let mut file = Vec::with_capacity(44 + bytes as usize);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + bytes).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&bytes.to_le_bytes());
    for at in 0..count {
        let sample = sample(at as f32 / RATE as f32);
        file.extend_from_slice(&((sample * f32::from(i16::MAX)) as i16).to_le_bytes());
    }
    file
}

/// From -1 to 1, at a time in seconds.
fn sample(at: f32) -> f32 {
    let note = |(pitch, begin): (f32, f32)| {
        let since = at - begin;
        if since < 0.0 {
            return 0.0;
        }
        let turn = std::f32::consts::TAU * pitch * since;
        // A soft beginning, an overtone as bells have one, and a long end.
        let shape = (since / 0.008).min(1.0) * (-since * 6.0).exp();
        (turn.sin() + 0.25 * (2.0 * turn).sin()) / 1.25 * shape
    };
    let end = ((LASTS_S - at) / 0.1).clamp(0.0, 1.0);
    NOTES.into_iter().map(note).sum::<f32>() * LOUDNESS * end
}

#[cfg(test)]
#[path = "chime_tests.rs"]
mod tests;
