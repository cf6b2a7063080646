//! A desk that plays the host.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use lotse_sdk::Error;

use crate::item::{Item, Progress, Way};
use crate::protocol::{Allowed, Facts, Message};
use crate::transfers::{Desk, Place};

#[derive(Default)]
pub struct TestDesk {
    pub linked: bool,
    pub hung_up: bool,
    pub sent: VecDeque<Vec<u8>>,
    /// Numbers of transfers whose streams were opened from here.
    pub opened: VecDeque<u64>,
    /// What the person here is asked, by request.
    pub asked: BTreeMap<u64, Facts>,
    pub busy: bool,
    /// The host still looks through what was picked before a restart.
    pub walks: bool,
    pub numbers: u64,
    pub running: BTreeMap<u64, (Way, u64)>,
    pub held: BTreeSet<u64>,
    /// What comes in and was last told to stand: begun anew it stands, too.
    pub stood: BTreeSet<u64>,
    pub cancelled: Vec<u64>,
    /// Tokens that nobody goes on with.
    pub discarded: Vec<String>,
    pub progress: Progress,
    pub sources: BTreeMap<String, Facts>,
    pub places: BTreeSet<String>,
    /// Of those, the ones that nobody was asked about.
    pub unasked: BTreeSet<String>,
    pub fails: Option<Error>,
    pub room: u64,
    pub allow: Allowed,
    pub told: Vec<String>,
    pub now_us: u64,
    pub timers: Vec<u64>,
}

impl TestDesk {
    /// As the host hands it in.
    pub fn place_of(&self, token: &str) -> Place {
        let (token, unasked) = (token.to_owned(), self.unasked.contains(token));
        Place { token, name: "Downloads".to_owned(), unasked }
    }

    fn next(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }
}

impl Desk for TestDesk {
    fn tell(&mut self, message: &Message) -> bool {
        if self.linked {
            self.sent.push_back(message.encode());
        }
        self.linked
    }
    fn hang_up(&mut self) {
        (self.linked, self.hung_up) = (false, true);
    }
    fn ask(&mut self, facts: &Facts) -> Result<u64, Error> {
        if self.busy {
            return Err(Error::Busy);
        }
        let request = self.next();
        self.asked.insert(request, facts.clone());
        Ok(request)
    }
    fn withdraw(&mut self, request: u64) {
        self.asked.remove(&request);
    }
    fn send(&mut self, item: &Item) -> Result<u64, Error> {
        if let Some(error) = self.fails {
            return Err(error);
        }
        assert!(self.sources.contains_key(&item.token), "sent without a source");
        let transfer = self.next();
        self.running.insert(transfer, (Way::Out, item.id));
        self.opened.push_back(item.id);
        Ok(transfer)
    }
    fn receive(&mut self, item: &Item) -> Result<u64, Error> {
        if let Some(error) = self.fails {
            return Err(error);
        }
        assert!(self.places.contains(&item.token), "received without a person's word");
        let transfer = self.next();
        self.running.insert(transfer, (Way::In, item.id));
        self.held.extend(self.stood.contains(&item.id).then_some(transfer));
        Ok(transfer)
    }
    fn place(&mut self, token: &str) -> Option<Place> {
        self.places.contains(token).then(|| self.place_of(token))
    }
    fn facts(&mut self, token: &str) -> Result<Facts, Error> {
        if self.walks { Err(Error::Busy) } else { self.sources.get(token).cloned().ok_or(Error::Gone) }
    }
    fn pause(&mut self, transfer: u64, on: bool) {
        let come_in = self.running.get(&transfer).filter(|(way, _)| *way == Way::In).map(|(_, id)| *id);
        if on {
            self.held.insert(transfer);
            self.stood.extend(come_in);
        } else {
            self.held.remove(&transfer);
            self.stood.retain(|id| Some(*id) != come_in);
        }
    }
    fn cancel(&mut self, transfer: u64) {
        self.cancelled.push(transfer);
    }
    fn progress(&mut self, _transfer: u64) -> Option<Progress> {
        Some(self.progress.clone())
    }
    fn stop(&mut self, way: Way, id: u64) {
        self.running.retain(|_, of| *of != (way, id));
    }
    fn forget(&mut self, way: Way, id: u64) {
        self.stop(way, id);
    }
    fn discard(&mut self, token: &str) {
        self.sources.remove(token);
        self.places.remove(token);
        self.discarded.push(token.to_owned());
    }
    fn room(&mut self, _token: &str) -> Option<u64> {
        Some(self.room)
    }
    fn ask_to_allow(&mut self) -> Allowed {
        self.allow
    }
    fn notify(&mut self, line: &str) {
        self.told.push(line.to_owned());
    }
    fn random(&mut self) -> u64 {
        1000 + self.next()
    }
    fn now_us(&mut self) -> u64 {
        self.now_us
    }
    fn wake_after_us(&mut self, _delay_us: u64) -> u64 {
        let timer = self.next();
        self.timers.push(timer);
        timer
    }
    fn changed(&mut self) {}
}
