//! One participant's computer, as far as a plugin can reach it: nothing of it is real, and all of it is written down.

use std::collections::BTreeMap;

use lotse_runtime::{
    Arrangement, AuditEvent, Beside, Capability, Display, Fault, Level, Participant, Rect, Role, Settings, Stroke,
    Target, Value,
};

use crate::files::FilesHere;
use crate::random::Random;

/// A short message outside the plugin's own panels.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub title: String,
    pub body: String,
    pub options: Settings,
}

/// A window with a picture of the other side's.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    pub id: u64,
    pub title: String,
    pub options: Settings,
    /// The stream whose picture it shows.
    pub stream: Option<u64>,
}

/// A picture on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    pub id: u64,
    pub capture: u64,
    pub stream: u64,
    pub options: Settings,
    pub paused: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Layer {
    pub board: u64,
    pub strokes: Vec<Stroke>,
    /// Takes the pointer.
    pub grabs: bool,
}

#[derive(Debug)]
pub(crate) struct Seat {
    pub who: Participant,
    /// They only look on.
    pub observing: bool,
    pub locale: String,
    pub limits: Settings,
    /// Posts of this side so far: what is due at once comes in the order in which it was posted.
    pub posted: u64,
    last_id: u64,
    /// What the plugin here draws, and apart from it what the line draws for what is sent from here.
    pub random: Random,
    pub line_random: Random,
    pub calls: Vec<String>,
    pub log: Vec<(Level, String)>,
    pub audit: Vec<AuditEvent>,
    pub faults: Vec<Fault>,
    pub notices: Vec<Notice>,
    pub unread: u32,
    pub storage: BTreeMap<String, Vec<u8>>,
    /// Questions to the person here that are open.
    pub asked: Vec<Capability>,
    pub allowed: Vec<Capability>,
    pub displays: Vec<Display>,
    /// Captures with what they are of.
    pub captures: BTreeMap<u64, String>,
    pub pipelines: BTreeMap<u64, Pipeline>,
    pub windows: BTreeMap<u64, Window>,
    /// The request of the chooser that is open.
    pub chooser: Option<u64>,
    pub layers: BTreeMap<u64, Layer>,
    pub clipboard: BTreeMap<String, Vec<u8>>,
    pub files: FilesHere,
    /// The person here has paused the session.
    pub paused: bool,
    pub desk: Vec<Beside>,
    pub arrangement: Arrangement,
    /// A person did something with one of the plugin's nodes, which windows may answer once.
    pub acts: bool,
    pub targets: Vec<Target>,
    pub wish: Option<u64>,
    pub told: Option<String>,
    /// What was put into the chat's message field last.
    pub composed: Option<String>,
    /// What this computer is.
    pub facts: Vec<(String, Settings)>,
}

impl Seat {
    pub fn new(who: Participant, seed: u64) -> Self {
        let area = Rect { x: 0, y: 0, width: 1920, height: 1080 };
        let display = Display { id: 1, name: "Screen 1".to_owned(), area, scale_percent: 100, primary: true };
        let desk = match who.role {
            Role::Rep => vec![Beside { number: 1, customer: String::new(), unread: 0, state: "active", this: true }],
            Role::Customer => Vec::new(),
        };
        let mut seeds = Random::new(seed ^ u64::from(who.id));
        Self {
            who,
            observing: false,
            locale: "en".to_owned(),
            limits: Vec::new(),
            posted: 0,
            last_id: 0,
            random: Random::new(seeds.draw()),
            line_random: Random::new(seeds.draw()),
            calls: Vec::new(),
            log: Vec::new(),
            audit: Vec::new(),
            faults: Vec::new(),
            notices: Vec::new(),
            unread: 0,
            storage: BTreeMap::new(),
            asked: Vec::new(),
            allowed: Vec::new(),
            displays: vec![display],
            captures: BTreeMap::new(),
            pipelines: BTreeMap::new(),
            windows: BTreeMap::new(),
            chooser: None,
            layers: BTreeMap::new(),
            clipboard: BTreeMap::new(),
            files: FilesHere::default(),
            paused: false,
            desk,
            arrangement: Arrangement::default(),
            acts: false,
            targets: Vec::new(),
            wish: None,
            told: None,
            composed: None,
            facts: vec![("os".to_owned(), vec![("name".to_owned(), Value::Text("Simulated OS".to_owned()))])],
        }
    }

    /// An id that no other thing of the session has.
    pub fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        u64::from(self.who.id) * 1_000_000 + self.last_id
    }

    pub fn note(&mut self, call: String) {
        self.calls.push(call);
    }
}
