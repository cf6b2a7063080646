//! The other halves: their streams, how much they may send, and why one is no longer listened to.

use lotse_sdk::ParticipantId;
use lotse_sdk::session::text;

use super::Half;
use super::pointing::Pointed;
use crate::desk::Desk;
use crate::pace::Pace;
use crate::protocol::{Message, VERSION};

/// More than a session has participants.
const PEERS_MAX: usize = 8;
const NAME_CHARS_MAX: usize = 40;
/// A half that was started again is given time; one that keeps closing streams cannot keep this side busy.
const REOPEN_AFTER_US: u64 = 1_000_000;
/// Streams opened in turn to a half that says nothing on them.
const REOPENS_MAX: u8 = 5;

/// Why another half's drawings are no longer taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// More strokes than a side may have.
    TooMuch,
    /// More messages than anybody draws.
    TooFast,
    /// What no half of this version says.
    Nonsense,
    OtherVersion,
    /// This side only looks on, and nothing of it is taken there.
    OnlyLooks,
}

/// What happened and what to do next, in this side's language.
pub fn troubled(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::TooMuch => text(
            "The other side drew more than fits. Its drawings are no longer taken, and yours no longer sent.",
            "Die Gegenseite hat mehr gezeichnet, als Platz hat. Ihre Zeichnungen werden nicht mehr angenommen und die hiesigen nicht mehr gesendet.",
        ),
        Trouble::TooFast => text(
            "The other side sent drawings without end. They are no longer taken, and yours no longer sent.",
            "Die Gegenseite hat Zeichnungen ohne Ende gesendet. Sie werden nicht mehr angenommen und die hiesigen nicht mehr gesendet.",
        ),
        Trouble::Nonsense => text(
            "The other side sent drawings that cannot be read. They are no longer taken, and yours no longer sent.",
            "Die Gegenseite hat unlesbare Zeichnungen gesendet. Sie werden nicht mehr angenommen und die hiesigen nicht mehr gesendet.",
        ),
        Trouble::OtherVersion => text(
            "The two programs have different versions of drawing. What one side draws, the other does not see.",
            "Die Programme haben verschiedene Versionen des Zeichnens. Was eine Seite zeichnet, sieht die andere nicht.",
        ),
        Trouble::OnlyLooks => text(
            "You only look on in this session. What you draw is seen by nobody else.",
            "Sie sehen in dieser Sitzung nur zu. Was Sie zeichnen, sieht sonst niemand.",
        ),
    }
}

pub(super) struct Peer {
    pub(super) id: ParticipantId,
    pub(super) name: String,
    rep: bool,
    /// Their `Hello` came: what is drawn from here on is sent as it is drawn.
    pub(super) greeted: bool,
    pub(super) pace: Pace,
    pub(super) pointed: Pointed,
    trouble: Option<Trouble>,
    /// The stream is opened again when the timer with this token rings.
    reopens: Option<u64>,
    reopens_left: u8,
}

impl Half {
    pub fn handle_joined(&mut self, id: ParticipantId, name: &str, rep: bool, desk: &mut impl Desk) {
        self.meet(id, name, rep, desk);
        if self.opens(id) {
            self.open(id, desk);
        }
    }

    /// Somebody is there, whose stream may have come before word of them.
    pub fn meet(&mut self, id: ParticipantId, name: &str, rep: bool, desk: &mut impl Desk) {
        self.peers.retain(|peer| peer.id != id);
        if id == self.me || self.peers.len() >= PEERS_MAX {
            return;
        }
        let name = name.chars().filter(|character| !character.is_control()).take(NAME_CHARS_MAX).collect();
        self.peers.push(Peer {
            id,
            name,
            rep,
            greeted: false,
            pace: Pace::new(desk.now_us()),
            pointed: Pointed::default(),
            trouble: None,
            reopens: None,
            reopens_left: REOPENS_MAX,
        });
    }

    pub fn knows(&self, id: ParticipantId) -> bool {
        self.peers.iter().any(|peer| peer.id == id)
    }

    /// They are gone for now; what they drew stays.
    pub fn handle_gone(&mut self, id: ParticipantId, desk: &mut impl Desk) {
        self.unpointed(id, None, desk);
        self.peers.retain(|peer| peer.id != id);
        desk.disconnect(id);
        desk.changed();
    }

    pub(super) fn peer(&mut self, id: ParticipantId) -> Option<&mut Peer> {
        self.peers.iter_mut().find(|peer| peer.id == id)
    }

    /// One of two opens: the rep towards a customer, the one who was there first among reps.
    fn opens(&self, to: ParticipantId) -> bool {
        self.rep && self.peers.iter().any(|peer| peer.id == to && (!peer.rep || self.me < to))
    }

    pub(super) fn open(&mut self, to: ParticipantId, desk: &mut impl Desk) {
        if desk.connect(to) {
            self.handle_connected(to, desk);
        }
    }

    /// A stream to them stands: each half says first what it lacks.
    pub fn handle_connected(&mut self, with: ParticipantId, desk: &mut impl Desk) {
        let (lacks, cleared) = (self.lacks, self.cleared);
        match self.peer(with) {
            Some(peer) if peer.trouble.is_none() => {
                peer.greeted = false;
                self.send(with, &Message::Hello { version: VERSION, lacks, cleared }, desk);
            }
            Some(_) | None => desk.disconnect(with),
        }
    }

    /// The stream is of no more use. The side that opened it opens the next one.
    pub fn handle_disconnected(&mut self, from: ParticipantId, desk: &mut impl Desk) {
        self.unpointed(from, None, desk);
        let opens = self.opens(from);
        let Some(peer) = self.peer(from) else {
            return;
        };
        peer.greeted = false;
        if opens && peer.trouble.is_none() && peer.reopens_left > 0 {
            peer.reopens_left -= 1;
            peer.reopens = Some(desk.wake_after_us(REOPEN_AFTER_US));
        }
    }

    /// Whose stream is to be opened now.
    pub(super) fn reopens(&mut self, token: u64) -> Option<ParticipantId> {
        let peer = self.peers.iter_mut().find(|peer| peer.reopens == Some(token))?;
        peer.reopens = None;
        Some(peer.id)
    }

    /// They speak this version.
    pub(super) fn greet(&mut self, from: ParticipantId) {
        if let Some(peer) = self.peer(from) {
            (peer.greeted, peer.reopens_left) = (true, REOPENS_MAX);
        }
    }

    pub(super) fn greeted(&self) -> Vec<ParticipantId> {
        self.peers.iter().filter(|peer| peer.greeted).map(|peer| peer.id).collect()
    }

    /// Somebody takes more, or nobody is there. For whoever does not, it waits in their stream: they hold up nobody else.
    pub(super) fn is_clear(&self, desk: &impl Desk) -> bool {
        let greeted = self.greeted();
        greeted.is_empty() || greeted.into_iter().any(|to| desk.is_clear(to))
    }

    pub(super) fn send(&mut self, to: ParticipantId, message: &Message, desk: &mut impl Desk) -> bool {
        let sent = desk.send(to, message);
        if !sent {
            // Whatever is missing there is told anew on the next stream.
            desk.disconnect(to);
            self.handle_disconnected(to, desk);
        }
        sent
    }

    pub(super) fn broadcast(&mut self, message: &Message, desk: &mut impl Desk) {
        for to in self.greeted() {
            self.send(to, message, desk);
        }
    }

    /// To everybody but whom it came from: two reps have no line to each other.
    pub(super) fn pass_on(&mut self, from: ParticipantId, message: &Message, desk: &mut impl Desk) {
        for to in self.greeted().into_iter().filter(|to| *to != from) {
            self.send(to, message, desk);
        }
    }

    /// Nothing more is taken from this half, what it drew goes, and the person is told.
    pub fn refuse(&mut self, from: ParticipantId, trouble: Trouble, desk: &mut impl Desk) {
        let Some(peer) = self.peer(from) else {
            return;
        };
        (peer.trouble, peer.greeted) = (Some(trouble), false);
        desk.disconnect(from);
        self.unpointed(from, None, desk);
        self.sheets.remove_author(from);
        desk.tell(troubled(trouble));
        self.settle(desk);
        desk.changed();
    }

    pub fn trouble(&self) -> Option<Trouble> {
        self.peers.iter().find_map(|peer| peer.trouble)
    }

    pub(super) fn is_refused(&self, from: ParticipantId) -> bool {
        self.peers.iter().any(|peer| peer.id == from && peer.trouble.is_some())
    }

    /// By the person's word, those who were refused are listened to once more.
    pub fn take_again(&mut self, desk: &mut impl Desk) {
        let refused: Vec<ParticipantId> =
            self.peers.iter().filter(|peer| peer.trouble.is_some()).map(|peer| peer.id).collect();
        let now = desk.now_us();
        for id in refused {
            if let Some(peer) = self.peer(id) {
                (peer.trouble, peer.reopens_left, peer.pace) = (None, REOPENS_MAX, Pace::new(now));
            }
            self.open(id, desk);
        }
        desk.changed();
    }
}
