//! The customer's half towards every rep who is there: each has a half and a window of its own. Mostly there is one.

use lotse_picture::{menu_name, tell_others};
use lotse_sdk::prelude::*;
use lotse_sdk::ui::Tone;
use std::collections::BTreeMap;

use crate::customer::Customer;
use crate::seat::HostSeat;

#[derive(Default)]
pub struct Seats(BTreeMap<ParticipantId, (Customer, HostSeat)>);

impl Seats {
    /// A rep came, or came back. Of those who left only their own half waits for them.
    pub fn joined(&mut self, who: Participant) {
        self.0.retain(|id, (_, seat)| *id == who.id || seat.rep.is_some());
        let (_, seat) = self.0.entry(who.id).or_insert_with(|| (Customer::new(), HostSeat::default()));
        seat.rep = Some(who);
    }

    /// The rep is gone. While others are there, what the customer does not see any more is named to all of them.
    pub fn left(&mut self, who: ParticipantId) {
        let Some((customer, seat)) = self.of(who) else { return };
        let name = seat.rep.take().map(|rep| rep.name).unwrap_or_default();
        seat.control.close();
        customer.handle_disconnected(seat);
        if customer.take_lapsed() && tell_others(who, &name) {
            let line = text(
                "has left and shows you nothing any more. Whoever helps you now can show their screen.",
                "ist nicht mehr da und zeigt Ihnen nichts mehr. Wer Ihnen jetzt hilft, kann den eigenen Bildschirm zeigen.",
            );
            ui::notify(menu_name(), &format!("{name} {line}"), &settings([("tone", Tone::Plain.name().into())]));
        }
    }

    /// The half towards one rep, if they are there.
    pub fn of(&mut self, who: ParticipantId) -> Option<(&mut Customer, &mut HostSeat)> {
        self.find(|_, seat| seat.rep.as_ref().is_some_and(|rep| rep.id == who))
    }

    /// The half whose control stream this is.
    pub fn of_stream(&mut self, stream: u64) -> Option<(&mut Customer, &mut HostSeat)> {
        self.find(|_, seat| seat.control.carries(stream))
    }

    /// The half whose window this is.
    pub fn of_window(&mut self, surface: u64) -> Option<(&mut Customer, &mut HostSeat)> {
        self.find(|_, seat| seat.window.is(surface))
    }

    /// The half that the menu is about: what is watched, before what is not.
    pub fn at_hand(&mut self) -> Option<(&mut Customer, &mut HostSeat)> {
        let watching = self.0.values().any(|(customer, _)| customer.watching());
        self.find(|customer, _| customer.watching() || !watching)
    }

    /// The half whose picture is the only one that is watched.
    pub fn only_watched(&self) -> Option<&Customer> {
        let mut watched = self.0.values().map(|(customer, _)| customer).filter(|customer| customer.watching());
        watched.next().filter(|_| watched.next().is_none())
    }

    fn find(&mut self, is: impl Fn(&Customer, &HostSeat) -> bool) -> Option<(&mut Customer, &mut HostSeat)> {
        let (customer, seat) = self.0.values_mut().find(|(customer, seat)| is(customer, seat))?;
        Some((customer, seat))
    }
}
