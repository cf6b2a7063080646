//! Every rep who took part in a customer's session: from when until when, and as what.
//!
//! To the relay each rep's part is a session of its own, begun beside the first. Who led when is not written down; it follows
//! from when each began and why each ended, by the rules of the customer's program: whoever takes over leads when the one
//! before leaves, and when the one who leads is gone for good, whoever came first of those who help.

use lotse_protocol::control::SessionId;
use lotse_protocol::handover::Purpose;
use lotse_protocol::peer::EndReason;

/// Reps of one customer's session that are told of; who comes after so many others is left out.
pub const PARTICIPANTS_MAX: u32 = 200;

/// As what a rep was in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Led,
    Beside,
    LookedOn,
}

impl Part {
    /// Its name in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Led => "led",
            Self::Beside => "beside",
            Self::LookedOn => "looked-on",
        }
    }
}

/// A rep in one part. Times are Unix times in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// Theirs, at the relay.
    pub session: SessionId,
    pub rep_name: String,
    pub rep_user: String,
    pub part: Part,
    pub from_s: i64,
    /// `None`: still.
    pub until_s: Option<i64>,
}

/// One rep's session among those with the same customer, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attendance {
    pub session: SessionId,
    pub rep_name: String,
    pub rep_user: String,
    /// What they came for; `None`: theirs was the first, or it is not known.
    pub purpose: Option<Purpose>,
    pub started_s: i64,
    pub ended_s: Option<i64>,
    pub end_reason: Option<String>,
}

impl Attendance {
    fn helps(&self) -> bool {
        self.purpose != Some(Purpose::Observe)
    }

    fn is_there(&self, at_s: i64) -> bool {
        self.started_s <= at_s && self.ended_s.is_none_or(|ended_s| ended_s >= at_s)
    }

    fn ended_for(&self, reason: EndReason) -> bool {
        self.end_reason.as_deref() == Some(reason.name())
    }
}

/// Who took part as what, by when. `all` are the reps' sessions with one customer, in the order of their beginning.
pub(super) fn participants(all: &[Attendance]) -> Vec<Participant> {
    // From when each of them led, if they did.
    let mut leads: Vec<Option<i64>> = vec![None; all.len()];
    let mut leader =
        all.iter().position(Attendance::helps).zip(all.iter().find(|of| of.helps()).map(|of| of.started_s));
    while let Some((at, from_s)) = leader {
        if let Some(since) = leads.get_mut(at) {
            *since = Some(from_s);
        }
        leader = all.get(at).and_then(|before| successor(all, &leads, before));
    }
    let mut parts: Vec<Participant> = all.iter().zip(&leads).flat_map(|(of, led_s)| parts_of(of, *led_s)).collect();
    // Those of one moment stay in the order of their coming.
    parts.sort_by_key(|part| part.from_s);
    parts
}

/// Who led after this one, and from when. Each leads once at most, so that this comes to an end.
fn successor(all: &[Attendance], leads: &[Option<i64>], before: &Attendance) -> Option<(usize, i64)> {
    let at_s = before.ended_s?;
    let handed_over = before.ended_for(EndReason::HandedOver);
    let mut next = all.iter().zip(leads).enumerate().filter(|(_, (of, led_s))| {
        led_s.is_none() && of.helps() && of.is_there(at_s) && (!handed_over || of.purpose == Some(Purpose::TakeOver))
    });
    // Whoever takes over came for that; else the first who came.
    let found = if handed_over {
        next.next_back()
    } else if before.ended_for(EndReason::RepGone) {
        next.next()
    } else {
        None
    };
    found.map(|(at, _)| (at, at_s))
}

fn parts_of(of: &Attendance, led_s: Option<i64>) -> Vec<Participant> {
    let part = |part, from_s, until_s| Participant {
        session: of.session,
        rep_name: of.rep_name.clone(),
        rep_user: of.rep_user.clone(),
        part,
        from_s,
        until_s,
    };
    match (led_s, of.purpose) {
        // Beside, until they led. Of who comes to take over, the moments before are no part of their own.
        (Some(led_s), Some(Purpose::Join)) if led_s > of.started_s => {
            vec![part(Part::Beside, of.started_s, Some(led_s)), part(Part::Led, led_s, of.ended_s)]
        }
        (Some(led_s), Some(Purpose::TakeOver | Purpose::Join | Purpose::Observe) | None) => {
            vec![part(Part::Led, led_s, of.ended_s)]
        }
        (None, Some(Purpose::Observe)) => vec![part(Part::LookedOn, of.started_s, of.ended_s)],
        (None, Some(Purpose::TakeOver | Purpose::Join) | None) => vec![part(Part::Beside, of.started_s, of.ended_s)],
    }
}

#[cfg(test)]
#[path = "participants_tests.rs"]
mod tests;
