//! What the rep has chosen, who is asked, and what came of it. Knows no host: what it wants done it does through `Colleagues`.

use lotse_sdk::Error;

/// Longest note, in characters: as much as the relay takes.
pub const NOTE_CHARS_MAX: u32 = 500;

/// What a colleague is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    TakeOver,
    Join,
    Observe,
}

impl Purpose {
    pub const ALL: [Self; 3] = [Self::TakeOver, Self::Join, Self::Observe];

    /// Begins the ids of its menu's items.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::TakeOver => "take-",
            Self::Join => "join-",
            Self::Observe => "observe-",
        }
    }
}

/// Somebody who could be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    pub id: String,
    pub kind: Kind,
    pub name: String,
    /// Somebody there could come now.
    pub available: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Rep,
    Team,
    Portal,
}

impl Kind {
    /// None for what newer hosts have.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "rep" => Some(Self::Rep),
            "team" => Some(Self::Team),
            "portal" => Some(Self::Portal),
            _ => None,
        }
    }
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    Declined,
    Nobody,
    Gone,
    /// Somebody is asked already, or the host has no room.
    Busy,
    /// It is not licensed or not allowed.
    Denied,
}

impl Outcome {
    fn from_name(name: &str) -> Self {
        match name {
            "accepted" => Self::Accepted,
            "declined" => Self::Declined,
            "nobody" => Self::Nobody,
            _ => Self::Gone,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody was chosen.
    Idle,
    /// The rep writes a note, or does not.
    Chosen { whom: Colleague, purpose: Purpose },
    Asked {
        request: u64,
        name: String,
        /// A portal is a queue to wait in, and not somebody to answer.
        kind: Kind,
        purpose: Purpose,
    },
    /// Until it was read.
    Told { name: String, purpose: Purpose, outcome: Outcome },
}

/// Who else there is, and how they are asked.
pub trait Colleagues {
    fn hand_over(&mut self, to: &str, note: &str) -> Result<u64, Error>;
    fn invite(&mut self, to: &str, note: &str, observing: bool) -> Result<u64, Error>;
    fn withdraw(&mut self, request: u64);
}

#[derive(Debug)]
pub struct Handoff {
    pub state: State,
    pub colleagues: Vec<Colleague>,
}

impl Handoff {
    pub fn new() -> Self {
        Self { state: State::Idle, colleagues: Vec::new() }
    }

    /// Somebody was chosen in a menu. While one is asked nobody else can be.
    pub fn choose(&mut self, node: &str) -> bool {
        if matches!(self.state, State::Asked { .. }) {
            return false;
        }
        let found = Purpose::ALL.into_iter().find_map(|purpose| {
            let id = node.strip_prefix(purpose.prefix())?;
            Some((self.colleagues.iter().find(|colleague| colleague.id == id)?.clone(), purpose))
        });
        let Some((whom, purpose)) = found else { return false };
        self.state = State::Chosen { whom, purpose };
        true
    }

    /// Asks whoever was chosen.
    pub fn ask(&mut self, note: &str, colleagues: &mut impl Colleagues) {
        let State::Chosen { whom, purpose } = &self.state else { return };
        let (id, name, kind, purpose) = (whom.id.clone(), whom.name.clone(), whom.kind, *purpose);
        let asked = match purpose {
            Purpose::TakeOver => colleagues.hand_over(&id, note),
            Purpose::Join => colleagues.invite(&id, note, false),
            Purpose::Observe => colleagues.invite(&id, note, true),
        };
        self.state = match asked {
            Ok(request) => State::Asked { request, name, kind, purpose },
            Err(error) => State::Told { name, purpose, outcome: refusal(error) },
        };
    }

    /// Lets it be, whatever it is.
    pub fn cancel(&mut self, colleagues: &mut impl Colleagues) {
        if let State::Asked { request, .. } = self.state {
            colleagues.withdraw(request);
        }
        self.state = State::Idle;
    }

    /// What became of it. Of what was taken back before, nothing is told.
    pub fn answered(&mut self, request: u64, outcome: &str, by: String) {
        let State::Asked { request: asked, name, purpose, .. } = &self.state else { return };
        if *asked != request {
            return;
        }
        // Of a team or a portal it is told who it was.
        let name = if by.is_empty() { name.clone() } else { by };
        self.state = State::Told { name, purpose: *purpose, outcome: Outcome::from_name(outcome) };
    }
}

fn refusal(error: Error) -> Outcome {
    match error {
        Error::Busy | Error::Limit => Outcome::Busy,
        Error::Denied | Error::Unsupported => Outcome::Denied,
        Error::Gone | Error::Invalid => Outcome::Gone,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[derive(Default)]
    struct Office {
        asked: Vec<String>,
        withdrawn: Vec<u64>,
        fails: Option<Error>,
    }

    impl Office {
        fn note(&mut self, line: String) -> Result<u64, Error> {
            self.asked.push(line);
            self.fails.map_or(Ok(7), Err)
        }
    }

    impl Colleagues for Office {
        fn hand_over(&mut self, to: &str, note: &str) -> Result<u64, Error> {
            self.note(format!("hand over {to} {note}"))
        }
        fn invite(&mut self, to: &str, note: &str, observing: bool) -> Result<u64, Error> {
            self.note(format!("invite {to} {note} {observing}"))
        }
        fn withdraw(&mut self, request: u64) {
            self.withdrawn.push(request);
        }
    }

    fn handoff() -> (Handoff, Office) {
        let colleague =
            |id: &str, kind, name: &str| Colleague { id: id.into(), kind, name: name.into(), available: true };
        let colleagues = vec![colleague("rep:2", Kind::Rep, "Bo Lind"), colleague("team:7", Kind::Team, "Printers")];
        (Handoff { colleagues, ..Handoff::new() }, Office::default())
    }

    #[test]
    fn h1_whoever_was_chosen_is_asked_with_the_note() {
        let cases = [
            ("take-rep:2", "hand over rep:2 knows it"),
            ("join-rep:2", "invite rep:2 knows it false"),
            ("observe-rep:2", "invite rep:2 knows it true"),
        ];
        for (node, line) in cases {
            let (mut handoff, mut office) = handoff();
            assert!(handoff.choose(node));
            assert!(office.asked.is_empty(), "not before it was said");
            handoff.ask("knows it", &mut office);
            assert_eq!(office.asked, [line]);
            assert!(matches!(handoff.state, State::Asked { request: 7, .. }));
        }
    }

    #[test]
    fn h1_whom_the_host_does_not_name_nobody_asks() {
        let (mut handoff, mut office) = handoff();
        assert!(!handoff.choose("take-rep:9") && !handoff.choose("take-") && !handoff.choose("rep:2"));
        handoff.ask("", &mut office);
        assert!(office.asked.is_empty());
    }

    #[test]
    fn h1_what_became_of_it_is_told_by_name_and_what_was_taken_back_is_not() {
        let (mut handoff, mut office) = handoff();
        handoff.choose("take-team:7");
        handoff.ask("", &mut office);
        assert!(!handoff.choose("take-rep:2"), "one at a time");
        handoff.answered(6, "declined", String::new());
        assert!(matches!(handoff.state, State::Asked { .. }), "that was another one");
        handoff.answered(7, "accepted", "Bo Lind".into());
        let told = State::Told { name: "Bo Lind".into(), purpose: Purpose::TakeOver, outcome: Outcome::Accepted };
        assert_eq!(handoff.state, told);
        handoff.choose("take-rep:2");
        handoff.ask("", &mut office);
        handoff.cancel(&mut office);
        assert_eq!((office.withdrawn.as_slice(), &handoff.state), (&[7][..], &State::Idle));
        handoff.answered(7, "declined", String::new());
        assert_eq!(handoff.state, State::Idle);
    }

    #[test]
    fn h1_what_the_host_refuses_is_told_at_once() {
        for (error, outcome) in
            [(Error::Busy, Outcome::Busy), (Error::Denied, Outcome::Denied), (Error::Gone, Outcome::Gone)]
        {
            let (mut handoff, mut office) = handoff();
            office.fails = Some(error);
            handoff.choose("take-rep:2");
            handoff.ask("", &mut office);
            assert!(matches!(handoff.state, State::Told { outcome: told, .. } if told == outcome));
        }
    }
}
