//! Every rep who took part in a customer's session: from when until when, and as what.
//!
//! To the relay each rep's part is a session of its own, begun beside the first. Written down is what each came for, and when who
//! was there already took another's place. Who led when is not; it follows from when each began and why each ended, by the rules of
//! the customer's program: whoever takes over leads when the one before leaves, and when the one who leads is gone for good, whoever
//! came first of those who help.

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
    /// Whose places they took while they were there, and when.
    pub took: Vec<(SessionId, i64)>,
    pub started_s: i64,
    pub ended_s: Option<i64>,
    pub end_reason: Option<String>,
}

impl Attendance {
    /// From when on they could do more than look; `None`: they never could.
    fn helps_from(&self) -> Option<i64> {
        match self.purpose {
            Some(Purpose::Observe) => self.took.iter().map(|(_, at_s)| *at_s).min(),
            Some(Purpose::TakeOver | Purpose::Join) | None => Some(self.started_s),
        }
    }

    fn helps_at(&self, at_s: i64) -> bool {
        self.helps_from().is_some_and(|from_s| from_s <= at_s)
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
    let first = all.iter().enumerate().filter_map(|(at, of)| Some((of.helps_from()?, at))).min();
    let mut leader = first.map(|(from_s, at)| (at, from_s));
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
    let there: Vec<(usize, &Attendance)> = all
        .iter()
        .zip(leads)
        .enumerate()
        .filter(|(_, (of, led_s))| led_s.is_none() && of.is_there(at_s))
        .map(|(at, (of, _))| (at, of))
        .collect();
    let found = if before.ended_for(EndReason::HandedOver) {
        // Who was there and took just this place, or whoever came for it last.
        let took = there.iter().find(|(_, of)| of.took.iter().any(|(place_of, _)| *place_of == before.session));
        took.or_else(|| there.iter().rfind(|(_, of)| of.purpose == Some(Purpose::TakeOver)))
    } else if before.ended_for(EndReason::RepGone) {
        there.iter().find(|(_, of)| of.helps_at(at_s))
    } else {
        None
    };
    found.map(|(at, _)| (*at, at_s))
}

/// What one rep was, one part after another.
fn parts_of(of: &Attendance, led_s: Option<i64>) -> Vec<Participant> {
    let looked_s = (of.purpose == Some(Purpose::Observe)).then_some(of.started_s);
    // By then they had taken somebody's place who did not lead.
    let helped = |led_s: i64| of.took.iter().any(|(_, at_s)| *at_s < led_s);
    let beside_s = match (of.purpose, led_s) {
        (Some(Purpose::Observe), None) => of.helps_from(),
        (Some(Purpose::Observe), Some(led_s)) => of.helps_from().map(|from_s| from_s.min(led_s)),
        // Of who comes to take over, the moments before are no part of their own.
        (Some(Purpose::TakeOver), Some(led_s)) => helped(led_s).then_some(of.started_s),
        (None, Some(_)) => None,
        (Some(Purpose::Join), _) | (Some(Purpose::TakeOver) | None, None) => Some(of.started_s),
    };
    let parts = [(Part::LookedOn, looked_s), (Part::Beside, beside_s), (Part::Led, led_s)];
    let begun: Vec<(Part, i64)> = parts.into_iter().filter_map(|(part, from_s)| Some((part, from_s?))).collect();
    let nexts = begun.iter().skip(1).map(|(_, from_s)| Some(*from_s)).chain([None]);
    let lasted = begun.iter().zip(nexts).filter(|((_, from_s), next_s)| next_s.is_none_or(|next_s| *from_s < next_s));
    let told = lasted.map(|((part, from_s), next_s)| Participant {
        session: of.session,
        rep_name: of.rep_name.clone(),
        rep_user: of.rep_user.clone(),
        part: *part,
        from_s: *from_s,
        until_s: next_s.or(of.ended_s),
    });
    told.collect()
}

#[cfg(test)]
#[path = "participants_tests.rs"]
mod tests;
