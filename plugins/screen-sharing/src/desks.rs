//! The customer's half towards every rep who is there: each has a half of its own, and what the customer says holds for all.
//!
//! Mostly there is one. Whoever comes later sees nothing by that alone: they ask as the first did, and what the customer has
//! stopped waits for the customer's word, whoever asks. A picture that ends since its rep has left is named as ended.

use lotse_picture::tell_others;
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
pub struct Desks(BTreeMap<ParticipantId, Seat>);

impl Desks {
    /// The half towards one rep, if there is one.
    pub fn of(&mut self, who: ParticipantId) -> Option<(&mut Customer, &mut HostDesk)> {
        let Seat { customer, desk, .. } = self.0.get_mut(&who)?;
        (desk.rep == Some(who)).then_some((customer, desk))
    }

    /// The half whose control stream this is.
    pub fn of_stream(&mut self, stream: u64) -> Option<(&mut Customer, &mut HostDesk)> {
        let seat = self.0.values_mut().find(|seat| seat.desk.control.carries(stream))?;
        Some((&mut seat.customer, &mut seat.desk))
    }

    /// Every half.
    pub fn all(&mut self) -> impl Iterator<Item = (&mut Customer, &mut HostDesk)> {
        self.0.values_mut().map(|seat| (&mut seat.customer, &mut seat.desk))
    }

    /// A rep's half has opened its control stream.
    pub fn connect(&mut self, who: ParticipantId, control: Messages) {
        let stopped = self.0.values().any(|seat| seat.customer.is_stopped_here());
        while self.0.len() >= DESKS_MAX && !self.0.contains_key(&who) {
            let gone = self.0.iter().find(|(_, seat)| seat.desk.rep.is_none()).map(|(who, _)| *who);
            let Some(gone) = gone else { return };
            self.0.remove(&gone);
        }
        let seat = self.0.entry(who).or_insert_with(|| {
            let name = session::others().into_iter().find(|other| other.id == who).map(|other| other.name);
            let customer = if stopped { Customer::stopped() } else { Customer::new() };
            Seat { name: name.unwrap_or_default(), customer, desk: HostDesk::default() }
        });
        seat.desk.rep = Some(who);
        seat.desk.control.set(Some(control));
        seat.customer.set_observing(session::observing(who));
        seat.customer.handle_connected(&mut seat.desk);
    }

    /// The rep is gone. While others are there, what they do not see any more is named to all of them.
    pub fn left(&mut self, who: ParticipantId) {
        let Some(seat) = self.0.get_mut(&who).filter(|seat| seat.desk.rep == Some(who)) else {
            return;
        };
        seat.desk.rep = None;
        seat.desk.control.close();
        seat.customer.handle_disconnected(&mut seat.desk);
        if seat.customer.take_lapsed() && tell_others(who, &seat.name) {
            let line =
                text("Your screen is not shown to this rep any more:", "Ihr Bildschirm wird nicht mehr gezeigt:");
            let next = text(
                "It is shown again when a rep asks for it.",
                "Er wird wieder gezeigt, wenn ein Mitarbeiter darum bittet.",
            );
            ui::notify(&format!("{line} {}", seat.name), next, &settings([("tone", Tone::Plain.name().into())]));
        }
    }

    /// What the customer can do about it: of what waits for their word first.
    pub fn menu(&self) -> Option<Node> {
        let customers = || self.0.values().map(|seat| &seat.customer);
        let waiting = customers().find(|customer| customer.waits_for_word());
        waiting.into_iter().chain(customers()).find_map(customer_view::menu)
    }
}
