//! What the console remembers between two starts, as JSON in its data folder. Never a password.

use lotse_engine::Arrangement;
use lotse_protocol::question::{Availability, OFFER_S, OFFER_S_MAX, OFFER_S_MIN};
use lotse_ui::text::Language;
use lotse_ui::theme::ThemeChoice;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Most bytes of a settings file that are read.
const FILE_BYTES_MAX: u64 = 64 * 1024;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub relay: String,
    pub user: String,
    /// BCP 47 tag; `None`: the desktop's.
    pub language: Option<String>,
    /// `system`, `light` or `dark`.
    pub theme: String,
    pub scale_percent: u32,
    /// Points, of the list and of a session's window.
    pub list_size: [f32; 2],
    pub session_size: [f32; 2],
    pub viewer_size: [f32; 2],
    /// Of the window that several sessions have tabs in.
    pub stack_size: [f32; 2],
    /// How session windows stand: a word of the contract's.
    pub arrangement: String,
    /// The licence's feature of the plugin that arranges them. Empty: it needs none, or there was none yet.
    pub arranged_with: String,
    /// It needs none.
    pub arranged_free: bool,
    /// Of the notes under the chat only the heading is shown.
    pub notes_folded: bool,
    /// Questions are offered to the rep, who is away otherwise.
    pub ready: bool,
    /// How long each is offered, in seconds.
    pub offer_s: u16,
    /// It is heard when one is offered.
    pub sound: bool,
    /// While a session runs: whether the popup alert is shown, and whether it is heard.
    pub session_alert: bool,
    pub session_sound: bool,
    /// What comes in a session whose window is not in front: whether it calls for attention, and whether it is heard.
    pub unread_attention: bool,
    pub unread_sound: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            relay: String::new(),
            user: String::new(),
            language: None,
            theme: ThemeChoice::System.word().to_owned(),
            scale_percent: 100,
            list_size: [860.0, 560.0],
            session_size: [560.0, 640.0],
            viewer_size: [1100.0, 700.0],
            stack_size: [680.0, 700.0],
            arrangement: Arrangement::default().name().to_owned(),
            arranged_with: String::new(),
            arranged_free: false,
            notes_folded: false,
            ready: true,
            offer_s: OFFER_S,
            sound: true,
            session_alert: false,
            session_sound: false,
            unread_attention: true,
            unread_sound: false,
        }
    }
}

impl Settings {
    #[must_use]
    pub fn language(&self) -> Language {
        self.language.as_deref().and_then(Language::from_tag).unwrap_or_else(Language::from_environment)
    }

    #[must_use]
    pub fn theme(&self) -> ThemeChoice {
        ThemeChoice::from_word(&self.theme).unwrap_or_default()
    }

    /// What is no word of the contract's is as at the first start.
    #[must_use]
    pub fn arrangement(&self) -> Arrangement {
        Arrangement::from_name(&self.arrangement).unwrap_or_default()
    }

    /// As the relay is told. Who neither sees nor hears of a question during a session is offered none then.
    #[must_use]
    pub fn availability(&self) -> Availability {
        Availability { ready: self.ready, offer_s: self.offer_s, in_session: self.session_alert || self.session_sound }
    }

    /// A file may say anything: sizes and scale are brought into bounds.
    fn within_bounds(mut self) -> Self {
        let size = |[width, height]: [f32; 2], least: [f32; 2]| {
            let side = |value: f32, least: f32| if value.is_finite() { value.clamp(least, 8000.0) } else { least };
            [side(width, least[0]), side(height, least[1])]
        };
        self.list_size = size(self.list_size, [480.0, 360.0]);
        self.session_size = size(self.session_size, [420.0, 400.0]);
        self.viewer_size = size(self.viewer_size, [320.0, 240.0]);
        self.stack_size = size(self.stack_size, [420.0, 440.0]);
        self.scale_percent = self.scale_percent.clamp(100, 200);
        self.offer_s = self.offer_s.clamp(OFFER_S_MIN, OFFER_S_MAX);
        self
    }
}

/// Settings and where they are kept.
#[derive(Debug, Clone)]
pub struct Store {
    pub settings: Settings,
    saved: Settings,
    /// `None`: nothing is kept, as in tests.
    path: Option<PathBuf>,
}

impl Store {
    /// Reads the settings in `folder`; what is not there or cannot be read is as at the first start.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        let path = folder.join("settings.json");
        let settings = read(&path).unwrap_or_default().within_bounds();
        Self { saved: settings.clone(), settings, path: Some(path) }
    }

    /// Settings that are not kept.
    #[must_use]
    pub fn in_memory(settings: Settings) -> Self {
        Self { saved: settings.clone(), settings, path: None }
    }

    /// Writes what changed; a full disk or a read-only folder is told once a change and costs nothing else.
    pub fn save(&mut self) {
        if self.settings == self.saved {
            return;
        }
        self.saved = self.settings.clone();
        if let Some(path) = &self.path
            && let Err(error) = write(path, &self.settings)
        {
            tracing::warn!(%error, path = %path.display(), "the settings could not be written; they hold until the program ends");
        }
    }
}

fn read(path: &Path) -> Option<Settings> {
    let length = std::fs::metadata(path).ok()?.len();
    if length > FILE_BYTES_MAX {
        tracing::warn!(path = %path.display(), "the settings file is too large and is not read");
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    serde_json::from_str(&text)
        .inspect_err(|error| {
            // Where and not what: its words may be people's own.
            let (line, column) = (error.line(), error.column());
            tracing::warn!(line, column, "the settings file cannot be understood and is not used");
        })
        .ok()
}

fn write(path: &Path, settings: &Settings) -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(settings)?;
    write_whole(path, text.as_bytes())
}

/// Writes a file that is there as a whole or not at all, readable by this user alone.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    // Left behind by a crash of a program with this number.
    let _ = std::fs::remove_file(&part);
    let written =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part).and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        });
    written.and_then(|()| std::fs::rename(&part, path)).inspect_err(|_| drop(std::fs::remove_file(&part)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn settings_last_and_are_private() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path());
        assert_eq!(store.settings, Settings::default());
        store.settings.relay = "https://relay.example".into();
        store.save();
        let path = folder.path().join("settings.json");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Store::open(folder.path()).settings.relay, "https://relay.example");
        assert!(!std::fs::read_to_string(path).unwrap().contains("password"));
    }

    #[test]
    fn q1_who_neither_sees_nor_hears_of_questions_in_a_session_is_offered_none_there() {
        for (session_alert, session_sound) in [(false, false), (true, false), (false, true)] {
            let settings = Settings { session_alert, session_sound, offer_s: 60, ..Settings::default() };
            let in_session = session_alert || session_sound;
            assert_eq!(settings.availability(), Availability { ready: true, offer_s: 60, in_session });
        }
        assert_eq!(Settings::default().availability(), Availability::default());
    }

    #[test]
    fn fuzz_a_hostile_file_is_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let huge = "x".repeat(FILE_BYTES_MAX as usize + 1);
        for text in [
            "",
            "{",
            "[]",
            "{\"scale_percent\": 4000000000}",
            "{\"list_size\":[1e30,-5]}",
            "{\"theme\":\"\\u0000\"}",
            "{\"offer_s\":65535,\"ready\":false}",
            "{\"offer_s\":-1}",
            "{\"arrangement\":\"sideways\",\"stack_size\":[null,1]}",
            &huge,
        ] {
            std::fs::write(&path, text).unwrap();
            let settings = Store::open(folder.path()).settings;
            assert!(
                (100..=200).contains(&settings.scale_percent)
                    && settings.list_size[0] <= 8000.0
                    && settings.list_size[1] >= 360.0
                    && (OFFER_S_MIN..=OFFER_S_MAX).contains(&settings.offer_s),
                "{text:.40}"
            );
        }
    }
}
