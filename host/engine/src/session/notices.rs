//! What is told to people for a while: the host's own words and those of plugins.
//!
//! The list is bounded, and a plugin that talks without an end pushes out its own notices, not its neighbours' or the host's.

use super::Task;
use crate::view::{HostNotice, Notice, Tone};
use lotse_protocol::tidy;

/// Notices that are kept on the screen.
const NOTICES_MAX: usize = 20;
/// Those of one plugin among them.
const PLUGIN_NOTICES_MAX: usize = 5;
/// A plugin's title is a line, its text a few.
const TITLE_CHARS_MAX: usize = 120;
const BODY_CHARS_MAX: usize = 600;
/// Long enough to look up and read two lines without hurry.
const STAYS_MS_MIN: u64 = 8_000;
/// Some 14 characters a second, as a slow reader takes them.
const STAYS_MS_PER_CHAR: u64 = 70;

impl Task {
    /// The host's own words.
    pub(super) fn notice(&mut self, tone: Tone, title: String, body: String) {
        self.show_notice(tone, None, title, body, None);
    }

    /// What the host has to say of something, in each window's own language.
    pub(super) fn notice_of_host(&mut self, tone: Tone, title: String, host: HostNotice) {
        self.show_notice(tone, None, title, host.to_string(), Some(host));
    }

    /// A plugin's own words, which say whose they are.
    pub(super) fn on_notify(&mut self, plugin: usize, tone: Tone, title: &str, body: &str) {
        let Some(name) = self.plugins.get(plugin).map(|plugin| plugin.view.name.clone()) else { return };
        self.show_notice(tone, Some(name), tidy(title, TITLE_CHARS_MAX), tidy(body, BODY_CHARS_MAX), None);
    }

    fn show_notice(&mut self, tone: Tone, from: Option<String>, title: String, body: String, host: Option<HostNotice>) {
        self.notices += 1;
        let id = self.notices;
        // What asks for something stays until it was read.
        if matches!(tone, Tone::Plain | Tone::Good) {
            self.notices_until.insert(id, self.now_ms() + stays_ms(&title, &body));
        }
        self.view.notices.push(Notice { id, tone, from, title, body, host });
        if let Some(id) = one_too_many(&self.view.notices) {
            self.forget_notice(id);
        }
        self.dirty = true;
    }

    /// Notices that go by themselves, when their time has come.
    pub(super) fn let_notices_go(&mut self) {
        let now_ms = self.now_ms();
        let due = |(id, until): (&u64, &u64)| (*until <= now_ms).then_some(*id);
        let gone: Vec<u64> = self.notices_until.iter().filter_map(due).collect();
        gone.into_iter().for_each(|id| self.forget_notice(id));
    }

    pub(super) fn forget_notice(&mut self, id: u64) {
        self.view.notices.retain(|notice| notice.id != id);
        self.notices_until.remove(&id);
        self.dirty = true;
    }
}

fn stays_ms(title: &str, body: &str) -> u64 {
    let chars = title.chars().count() + body.chars().count();
    STAYS_MS_MIN.max(STAYS_MS_PER_CHAR * chars as u64)
}

/// Which one goes now that another has come: the oldest of a plugin that has too many, and in a list that is full the
/// oldest of any plugin. The host's own go last.
fn one_too_many(notices: &[Notice]) -> Option<u64> {
    let newest = notices.last()?;
    let from = &newest.from;
    let theirs = || notices.iter().filter(move |notice| notice.from == *from);
    if newest.from.is_some() && theirs().count() > PLUGIN_NOTICES_MAX {
        return theirs().next().map(|notice| notice.id);
    }
    if notices.len() <= NOTICES_MAX {
        return None;
    }
    let oldest = notices.iter().find(|notice| notice.from.is_some()).or(notices.first());
    oldest.map(|notice| notice.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids that are left of notices that came in this order.
    fn left(of: impl Iterator<Item = Option<&'static str>>) -> Vec<u64> {
        let mut notices = Vec::new();
        for (id, from) in (1..).zip(of) {
            let (title, body, from) = (String::new(), String::new(), from.map(str::to_owned));
            notices.push(Notice { id, tone: Tone::Caution, from, title, body, host: None });
            if let Some(gone) = one_too_many(&notices) {
                notices.retain(|notice| notice.id != gone);
            }
        }
        notices.iter().map(|notice| notice.id).collect()
    }

    /// Scar: one plugin's notices, five a second, emptied the list of everybody's within four seconds.
    #[test]
    fn a_plugin_that_talks_without_an_end_pushes_out_its_own_notices_alone() {
        let others = [None, Some("Chat"), None];
        let flood = std::iter::repeat_n(Some("Noise"), 1_000);
        assert_eq!(left(others.into_iter().chain(flood)), [1, 2, 3, 999, 1_000, 1_001, 1_002, 1_003]);
    }

    #[test]
    fn in_a_full_list_the_hosts_own_go_last() {
        let plugins = ["A", "B", "C", "D", "E"].into_iter().flat_map(|name| [Some(name); 5]);
        let kept = left(std::iter::once(None).chain(plugins));
        assert_eq!((kept.len(), kept.first(), kept.get(1)), (NOTICES_MAX, Some(&1), Some(&8)));
        let kept = left(std::iter::repeat_n(None, NOTICES_MAX).chain([Some("A")]));
        assert_eq!(kept, (1..=20).collect::<Vec<_>>(), "a plugin's word takes no place of the host's");
        let kept = left(std::iter::repeat_n(None, 100));
        assert_eq!(kept, (81..=100).collect::<Vec<_>>());
    }

    /// Scar: 720 characters were gone after 8 seconds.
    #[test]
    fn a_long_notice_stays_as_long_as_it_takes_to_read() {
        assert_eq!(stays_ms("Saved", "scan.png"), 8_000);
        assert_eq!(stays_ms(&"ü".repeat(TITLE_CHARS_MAX), &"x".repeat(BODY_CHARS_MAX)), 50_400);
    }
}
