//! Pictures that have ended since their reps are gone, until it is known whether these come back.
//!
//! A line that is merely made anew takes everything down for a moment, and the picture comes again with it. So nobody is told of
//! it before a rep has been away for some time. Knows no host: timers are set by whoever keeps this.

use lotse_sdk::ParticipantId;

/// A rep whose line is gone is waited for so long before their picture is told to have ended: as long as file-transfer waits.
pub const AWAY_US: u64 = 15_000_000;
/// Reps who are waited for at once; the oldest is told of by nobody if there are more.
const REPS_MAX: usize = 8;

#[derive(Debug)]
struct Gone {
    who: ParticipantId,
    name: String,
    timer: u64,
}

/// The customer's half: whose picture has ended.
#[derive(Debug, Default)]
pub struct Lapsed(Vec<Gone>);

impl Lapsed {
    /// A rep is gone, and their picture with them. `timer` rings after [`AWAY_US`].
    pub fn left(&mut self, who: ParticipantId, name: &str, timer: u64) {
        self.back(who);
        if self.0.len() >= REPS_MAX {
            self.0.remove(0);
        }
        self.0.push(Gone { who, name: name.to_owned(), timer });
    }

    /// They are back: nothing is told.
    pub fn back(&mut self, who: ParticipantId) {
        self.0.retain(|gone| gone.who != who);
    }

    /// A timer rings. Who is not back by now, and their name, if it is theirs.
    pub fn woke(&mut self, timer: u64) -> Option<(ParticipantId, String)> {
        let at = self.0.iter().position(|gone| gone.timer == timer)?;
        let Gone { who, name, timer: _ } = self.0.remove(at);
        Some((who, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stays_away_is_told_of_once_and_who_is_back_never() {
        let mut lapsed = Lapsed::default();
        lapsed.left(1, "Anna Berg", 10);
        lapsed.left(3, "Bo Lind", 11);
        assert_eq!(lapsed.woke(9), None, "another timer");
        lapsed.back(1);
        assert_eq!(lapsed.woke(10), None);
        assert_eq!(lapsed.woke(11), Some((3, "Bo Lind".to_owned())));
        assert_eq!(lapsed.woke(11), None);
    }

    #[test]
    fn who_goes_again_is_waited_for_anew() {
        let mut lapsed = Lapsed::default();
        lapsed.left(1, "Anna Berg", 10);
        lapsed.left(1, "Anna Berg", 12);
        assert_eq!(lapsed.woke(10), None);
        assert_eq!(lapsed.woke(12), Some((1, "Anna Berg".to_owned())));
    }

    #[test]
    fn no_more_than_so_many_are_kept() {
        let mut lapsed = Lapsed::default();
        (0..20).for_each(|who| lapsed.left(who, "Anna Berg", u64::from(who)));
        assert_eq!(lapsed.0.len(), REPS_MAX);
        assert_eq!((lapsed.woke(0), lapsed.woke(19).map(|(who, _)| who)), (None, Some(19)));
    }
}
