//! Screen sharing: the rep sees the customer's screen and, if allowed, steers it. Runs on both sides.
//!
//! `rep` and `customer` are the two halves as state machines; `console` and `desk` do what they want on the real host.
//! This file hands events to the half that runs here. It fails closed: a half that ends takes its streams with it, and
//! the other half then shows nothing and lets go of every key.

mod console;
mod customer;
mod customer_view;
mod desk;
mod desks;
#[cfg(test)]
mod halves_tests;
mod ids;
mod pointer;
mod preferences;
mod protocol;
mod rep;
mod rep_view;

use lotse_picture::{ENDED, Link, Quality, SCREEN, Scale, SnapshotTo};
use lotse_sdk::prelude::*;
use lotse_sdk::{Broken, storage};

use crate::console::HostConsole;
use crate::desks::Desks;
use crate::preferences::Preferences;
use crate::protocol::{MESSAGE_BYTES_MAX, Motion, Report, Request};
use crate::rep::{Console, Rep};

/// Label of the stream for everything but the picture.
const CONTROL: &str = "control";

#[allow(clippy::large_enum_variant, reason = "there is one of it, and it stays where it is")]
enum ScreenSharing {
    Rep(Rep, HostConsole),
    Customer(Desks),
}
use ScreenSharing as Half;

impl Plugin for ScreenSharing {
    fn init(_restored: Option<Vec<u8>>) -> Self {
        ui::invalidate();
        match session::me().role {
            Role::Rep => {
                let mut rep = Rep::new(kept_preferences().unwrap_or(Preferences::DEFAULT));
                rep.look_on(session::looks_on());
                Half::Rep(rep, HostConsole::default())
            }
            Role::Customer => Half::Customer(Desks::default()),
        }
    }

    fn joined(&mut self, who: Participant) {
        match self {
            Half::Rep(rep, console) if who.role == Role::Customer => {
                console.customer = Some(who);
                console.control.close();
                rep.look_on(session::looks_on());
                rep.handle_joined(console);
            }
            Half::Rep(..) => {}
            Half::Customer(desks) => desks.joined(who.id),
        }
    }

    fn left(&mut self, who: ParticipantId) {
        match self {
            Half::Rep(rep, console) if console.customer.as_ref().is_some_and(|customer| customer.id == who) => {
                console.customer = None;
                console.control.close();
                rep.handle_left(console);
            }
            Half::Rep(..) => {}
            Half::Customer(desks) => desks.left(who),
        }
    }

    fn link(&mut self, who: ParticipantId, state: Settings) {
        if let Half::Customer(desks) = self
            && let Some((customer, desk)) = desks.of(who)
            && let Some(name) = state.text("state")
        {
            customer.handle_link(Link::from_name(name), desk);
        }
    }

    fn woke(&mut self, token: u64) {
        match self {
            Half::Rep(rep, console) => rep.handle_woke(token, console),
            Half::Customer(desks) => desks.woke(token),
        }
    }
}

impl Channels for ScreenSharing {
    fn opened(&mut self, peer: ParticipantId, label: String, incoming: Stream) {
        match self {
            Half::Rep(rep, console) => {
                let from_customer = console.customer.as_ref().is_some_and(|customer| customer.id == peer);
                if label == ENDED && from_customer {
                    return console.ended.opened(incoming);
                }
                // A picture that nobody asked for opens no window.
                if label == SCREEN && from_customer && rep.wanted() && console.present(incoming, rep.window()).is_err()
                {
                    console.tell(
                        text("The picture cannot be shown here.", "Das Bild kann hier nicht gezeigt werden."),
                        false,
                    );
                    rep.stop(console);
                }
            }
            Half::Customer(desks) if label == CONTROL => {
                desks.connect(peer, Messages::on(incoming, MESSAGE_BYTES_MAX));
            }
            Half::Customer(..) => {}
        }
    }

    fn data(&mut self, stream: u64, bytes: Vec<u8>) {
        match self {
            Half::Rep(rep, console) => {
                if let Some(whose) = console.ended.received(stream, &bytes) {
                    rep.handle_ended_elsewhere(&whose, console);
                }
                match console.control.received(stream, &bytes, |of| Report::parse(&of)) {
                    Ok(reports) => reports.into_iter().for_each(|report| rep.handle(report, console)),
                    Err(Broken) => rep.handle_disconnected(console),
                }
            }
            Half::Customer(desks) => {
                let Some((customer, desk)) = desks.of_stream(stream) else {
                    return;
                };
                match desk.control.received(stream, &bytes, |of| Request::parse(&of)) {
                    Ok(requests) => requests.into_iter().for_each(|request| customer.handle(request, desk)),
                    Err(Broken) => customer.handle_disconnected(desk),
                }
            }
        }
    }

    fn writable(&mut self, stream: u64) {
        match self {
            Half::Rep(rep, console) => {
                if !console.writable(stream) {
                    rep.handle_disconnected(console);
                }
            }
            Half::Customer(desks) => {
                if let Some((customer, desk)) = desks.of_stream(stream)
                    && desk.control.writable(stream).is_err()
                {
                    customer.handle_disconnected(desk);
                }
            }
        }
    }

    fn closed(&mut self, stream: u64, _complete: bool) {
        match self {
            Half::Rep(rep, console) => {
                console.ended.closed(stream);
                if console.control.closed(stream) {
                    rep.handle_disconnected(console);
                }
            }
            Half::Customer(desks) => {
                if let Some((customer, desk)) = desks.of_stream(stream)
                    && desk.control.closed(stream)
                {
                    customer.handle_disconnected(desk);
                }
            }
        }
    }

    fn datagram(&mut self, peer: ParticipantId, bytes: Vec<u8>) {
        if let Half::Customer(desks) = self
            && let Some((customer, desk)) = desks.of(peer)
            && let Some(motion) = Motion::parse(&bytes)
        {
            customer.handle_motion(motion, desk);
        }
    }
}

impl Consents for ScreenSharing {
    fn granted(&mut self, capability: &str) {
        if let Half::Customer(desks) = self {
            desks.all().for_each(|(customer, desk)| customer.handle_granted(capability, desk));
        }
    }

    fn revoked(&mut self, capability: &str) {
        if let Half::Customer(desks) = self {
            desks.all().for_each(|(customer, desk)| customer.handle_revoked(capability, desk));
        }
    }
}

impl Screens for ScreenSharing {
    fn displays_changed(&mut self) {
        if let Half::Customer(desks) = self {
            desks.all().for_each(|(customer, desk)| customer.handle_displays_changed(desk));
        }
    }

    fn stalled(&mut self, capture: u64, reason: String) {
        if let Half::Customer(desks) = self {
            session::log(Level::Warn, &format!("the capture ended: {reason}"));
            desks.all().for_each(|(customer, desk)| customer.handle_stalled(capture, desk));
        }
    }
}

impl ScreenSharing {
    /// The rep's half, if the event is of its window.
    fn of_window(&mut self, surface: u64) -> Option<(&mut Rep, &mut HostConsole)> {
        match self {
            Half::Rep(rep, console) if console.is_window(surface) => Some((rep, console)),
            Half::Rep(..) | Half::Customer(..) => None,
        }
    }
}

impl Surfaces for ScreenSharing {
    fn pointer(&mut self, surface: u64, at: Point, buttons: u32, wheel: Point) {
        if let Some((rep, console)) = self.of_window(surface) {
            rep.handle_pointer(at, buttons, wheel, console);
        }
    }

    fn key(&mut self, surface: u64, physical: u32, down: bool) {
        if let Some((rep, console)) = self.of_window(surface) {
            rep.handle_key(physical, down, console);
        }
    }

    fn text(&mut self, surface: u64, entered: String) {
        if let Some((rep, console)) = self.of_window(surface) {
            rep.handle_text(entered, console);
        }
    }

    fn changed(&mut self, surface: u64, what: Settings) {
        let Some((rep, console)) = self.of_window(surface) else {
            return;
        };
        rep.handle_window(what.text("scale").and_then(Scale::from_name), what.flag("full-screen"), console);
        if let Some(number) = what.number("hotkey") {
            rep.handle_hotkey(number, console);
        }
    }

    fn snapshot(&mut self, surface: u64, to: String, outcome: Result<String, Error>) {
        let Some((_, console)) = self.of_window(surface) else {
            return;
        };
        match outcome {
            Ok(path) if to == SnapshotTo::File.name() => {
                console.tell(&format!("{} {path}", text("Screenshot saved:", "Bildschirmfoto gesichert:")), true);
            }
            Ok(_) => console.tell(text("Screenshot copied.", "Bildschirmfoto kopiert."), true),
            Err(_) => console
                .tell(text("The screenshot could not be taken.", "Das Bildschirmfoto ist nicht gelungen."), false),
        }
    }

    fn closed(&mut self, surface: u64) {
        if let Some((rep, console)) = self.of_window(surface) {
            rep.handle_closed(console);
        }
    }
}

impl Ui for ScreenSharing {
    fn render(&mut self, place: Place) -> Option<Node> {
        match self {
            Half::Rep(rep, _) => rep_view::render(rep, place),
            Half::Customer(desks) if place == Place::Menu => desks.menu(),
            Half::Customer(..) => None,
        }
    }

    fn action(&mut self, node: &str, what: Settings) {
        match self {
            Half::Rep(rep, console) => act(rep, console, node, &what),
            // The customer's word is for everybody.
            Half::Customer(desks) => match node {
                ids::STOP => desks.all().for_each(|(customer, desk)| customer.stop_here(desk)),
                ids::SHOW => desks.all().for_each(|(customer, desk)| customer.show_here(desk)),
                _ => {}
            },
        }
    }
}

fn kept_preferences() -> Option<Preferences> {
    storage::get(preferences::KEY).and_then(|bytes| Preferences::parse(&bytes))
}

/// What the rep did with a node. A toggle without `on` is turned over, so that scripts need not know its state.
fn act(rep: &mut Rep, console: &mut HostConsole, node: &str, what: &Settings) {
    let on = |now: bool| what.flag("on").unwrap_or(!now);
    let chosen = what.text("choice").unwrap_or_default();
    match node {
        ids::SHOW => rep.show(console),
        ids::STOP => rep.stop(console),
        ids::CONTROL => rep.set_control(on(rep.control_wanted()), console),
        ids::PAUSE => rep.set_paused(on(rep.paused()), console),
        ids::SHOT_FILE => rep.snapshot(SnapshotTo::File, console),
        ids::SHOT_CLIPBOARD => rep.snapshot(SnapshotTo::Clipboard, console),
        ids::FULL_SCREEN => rep.set_full_screen(on(rep.window().full_screen), console),
        ids::PASS_SYSTEM_KEYS => {
            let now = rep.preferences();
            let pass_system_keys = on(now.pass_system_keys);
            // The other one may have been changed in another session meanwhile.
            rep.set_preferences(Preferences { pass_system_keys, ..kept_preferences().unwrap_or(now) }, console);
        }
        ids::HOTKEYS => {
            let now = rep.preferences();
            let hotkeys = on(now.hotkeys);
            rep.set_preferences(Preferences { hotkeys, ..kept_preferences().unwrap_or(now) }, console);
        }
        ids::MONITOR => chosen.parse().into_iter().for_each(|display| rep.set_display(display, console)),
        ids::SCALE => Scale::from_name(chosen).into_iter().for_each(|scale| rep.set_scale(scale, console)),
        ids::QUALITY => Quality::from_name(chosen).into_iter().for_each(|quality| rep.set_quality(quality, console)),
        _ => {}
    }
}

plugin!(ScreenSharing: Channels, Consents, Screens, Surfaces, Ui);
