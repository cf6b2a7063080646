//! How fine the picture is and how often it comes, from what the rep chose and what the link carries.
//!
//! Worse is followed at once, because a picture that is late is worth nothing; better only after a while, so that a link
//! on the edge does not make the picture flicker between two qualities. Pure: the time comes in.

use lotse_sdk::{Settings, settings};

/// How fine the picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// As the link allows.
    Automatic,
    Sharp,
    Light,
}

impl Quality {
    pub const ALL: [Self; 3] = [Self::Automatic, Self::Sharp, Self::Light];

    /// Its name in menus and preferences.
    pub fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Sharp => "sharp",
            Self::Light => "light",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quality| quality.name() == name)
    }

    /// Its number in messages.
    pub fn code(self) -> u8 {
        match self {
            Self::Automatic => 0,
            Self::Sharp => 1,
            Self::Light => 2,
        }
    }

    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|quality| quality.code() == code)
    }
}

/// A link must have been better for this long.
pub const RAISE_AFTER_US: u64 = 3_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    Stalled,
    Slow,
    Good,
}

impl Link {
    /// The contract's words; an unknown one is taken as slow.
    pub fn from_name(name: &str) -> Self {
        match name {
            "good" => Self::Good,
            "stalled" => Self::Stalled,
            _ => Self::Slow,
        }
    }
}

/// Options of the pipeline, see `pipeline.set` in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub frames_per_second_max: i64,
    /// 1 to 100; 100 is exact at once.
    pub photo_quality: i64,
    pub refresh_after_ms: i64,
}

impl Pace {
    /// As the contract has them.
    pub fn options(self) -> Settings {
        let Self { frames_per_second_max, photo_quality, refresh_after_ms } = self;
        settings([
            ("frames-per-second-max", frames_per_second_max.into()),
            ("photo-quality", photo_quality.into()),
            ("refresh-after-ms", refresh_after_ms.into()),
        ])
    }
}

/// In each of them a still screen becomes exact well within the second that V7 and the benchmark allow, except light.
fn pace(quality: Quality, link: Link) -> Pace {
    let pace = |frames_per_second_max, photo_quality, refresh_after_ms| Pace {
        frames_per_second_max,
        photo_quality,
        refresh_after_ms,
    };
    match (quality, link) {
        (Quality::Sharp, _) => pace(60, 100, 0),
        (Quality::Light, Link::Good | Link::Slow) => pace(15, 35, 1_500),
        (Quality::Light, Link::Stalled) => pace(5, 25, 3_000),
        (Quality::Automatic, Link::Good) => pace(60, 80, 300),
        (Quality::Automatic, Link::Slow) => pace(20, 45, 700),
        (Quality::Automatic, Link::Stalled) => pace(5, 30, 2_000),
    }
}

#[derive(Clone, Debug)]
pub struct Policy {
    quality: Quality,
    /// What the link says now, and what is acted upon.
    link: Link,
    followed: Link,
    better_since_us: Option<u64>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { quality: Quality::Automatic, link: Link::Good, followed: Link::Good, better_since_us: None }
    }
}

impl Policy {
    pub fn quality(&self) -> Quality {
        self.quality
    }

    pub fn choose(&mut self, quality: Quality) {
        self.quality = quality;
    }

    pub fn pace(&self) -> Pace {
        pace(self.quality, self.followed)
    }

    /// The link changed. Returns whether `handle_time` is wanted after `RAISE_AFTER_US`.
    pub fn handle_link(&mut self, link: Link, now_us: u64) -> bool {
        self.link = link;
        if link > self.followed {
            return self.better_since_us.replace(self.better_since_us.unwrap_or(now_us)).is_none();
        }
        (self.followed, self.better_since_us) = (link, None);
        false
    }

    /// Time has passed: follows a link that stayed better. Returns whether to be called again.
    pub fn handle_time(&mut self, now_us: u64) -> bool {
        let Some(since) = self.better_since_us else {
            return false;
        };
        if now_us.saturating_sub(since) < RAISE_AFTER_US {
            return true;
        }
        (self.followed, self.better_since_us) = (self.link, None);
        false
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn worse_at_once_and_better_after_a_while() {
        let mut policy = Policy::default();
        let good = policy.pace();
        assert!(!policy.handle_link(Link::Slow, 0));
        let slow = policy.pace();
        assert!(slow.photo_quality < good.photo_quality && slow.frames_per_second_max < good.frames_per_second_max);
        assert!(policy.handle_link(Link::Good, 1_000_000));
        assert_eq!(policy.pace(), slow);
        assert!(!policy.handle_link(Link::Slow, 2_000_000), "it was not better for long");
        assert!(!policy.handle_time(9_000_000));
        assert_eq!(policy.pace(), slow);
        assert!(policy.handle_link(Link::Good, 10_000_000));
        assert!(policy.handle_time(11_000_000) && policy.pace() == slow);
        assert!(!policy.handle_time(13_000_000) && policy.pace() == good);
    }

    #[test]
    fn each_quality_comes_back_by_name_and_by_number() {
        for quality in Quality::ALL {
            assert_eq!(Quality::from_name(quality.name()), Some(quality));
            assert_eq!(Quality::from_code(quality.code()), Some(quality));
        }
        assert_eq!((Quality::from_name("fast"), Quality::from_code(3)), (None, None));
    }

    #[test]
    fn sharp_is_exact_on_any_link() {
        let mut policy = Policy::default();
        policy.choose(Quality::Sharp);
        policy.handle_link(Link::Stalled, 0);
        assert_eq!(policy.pace().photo_quality, 100);
    }
}
