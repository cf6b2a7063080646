//! Share My Screen: the rep shows a display or one window, and the customer watches. Runs on both sides.
//!
//! `rep` and `customer` are the two halves as state machines; `booth` and `seat` do what they want on the real host. This
//! file hands events to the half that runs here. It fails closed: a half that ends takes its streams with it.

mod booth;
mod customer;
#[cfg(test)]
mod halves_tests;
mod ids;
mod protocol;
mod rep;
mod seat;
mod seats;
mod view;

use lotse_picture::{ENDED, Link, Quality, SCREEN, Scale};
use lotse_sdk::prelude::*;
use lotse_sdk::screen::Capture;
use lotse_sdk::{Broken, answer, screen};

use crate::booth::HostBooth;
use crate::customer::Customer;
use crate::protocol::{Answer, Display, MESSAGE_BYTES_MAX, Word};
use crate::rep::{Rep, Stage};
use crate::seat::HostSeat;
use crate::seats::Seats;

/// Label of the stream for everything but the picture.
const CONTROL: &str = "control";

#[allow(clippy::large_enum_variant, reason = "there is one of it, and it stays where it is")]
enum ShareMyScreen {
    Rep(Rep, HostBooth),
    Customer(Seats),
}
use ShareMyScreen as Half;

impl Plugin for ShareMyScreen {
    fn init(_restored: Option<Vec<u8>>) -> Self {
        ui::invalidate();
        match session::me().role {
            Role::Rep => {
                let mut rep = Rep::new();
                rep.look_on(session::looks_on());
                Half::Rep(rep, HostBooth::default())
            }
            Role::Customer => Half::Customer(Seats::default()),
        }
    }

    fn joined(&mut self, who: Participant) {
        match self {
            Half::Rep(rep, booth) if who.role == Role::Customer => {
                booth.customer = Some(who);
                booth.control.close();
                rep.look_on(session::looks_on());
                rep.handle_joined(booth);
            }
            Half::Customer(seats) if who.role == Role::Rep && !session::observing(who.id) => seats.joined(who),
            Half::Rep(..) | Half::Customer(..) => {}
        }
    }

    fn left(&mut self, who: ParticipantId) {
        match self {
            Half::Rep(rep, booth) if booth.customer.as_ref().is_some_and(|customer| customer.id == who) => {
                booth.customer = None;
                booth.control.close();
                rep.handle_left(booth);
            }
            Half::Rep(..) => {}
            Half::Customer(seats) => seats.left(who),
        }
    }

    fn link(&mut self, who: ParticipantId, state: Settings) {
        if let Half::Rep(rep, booth) = self
            && booth.customer.as_ref().is_some_and(|customer| customer.id == who)
            && let Some(name) = state.text("state")
        {
            rep.handle_link(Link::from_name(name), booth);
        }
    }

    fn woke(&mut self, token: u64) {
        match self {
            Half::Rep(rep, booth) => rep.handle_woke(token, booth),
            Half::Customer(seats) => seats.woke(token),
        }
    }
}

impl Channels for ShareMyScreen {
    fn opened(&mut self, peer: ParticipantId, label: String, incoming: Stream) {
        let seats = match self {
            Half::Customer(seats) => seats,
            Half::Rep(_, booth) => {
                if label == ENDED && booth.customer.as_ref().is_some_and(|customer| customer.id == peer) {
                    booth.ended.opened(incoming);
                }
                return;
            }
        };
        if session::observing(peer) {
            return answer(incoming, &Answer::OnlyLooks.encode());
        }
        let Some((customer, seat)) = seats.of(peer) else {
            return;
        };
        match label.as_str() {
            CONTROL => {
                seat.control.set(Some(Messages::on(incoming, MESSAGE_BYTES_MAX)));
                customer.handle_connected(seat);
            }
            // One that was not announced is refused by letting it go.
            SCREEN if customer.expects_picture() => {
                let presented = seat.present(incoming, customer.window());
                customer.handle_picture(presented, seat);
            }
            _ => {}
        }
    }

    fn data(&mut self, stream: u64, bytes: Vec<u8>) {
        match self {
            Half::Rep(rep, booth) => {
                if let Some(whose) = booth.ended.received(stream, &bytes) {
                    rep.handle_ended_elsewhere(&whose, booth);
                }
                match booth.control.received(stream, &bytes, |of| Answer::parse(&of)) {
                    Ok(answers) => answers.into_iter().for_each(|answer| rep.handle(answer, booth)),
                    Err(Broken) => rep.handle_disconnected(booth),
                }
            }
            Half::Customer(seats) => {
                let Some((customer, seat)) = seats.of_stream(stream) else {
                    return;
                };
                match seat.control.received(stream, &bytes, |of| Word::parse(&of)) {
                    Ok(words) => words.into_iter().for_each(|word| customer.handle(word, seat)),
                    Err(Broken) => customer.handle_disconnected(seat),
                }
            }
        }
    }

    fn writable(&mut self, stream: u64) {
        match self {
            Half::Rep(rep, booth) => {
                if booth.control.writable(stream).is_err() {
                    rep.handle_disconnected(booth);
                }
            }
            Half::Customer(seats) => {
                if let Some((customer, seat)) = seats.of_stream(stream)
                    && seat.control.writable(stream).is_err()
                {
                    customer.handle_disconnected(seat);
                }
            }
        }
    }

    fn closed(&mut self, stream: u64, _complete: bool) {
        match self {
            Half::Rep(rep, booth) => {
                booth.ended.closed(stream);
                if booth.control.closed(stream) {
                    rep.handle_disconnected(booth);
                }
            }
            Half::Customer(seats) => {
                if let Some((customer, seat)) = seats.of_stream(stream)
                    && seat.control.closed(stream)
                {
                    customer.handle_disconnected(seat);
                }
            }
        }
    }
}

impl Screens for ShareMyScreen {
    fn displays_changed(&mut self) {
        if let Half::Rep(rep, booth) = self
            && let Stage::Showing { title } = rep.stage()
            && let Some(now) = display_named(title)
        {
            rep.handle_display(now, booth);
        }
    }

    fn stalled(&mut self, capture: u64, reason: String) {
        if let Half::Rep(rep, booth) = self {
            rep.handle_stalled(capture, &reason, booth);
        }
    }
}

/// The display of this name. What was chosen has its display's name or a window's title, and says not which it is.
fn display_named(title: &str) -> Option<Display> {
    let displays = screen::displays().unwrap_or_default();
    let (number, display) = (1..).zip(displays).find(|(_, display)| display.name == title)?;
    Some(Display { number, width: display.area.width, height: display.area.height })
}

impl Showings for ShareMyScreen {
    fn chosen(&mut self, request: u64, what: Option<Capture>, title: String) {
        let Half::Rep(rep, booth) = self else { return };
        // An answer to what an earlier instance asked is nobody's: the capture is let go.
        if booth.request.take_if(|asked| *asked == request).is_none() {
            return;
        }
        let shown = what.is_some().then_some(title);
        if let Some(title) = &shown {
            booth.chosen = what;
            rep.set_display(display_named(title));
        }
        rep.handle_chosen(shown, booth);
    }

    fn hidden(&mut self, capture: u64, on: bool) {
        if let Half::Rep(rep, booth) = self {
            rep.handle_hidden(capture, on, booth);
        }
    }
}

impl ShareMyScreen {
    /// The customer's half, if the event is of its window.
    fn of_window(&mut self, surface: u64) -> Option<(&mut Customer, &mut HostSeat)> {
        match self {
            Half::Customer(seats) => seats.of_window(surface),
            Half::Rep(..) => None,
        }
    }
}

impl Surfaces for ShareMyScreen {
    fn changed(&mut self, surface: u64, what: Settings) {
        if let Some((customer, seat)) = self.of_window(surface) {
            customer.handle_window(what.text("scale").and_then(Scale::from_name), what.flag("full-screen"), seat);
        }
    }

    fn closed(&mut self, surface: u64) {
        if let Some((customer, seat)) = self.of_window(surface) {
            customer.stop_watching(seat);
        }
    }
}

impl Ui for ShareMyScreen {
    fn render(&mut self, place: Place) -> Option<Node> {
        match (self, place) {
            (Half::Rep(rep, _), Place::Menu) => Some(view::of_rep(rep)),
            (Half::Customer(seats), Place::Menu) => {
                seats.at_hand().and_then(|(customer, _)| view::of_customer(customer))
            }
            (Half::Customer(seats), Place::Viewer) => seats.only_watched().and_then(view::over_the_picture),
            (Half::Rep(..), Place::Viewer)
            | (Half::Rep(..) | Half::Customer(..), Place::Chat | Place::Tools | Place::Preferences) => None,
        }
    }

    fn action(&mut self, node: &str, what: Settings) {
        match self {
            Half::Rep(rep, booth) => act(rep, booth, node, &what),
            Half::Customer(seats) => {
                if let Some((customer, seat)) = seats.at_hand() {
                    watch(customer, seat, node, &what);
                }
            }
        }
    }
}

/// What the customer did with a node.
fn watch(customer: &mut Customer, seat: &mut HostSeat, node: &str, what: &Settings) {
    match node {
        ids::STOP_WATCHING => customer.stop_watching(seat),
        ids::SCALE => customer.handle_window(what.text("choice").and_then(Scale::from_name), None, seat),
        ids::FULL_SCREEN => customer.handle_window(None, what.flag("on"), seat),
        _ => {}
    }
}

/// What the rep did with a node. A toggle without `on` is turned over, so that scripts need not know its state.
fn act(rep: &mut Rep, booth: &mut HostBooth, node: &str, what: &Settings) {
    match node {
        ids::SHARE => rep.share(booth),
        ids::STOP => rep.stop(booth),
        ids::PAUSE => rep.set_paused(what.flag("on").unwrap_or(!rep.paused()), booth),
        ids::QUALITY => {
            let chosen = what.text("choice").and_then(Quality::from_name);
            chosen.into_iter().for_each(|quality| rep.set_quality(quality, booth));
        }
        _ => {}
    }
}

plugin!(ShareMyScreen: Channels, Screens, Showings, Surfaces, Ui);
