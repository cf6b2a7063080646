//! The customer's half towards every rep who is there: each has a half of its own, and what the customer says holds for all.
//!
//! Mostly there is one. Whoever comes later sees nothing by that alone: they ask as the first did, and what the customer has
//! stopped waits for the customer's word, whoever asks. Whose picture has ended since they are gone, and not only their line, is
//! named to everybody who is there.

use lotse_picture::{AWAY_US, Lapsed, tell_others};
use lotse_sdk::prelude::*;
use lotse_sdk::ui::Tone;
use std::collections::BTreeMap;

use crate::customer::Customer;
use crate::customer_view;
use crate::desk::HostDesk;

/// Halves that are kept: those of reps who are there, and the newest of those who may come back.
const DESKS_MAX: usize = 8;

struct Seat {
    name: String,
    customer: Customer,
    desk: HostDesk,
}

#[derive(Default)]
pub struct Desks {
    seats: BTreeMap<ParticipantId, Seat>,
    lapsed: Lapsed,
}

impl Desks {
    /// The half towards one rep, if there is one.
    pub fn of(&mut self, who: ParticipantId) -> Option<(&mut Customer, &mut HostDesk)> {
        let Seat { customer, desk, .. } = self.seats.get_mut(&who)?;
        (desk.rep == Some(who)).then_some((customer, desk))
    }

    /// The half whose control stream this is.
    pub fn of_stream(&mut self, stream: u64) -> Option<(&mut Customer, &mut HostDesk)> {
        let seat = self.seats.values_mut().find(|seat| seat.desk.control.carries(stream))?;
        Some((&mut seat.customer, &mut seat.desk))
    }

    /// Every half.
    pub fn all(&mut self) -> impl Iterator<Item = (&mut Customer, &mut HostDesk)> {
        self.seats.values_mut().map(|seat| (&mut seat.customer, &mut seat.desk))
    }

    /// A rep's half has opened its control stream.
    pub fn connect(&mut self, who: ParticipantId, control: Messages) {
        let stopped = self.seats.values().any(|seat| seat.customer.is_stopped_here());
        while self.seats.len() >= DESKS_MAX && !self.seats.contains_key(&who) {
            let gone = self.seats.iter().find(|(_, seat)| seat.desk.rep.is_none()).map(|(who, _)| *who);
            let Some(gone) = gone else { return };
            self.seats.remove(&gone);
        }
        let seat = self.seats.entry(who).or_insert_with(|| {
            let name = session::others().into_iter().find(|other| other.id == who).map(|other| other.name);
            let customer = if stopped { Customer::stopped() } else { Customer::new() };
            Seat { name: name.unwrap_or_default(), customer, desk: HostDesk::default() }
        });
        seat.desk.rep = Some(who);
        seat.desk.control.set(Some(control));
        seat.customer.set_observing(session::observing(who));
        seat.customer.handle_connected(&mut seat.desk);
    }

    /// A rep came, or came back.
    pub fn joined(&mut self, who: ParticipantId) {
        self.lapsed.back(who);
    }

    /// The rep is gone, or only their line for a moment.
    pub fn left(&mut self, who: ParticipantId) {
        let Some(seat) = self.seats.get_mut(&who).filter(|seat| seat.desk.rep == Some(who)) else {
            return;
        };
        seat.desk.rep = None;
        seat.desk.control.close();
        seat.customer.handle_disconnected(&mut seat.desk);
        if seat.customer.take_lapsed() {
            self.lapsed.left(who, &seat.name, session::wake_after_us(AWAY_US));
        }
    }

    /// A timer rings: one of a half's, or somebody who saw the screen does not come back. That is named to all who are there.
    pub fn woke(&mut self, timer: u64) {
        self.all().for_each(|(customer, desk)| customer.handle_woke(timer, desk));
        if let Some((who, name)) = self.lapsed.woke(timer)
            && tell_others(who, &name)
        {
            let line = format!("{name} {}", text("no longer sees your screen.", "sieht Ihren Bildschirm nicht mehr."));
            ui::notify(&line, &self.who_sees(), &settings([("tone", Tone::Plain.name().into())]));
        }
    }

    /// Who sees the screen still, or how somebody comes to see it.
    fn who_sees(&self) -> String {
        let sees = self.seats.values().filter(|seat| seat.customer.is_seen()).map(|seat| seat.name.as_str());
        let sees: Vec<&str> = sees.collect();
        let still = match sees.len() {
            0 => {
                let asked = "Er wird wieder gezeigt, wenn ein Mitarbeiter darum bittet.";
                return text("It is shown again when a rep asks for it.", asked).to_owned();
            }
            1 => text("still sees it.", "sieht ihn noch."),
            _ => text("still see it.", "sehen ihn noch."),
        };
        format!("{} {still}", sees.join(", "))
    }

    /// What the customer can do about it: of what waits for their word first.
    pub fn menu(&self) -> Option<Node> {
        let customers = || self.seats.values().map(|seat| &seat.customer);
        let waiting = customers().find(|customer| customer.waits_for_word());
        waiting.into_iter().chain(customers()).find_map(customer_view::menu)
    }
}
