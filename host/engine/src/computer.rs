//! What this computer is, and what of it plugins have asked for.
//!
//! Facts are read from the system's own files, each to a bound, on a thread that may wait for a disk. They go to a plugin only
//! on the customer's side with the customer's word, and name nobody.

#[cfg(target_os = "linux")]
mod disks;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod network;

use crate::pace::Pace;
use lotse_runtime::{Display, ErrorCode, Settings, Value};
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Groups in the order shown, each with its name and facts.
pub(crate) type Groups = Vec<(String, Settings)>;

/// Looks of all plugins of a session within [`LOOKS_WINDOW`]: somebody who presses a button again and again has fewer.
const LOOKS_MAX: u32 = 10;
const LOOKS_WINDOW: Duration = Duration::from_secs(10);
/// Displays that are told of: more than a graphics card drives.
const DISPLAYS_MAX: usize = 16;
/// Longest text among the facts, in characters.
const TEXT_CHARS_MAX: usize = 120;

/// What the plugins of one session want of this computer, and do not have yet.
#[derive(Debug)]
pub(crate) struct Wishes {
    /// Who waits for facts.
    looking: Mutex<BTreeSet<usize>>,
    looks: Mutex<Pace>,
    /// A restart is under way.
    restarting: AtomicBool,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            looking: Mutex::default(),
            looks: Mutex::new(Pace::new(LOOKS_MAX, LOOKS_WINDOW)),
            restarting: AtomicBool::new(false),
        }
    }
}

impl Wishes {
    /// Notes that a plugin waits for facts.
    pub(crate) fn look(&self, plugin: usize, now: Instant) -> Result<(), ErrorCode> {
        let mut looking = self.looking.lock();
        if looking.contains(&plugin) || !self.looks.lock().takes(now) {
            return Err(ErrorCode::Busy);
        }
        looking.insert(plugin);
        Ok(())
    }

    /// Nobody will answer this plugin.
    pub(crate) fn looked(&self, plugin: usize) {
        self.looking.lock().remove(&plugin);
    }

    /// Who waited for facts that are there now.
    pub(crate) fn take_looking(&self) -> BTreeSet<usize> {
        std::mem::take(&mut *self.looking.lock())
    }

    /// False: a restart is under way already.
    pub(crate) fn begin_restart(&self) -> bool {
        !self.restarting.swap(true, Ordering::AcqRel)
    }

    pub(crate) fn end_restart(&self) {
        self.restarting.store(false, Ordering::Release);
    }
}

/// Whether this system's facts can be read at all.
pub(crate) const fn can_look() -> bool {
    cfg!(target_os = "linux")
}

/// Everything there is to tell. May wait for a disk. `displays` as a driver tells them.
pub(crate) fn look(displays: &[Display]) -> Groups {
    #[cfg(target_os = "linux")]
    let (first, last) = (linux::groups(), network::groups());
    #[cfg(not(target_os = "linux"))]
    let (first, last) = (Groups::new(), Groups::new());
    first.into_iter().chain(displays.iter().take(DISPLAYS_MAX).map(display)).chain(last).collect()
}

fn display(display: &Display) -> (String, Settings) {
    let Display { id: _, name, area, scale_percent, primary } = display;
    let facts = vec![
        text("name", name),
        number("width", area.width.into()),
        number("height", area.height.into()),
        number("scale-percent", (*scale_percent).into()),
        ("primary".to_owned(), Value::Flag(*primary)),
    ];
    ("displays".to_owned(), facts)
}

fn text(key: &str, text: &str) -> (String, Value) {
    (key.to_owned(), Value::Text(lotse_protocol::tidy(text, TEXT_CHARS_MAX)))
}

fn number(key: &str, number: u64) -> (String, Value) {
    (key.to_owned(), Value::Number(i64::try_from(number).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotse_runtime::Rect;

    #[test]
    fn looks_are_one_at_a_time_and_so_many() {
        let (wishes, now) = (Wishes::default(), Instant::now());
        assert_eq!(wishes.look(1, now), Ok(()));
        assert_eq!(wishes.look(1, now), Err(ErrorCode::Busy), "an answer is on its way");
        assert_eq!(wishes.look(2, now), Ok(()));
        assert_eq!(wishes.take_looking(), BTreeSet::from([1, 2]));
        for _ in 2..LOOKS_MAX {
            assert_eq!(wishes.look(1, now), Ok(()));
            wishes.looked(1);
        }
        assert_eq!(wishes.look(1, now), Err(ErrorCode::Busy), "a flood is no reading of the disk over and over");
        assert_eq!(wishes.look(1, now + LOOKS_WINDOW), Ok(()));
    }

    #[test]
    fn one_restart_at_a_time() {
        let wishes = Wishes::default();
        assert!(wishes.begin_restart() && !wishes.begin_restart());
        wishes.end_restart();
        assert!(wishes.begin_restart());
    }

    #[test]
    fn displays_are_told_of_on_one_line_and_so_many() {
        let area = Rect { x: 0, y: 0, width: 1920, height: 1080 };
        let name = "a\nb".repeat(200);
        let one = Display { id: 1, name, area, scale_percent: 100, primary: true };
        let groups = look(&vec![one; 99]);
        let shown: Vec<_> = groups.iter().filter(|(name, _)| name == "displays").collect();
        assert_eq!(shown.len(), DISPLAYS_MAX);
        let Some((_, facts)) = shown.first() else { return };
        let Some((_, Value::Text(name))) = facts.first() else { return };
        assert!(name.chars().count() <= TEXT_CHARS_MAX && !name.contains('\n'), "{name}");
    }
}
