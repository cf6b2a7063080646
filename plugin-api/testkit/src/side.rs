//! One participant, as a test plays them and looks at what they see.

use lotse_runtime::{
    AuditEvent, Beside, Capability, Class, Display, Event, Fault, Level, Settings, Stroke, Target, Value,
};

use crate::fail::fail;
use crate::kit::Kit;
use crate::seat::{Notice, Pipeline, Seat, Window};
use crate::tree::{Place, Tree};

/// Somebody in a kit that runs. What is done here is handled when the call returns; what it leads to on the other side
/// happens in [`Kit::settle`] and [`Kit::wait`].
#[derive(Clone, Copy)]
pub struct Side<'a> {
    pub(crate) kit: &'a Kit,
    pub(crate) who: u32,
}

impl Side<'_> {
    fn seat<T>(&self, look: impl FnOnce(&mut Seat) -> T) -> T {
        self.kit.state(|state| look(state.seat(self.who)))
    }

    /// The participant's number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.who
    }

    /// Whether the plugin has a half on this side.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.kit.runs(self.who)
    }

    /// Does something with a node: [`text`](crate::text), [`on`](crate::on), [`choice`](crate::choice).
    pub fn act(&self, node: &str, what: Settings) {
        self.happens(Event::Action { node: node.to_owned(), what });
    }

    /// Clicks an item or a button.
    ///
    /// # Panics
    /// When no place shows it, or it cannot be clicked now.
    #[track_caller]
    pub fn click(&self, node: &str) {
        let places = [Place::Menu, Place::Chat, Place::Viewer, Place::Tools, Place::Preferences];
        let trees = places.map(|place| self.tree(place));
        if trees.iter().all(|tree| tree.find(node).is_none()) {
            let ids: Vec<String> = trees.iter().flat_map(Tree::ids).collect();
            fail(&format!("nothing here has the id `{node}`, but {ids:?} have one"));
        }
        if !trees.iter().any(|tree| tree.is_enabled(node)) {
            fail(&format!("`{node}` cannot be clicked now"));
        }
        self.act(node, Settings::new());
    }

    /// Hands in any event, such as a key in a window.
    pub fn happens(&self, event: Event) {
        self.kit.hand_in_now(self.who, event);
    }

    /// What the plugin shows there; empty if it does not run here.
    ///
    /// # Panics
    /// When the half has ended.
    #[track_caller]
    #[must_use]
    pub fn tree(&self, place: Place) -> Tree {
        if !self.runs() {
            return Tree { nodes: Vec::new() };
        }
        match self.kit.render(self.who, place.name()) {
            Some(nodes) => Tree { nodes },
            None => fail(&format!("this half shows nothing any more: {:?}", self.faults())),
        }
    }

    /// Crashes the half and starts it again with what it saved last. It is asked to save once a second at most.
    #[track_caller]
    pub fn restart(&self) {
        self.kit.restart(self.who);
    }

    /// Short messages so far.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.seat(|seat| seat.notices.clone())
    }

    /// Things for the person that the rep's half has counted.
    #[must_use]
    pub fn unread(&self) -> u32 {
        self.seat(|seat| seat.unread)
    }

    /// What the half wrote into its log.
    #[must_use]
    pub fn log(&self) -> Vec<(Level, String)> {
        self.seat(|seat| seat.log.clone())
    }

    #[must_use]
    pub fn audit(&self) -> Vec<AuditEvent> {
        self.seat(|seat| seat.audit.clone())
    }

    /// Crashes so far.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.seat(|seat| seat.faults.clone())
    }

    /// What the half has done to this computer and to the session, one line each: `key 30 down`, `capture 1`,
    /// `snapshot file`, `open control`, `arrange tile`, `hand over rep:2: note` and so on.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.seat(|seat| seat.calls.clone())
    }

    /// What the half keeps under a key.
    #[must_use]
    pub fn stored(&self, key: &str) -> Option<Vec<u8>> {
        self.seat(|seat| seat.storage.get(key).cloned())
    }

    /// What the half put into the chat's message field last.
    #[must_use]
    pub fn composed(&self) -> Option<String> {
        self.seat(|seat| seat.composed.clone())
    }

    /// What this computer is from now on: groups of facts with their names, as the contract has them.
    pub fn is_computer(&self, facts: Vec<(String, Settings)>) {
        self.seat(|seat| seat.facts = facts);
    }

    /// Labels and urgency of the streams that are open between the halves.
    #[must_use]
    pub fn streams(&self) -> Vec<(String, Class)> {
        self.kit.state(|state| state.labels())
    }
}

/// Consent, which the customer's side is asked for.
impl Side<'_> {
    /// What the person here is being asked.
    #[must_use]
    pub fn asked(&self) -> Vec<Capability> {
        self.seat(|seat| seat.asked.clone())
    }

    /// Says yes, asked or not.
    pub fn allow(&self, capability: Capability) {
        self.seat(|seat| {
            seat.asked.retain(|asked| *asked != capability);
            seat.allowed.push(capability);
        });
        self.happens(Event::Granted(capability));
    }

    /// Says no, or takes back what was allowed.
    pub fn refuse(&self, capability: Capability) {
        self.seat(|seat| {
            seat.asked.retain(|asked| *asked != capability);
            seat.allowed.retain(|allowed| *allowed != capability);
        });
        self.happens(Event::Revoked(capability));
        if capability == Capability::Files {
            // Whatever the half makes of it.
            self.kit.state(|state| state.take_back(self.who));
        }
    }
}

/// Pictures and drawings.
impl Side<'_> {
    /// Other displays from now on.
    pub fn displays(&self, displays: Vec<Display>) {
        self.seat(|seat| seat.displays = displays);
        self.happens(Event::DisplaysChanged);
    }

    /// Chooses something in the chooser that the half has opened.
    ///
    /// # Panics
    /// When it has opened none.
    #[track_caller]
    pub fn chooses(&self, title: &str) {
        let (request, capture) = self.seat(|seat| {
            let request = open(seat.chooser.take(), "no chooser is open");
            let capture = seat.new_id();
            seat.captures.insert(capture, title.to_owned());
            (request, capture)
        });
        self.happens(Event::Chosen { request, capture: Some(capture), title: title.to_owned() });
    }

    /// Closes the chooser without a choice.
    ///
    /// # Panics
    /// When none is open.
    #[track_caller]
    pub fn chooses_nothing(&self) {
        let request = self.seat(|seat| open(seat.chooser.take(), "no chooser is open"));
        self.happens(Event::Chosen { request, capture: None, title: String::new() });
    }

    /// Windows with a picture that the half has open here.
    #[must_use]
    pub fn windows(&self) -> Vec<Window> {
        self.seat(|seat| seat.windows.values().cloned().collect())
    }

    /// Pictures that the half sends from here.
    #[must_use]
    pub fn pipelines(&self) -> Vec<Pipeline> {
        self.seat(|seat| seat.pipelines.values().cloned().collect())
    }

    /// Another plugin shows this side's screen: a board for both sides, whose number it gives.
    pub fn shows_screen(&self, title: &str) -> u64 {
        let who = self.who;
        self.kit.state(|state| {
            let board = state.seat(who).new_id();
            state.show(who, board, title);
            state.look(board);
            board
        })
    }

    /// That other plugin ends it.
    pub fn shows_no_more(&self, board: u64) {
        self.kit.state(|state| state.end_picture(board));
    }

    /// What is drawn over a board on this side.
    #[must_use]
    pub fn strokes(&self, board: u64) -> Vec<Stroke> {
        self.kit.state(|state| state.strokes(self.who, board))
    }

    /// Whether pointer and keys over the board are the plugin's.
    #[must_use]
    pub fn draws_on(&self, board: u64) -> bool {
        self.seat(|seat| seat.layers.values().any(|layer| layer.board == board && layer.grabs))
    }
}

/// Clipboard and files.
impl Side<'_> {
    /// The person copies something.
    pub fn copies(&self, format: &str, data: &[u8]) {
        self.seat(|seat| {
            seat.clipboard.clear();
            seat.clipboard.insert(format.to_owned(), data.to_vec());
        });
        self.happens(Event::ClipboardChanged(vec![format.to_owned()]));
    }

    /// What would be pasted here.
    #[must_use]
    pub fn clipboard(&self, format: &str) -> Option<Vec<u8>> {
        self.seat(|seat| seat.clipboard.get(format).cloned())
    }

    /// Picks files in the chooser that the half has opened; paths with sizes.
    ///
    /// # Panics
    /// When it has opened none.
    #[track_caller]
    pub fn picks(&self, files: &[(&str, u64)]) {
        let who = self.who;
        let (request, source) = self.kit.state(|state| {
            let request = open(state.seat(who).files.picks.pop(), "no chooser for files is open");
            (request, state.new_source(who, files))
        });
        self.happens(Event::FilesPicked { request, source: Some(source) });
    }

    /// Drops files onto a place of the session's window.
    ///
    /// # Panics
    /// When the half takes no drops there.
    #[track_caller]
    pub fn drops(&self, place: &str, files: &[(&str, u64)]) {
        if !self.seat(|seat| seat.files.drops.contains(place)) {
            fail(&format!("the plugin takes nothing that is dropped on `{place}`"));
        }
        let source = self.kit.state(|state| state.new_source(self.who, files));
        self.happens(Event::FilesDropped { place: place.to_owned(), source });
    }

    /// What the person here is asked to receive, the oldest question first.
    #[must_use]
    pub fn offers(&self) -> Vec<Settings> {
        self.seat(|seat| seat.files.offers.iter().map(|(_, offer)| offer.clone()).collect())
    }

    /// Agrees to the oldest question, with a place.
    ///
    /// # Panics
    /// When nothing is asked.
    #[track_caller]
    pub fn accepts(&self, place: &str) {
        let request = self.oldest_offer();
        let target = self.kit.state(|state| state.new_target(self.who, place));
        self.happens(Event::FilesAnswered { request, target: Some(target) });
    }

    /// Declines the oldest question.
    ///
    /// # Panics
    /// When nothing is asked.
    #[track_caller]
    pub fn declines(&self) {
        let request = self.oldest_offer();
        self.happens(Event::FilesAnswered { request, target: None });
    }

    #[track_caller]
    fn oldest_offer(&self) -> u64 {
        let oldest = self.seat(|seat| {
            let offers = &mut seat.files.offers;
            (!offers.is_empty()).then(|| offers.remove(0).0)
        });
        open(oldest, "nobody here is asked to receive anything")
    }

    /// Pauses the session, or goes on: what is sent and received here stands meanwhile.
    pub fn pauses(&self, on: bool) {
        self.kit.state(|state| state.hold_transfers(self.who, on));
    }

    /// Paths of what has arrived whole.
    #[must_use]
    pub fn received(&self) -> Vec<String> {
        self.seat(|seat| seat.files.received.clone())
    }

    /// How many of the places that were agreed to here hold a part of something.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.kit.state(|state| state.unfinished(self.who))
    }
}

/// The rep's other sessions, and their colleagues.
impl Side<'_> {
    /// Other sessions beside this one from now on.
    pub fn desk(&self, sessions: Vec<Beside>) {
        self.seat(|seat| seat.desk = sessions);
        self.happens(Event::DeskChanged);
    }

    /// Others who could be asked from now on.
    pub fn directory(&self, targets: Vec<Target>) {
        self.seat(|seat| seat.targets = targets);
        self.happens(Event::DirectoryChanged);
    }

    /// What becomes of the wish that the half has: `accepted`, `declined`, `nobody` or `gone`.
    ///
    /// # Panics
    /// When it has none.
    #[track_caller]
    pub fn wish_ends(&self, outcome: &str, by: &str) {
        let request = self.seat(|seat| open(seat.wish.take(), "nobody is being asked"));
        self.happens(Event::DirectoryAnswered { request, outcome: outcome.to_owned(), by: by.to_owned() });
    }

    /// What a colleague would be shown of this plugin.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        self.seat(|seat| seat.told.clone())
    }
}

#[track_caller]
fn open<T>(there: Option<T>, otherwise: &str) -> T {
    match there {
        Some(there) => there,
        None => fail(otherwise),
    }
}

/// A number among settings; 0 where there is none.
#[must_use]
pub fn number(of: &Settings, key: &str) -> i64 {
    match lotse_runtime::setting(of, key) {
        Some(Value::Number(number)) => *number,
        Some(Value::Flag(_) | Value::Real(_) | Value::Text(_) | Value::Bytes(_)) | None => 0,
    }
}
