//! The customer's half towards every rep who is there: each has a half and a window of its own. Mostly there is one. Whose picture
//! has ended since they are gone, and not only their line, is named to everybody who is there.

use lotse_picture::{AWAY_US, Lapsed, menu_name, tell_others};
use lotse_sdk::prelude::*;
use lotse_sdk::ui::Tone;
use std::collections::BTreeMap;

use crate::customer::Customer;
use crate::seat::HostSeat;

#[derive(Default)]
pub struct Seats {
    seats: BTreeMap<ParticipantId, (Customer, HostSeat)>,
    lapsed: Lapsed,
}

impl Seats {
    /// A rep came, or came back. Of those who left only their own half waits for them.
    pub fn joined(&mut self, who: Participant) {
        self.lapsed.back(who.id);
        self.seats.retain(|id, (_, seat)| *id == who.id || seat.rep.is_some());
        let (_, seat) = self.seats.entry(who.id).or_insert_with(|| (Customer::new(), HostSeat::default()));
        seat.rep = Some(who);
    }

    /// The rep is gone, or only their line for a moment.
    pub fn left(&mut self, who: ParticipantId) {
        let Some((customer, seat)) = self.of(who) else { return };
        let name = seat.rep.take().map(|rep| rep.name).unwrap_or_default();
        seat.control.close();
        customer.handle_disconnected(seat);
        if customer.take_lapsed() {
            self.lapsed.left(who, &name, session::wake_after_us(AWAY_US));
        }
    }

    /// A timer rings: somebody whose screen was watched does not come back. That is named to all who are there.
    pub fn woke(&mut self, timer: u64) {
        if let Some((who, name)) = self.lapsed.woke(timer)
            && tell_others(who, &name)
        {
            let watches = self.seats.values().any(|(customer, _)| customer.watching());
            let line = format!("{name} {}", shows_nothing(watches));
            ui::notify(menu_name(), &line, &settings([("tone", Tone::Plain.name().into())]));
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
        let watching = self.seats.values().any(|(customer, _)| customer.watching());
        self.find(|customer, _| customer.watching() || !watching)
    }

    /// The half whose picture is the only one that is watched.
    pub fn only_watched(&self) -> Option<&Customer> {
        let mut watched = self.seats.values().map(|(customer, _)| customer).filter(|customer| customer.watching());
        watched.next().filter(|_| watched.next().is_none())
    }

    fn find(&mut self, is: impl Fn(&Customer, &HostSeat) -> bool) -> Option<(&mut Customer, &mut HostSeat)> {
        let (customer, seat) = self.seats.values_mut().find(|(customer, seat)| is(customer, seat))?;
        Some((customer, seat))
    }
}

/// Of a rep who is gone. Whoever watches another's screen need not be told that there could be one.
fn shows_nothing(watches: bool) -> &'static str {
    if watches {
        text("is no longer here and shows you nothing any more.", "ist nicht mehr da und zeigt Ihnen nichts mehr.")
    } else {
        text(
            "is no longer here and shows you nothing any more. Whoever helps you now can show their screen.",
            "ist nicht mehr da und zeigt Ihnen nichts mehr. Wer Ihnen jetzt hilft, kann den eigenen Bildschirm zeigen.",
        )
    }
}
