//! Events of one session, as either side sees it.

use super::{Event, names};
use lotse_engine::view::{Choosing, Obstacle, PresentRep, Problem, PromptKind, SessionState, ShowOffer, View};
use serde_json::{Value, json};
use std::sync::Arc;

/// Remembers the view it was last shown.
#[derive(Debug, Default)]
pub struct SessionEvents {
    last: Arc<View>,
    /// The first view is news as a whole.
    begun: bool,
}

impl SessionEvents {
    /// What is new in `view`.
    pub fn diff(&mut self, view: &Arc<View>) -> Vec<Event> {
        let mut events = Vec::new();
        let last = std::mem::replace(&mut self.last, view.clone());
        if !self.begun || last.state != view.state {
            state(&last, view, self.begun, &mut events);
        }
        self.begun = true;
        if view.peer != last.peer || view.peer_system != last.peer_system {
            events.push(
                Event::new("peer")
                    .with("name", view.peer.as_str())
                    .with("system", view.peer_system.as_str())
                    .with("account", view.account.as_str()),
            );
        }
        if (&view.question, &view.portal) != (&last.question, &last.portal) {
            events.push(Event::new("asked").with("portal", view.portal.as_str()).with("text", view.question.as_str()));
        }
        if view.safety_code != last.safety_code && !view.safety_code.is_empty() {
            events.push(Event::new("safety-code").with("code", view.safety_code.as_str()));
        }
        if view.reps != last.reps {
            let rep = |rep: &PresentRep| json!({ "name": rep.name, "observing": rep.observing, "you": rep.you });
            events.push(Event::new("reps").with("reps", view.reps.iter().map(rep).collect::<Vec<_>>()));
        }
        if view.developer && !last.developer {
            events.push(Event::new("developer-mode"));
        }
        if view.paused != last.paused {
            events.push(Event::new("paused").with("on", view.paused));
        }
        // A countdown's ticking is no event.
        let restart = names::restart(view.restart);
        if restart != names::restart(last.restart) {
            events.push(Event::new("restart").with("state", restart));
        }
        link(&last, view, &mut events);
        if view.obstacle != last.obstacle {
            events.push(obstacle_event(view.obstacle.as_ref()));
        }
        consents(&last, view, &mut events);
        plugins(&last, view, &mut events);
        surfaces(&last, view, &mut events);
        choosing(last.choosing.as_ref(), view.choosing.as_ref(), &mut events);
        showing(&last, view, &mut events);
        super::files::diff(&last, view, &mut events);
        boards(&last, view, &mut events);
        for notice in view.notices.iter().filter(|notice| !last.notices.iter().any(|old| old.id == notice.id)) {
            let event = Event::new("notice").with("tone", names::tone(notice.tone));
            let event = event.with("title", notice.title.as_str()).with("body", notice.body.as_str());
            events.push(event.with("from", notice.from.as_deref().unwrap_or("")));
        }
        audit(&last, view, &mut events);
        let session = view.session.map(|id| id.to_string()).unwrap_or_default();
        events.into_iter().map(|event| event.with("session", session.as_str())).collect()
    }
}

/// A countdown's ticking is no event, but its beginning is.
fn state(last: &View, view: &View, begun: bool, events: &mut Vec<Event>) {
    if let (SessionState::Lost { .. }, SessionState::Lost { .. }, true) = (&last.state, &view.state, begun) {
        return;
    }
    let event = Event::new("session-state").with("state", names::state(&view.state));
    match &view.state {
        SessionState::Waiting | SessionState::AwaitingConsent | SessionState::Active => events.push(event),
        SessionState::Connecting { step } => events.push(event.with("step", names::step(*step))),
        SessionState::Lost { seconds_left } => events.push(event.with("seconds_left", *seconds_left)),
        SessionState::Ended { reason } => {
            events.push(event);
            events.push(Event::new("ended").with("reason", names::end(*reason)));
        }
        SessionState::Failed { problem } => {
            events.push(event);
            events.push(problem_event("failed", problem));
        }
    }
}

/// A problem by its name, with the figures and words that belong to it.
pub(super) fn problem_event(name: &'static str, problem: &Problem) -> Event {
    let event = Event::new(name).with("problem", names::problem(problem));
    match problem {
        Problem::RelayUnreachable { detail }
        | Problem::Incompatible { detail }
        | Problem::Refused { detail }
        | Problem::Plugins { detail }
        | Problem::Other { detail } => event.with("detail", detail.as_str()),
        Problem::CodeWrong { attempts_left } => event.with("attempts_left", *attempts_left),
        Problem::TooManyAttempts { wait_s } => event.with("wait_s", *wait_s),
        Problem::RelayNotTrusted
        | Problem::CodeUnknown
        | Problem::CodeExpired
        | Problem::CodeUsed
        | Problem::CodeVoid
        | Problem::RepGone
        | Problem::RepBusy
        | Problem::KeysDiffer => event,
    }
}

/// Only when quality or cause change: the round trip does all the time.
fn link(last: &View, view: &View, events: &mut Vec<Event>) {
    let (old, new) = (&last.link, &view.link);
    if old.quality != new.quality || old.cause != new.cause {
        let event =
            Event::new("link").with("quality", names::quality(new.quality)).with("cause", names::cause(new.cause));
        events.push(event.with("round_trip_us", new.round_trip_us));
    }
}

fn obstacle_event(obstacle: Option<&Obstacle>) -> Event {
    let event = Event::new("obstacle").with("what", names::obstacle(obstacle));
    match obstacle {
        Some(Obstacle::NoAnswer { relay }) => event.with("relay", relay.to_string()),
        Some(Obstacle::Other { detail }) => event.with("detail", detail.as_str()),
        Some(Obstacle::RelayFull | Obstacle::TicketRefused) | None => event,
    }
}

fn consents(last: &View, view: &View, events: &mut Vec<Event>) {
    for consent in view.consents.iter().filter(|consent| !last.consents.contains(consent)) {
        events.push(
            Event::new("consent")
                .with("access", names::access(consent.access))
                .with("state", names::consent(consent.state)),
        );
    }
    match &view.prompt {
        Some(prompt) if last.prompt.as_ref().map(|old| old.id) != Some(prompt.id) => {
            let event = Event::new("prompt").with("id", prompt.id);
            events.push(match &prompt.kind {
                PromptKind::Begin { rep, account } => {
                    event.with("kind", "begin").with("rep", rep.as_str()).with("account", account.as_str())
                }
                PromptKind::Beside { rep, account, from, purpose } => event
                    .with("kind", "beside")
                    .with("rep", rep.as_str())
                    .with("account", account.as_str())
                    .with("from_rep", from.as_str())
                    .with("purpose", purpose.name()),
                PromptKind::Access { access, plugin, signer, reason } => event
                    .with("kind", "access")
                    .with("access", names::access(*access))
                    .with("plugin", plugin.as_str())
                    .with("signer", signer.as_ref().map_or("", |signer| signer.key.as_str()))
                    .with("publisher", signer.as_ref().and_then(|signer| signer.publisher.as_deref()).unwrap_or(""))
                    .with("reason", reason.as_str()),
            });
        }
        Some(_) | None => {}
    }
}

fn plugins(last: &View, view: &View, events: &mut Vec<Event>) {
    for plugin in &view.plugins {
        let old = last.plugins.iter().find(|old| old.id == plugin.id);
        if old.is_none_or(|old| old.state != plugin.state) {
            let (state, why) = names::plugin(&plugin.state);
            let event = Event::new("plugin")
                .with("plugin", plugin.id.as_str())
                .with("version", plugin.version.as_str())
                .with("state", state);
            events.push(if why.is_empty() { event } else { event.with("why", why) });
        }
    }
}

/// Lines of the audit log since the last view. What was dropped in between is counted.
fn audit(last: &View, view: &View, events: &mut Vec<Event>) {
    let told = last.audit.last().map_or(0, |line| line.id);
    let mut next = told + 1;
    for line in view.audit.iter().filter(|line| line.id > told) {
        if line.id > next {
            events.push(Event::new("audit").with("kind", "lost").with("lines", line.id - next));
        }
        next = line.id + 1;
        events.push(
            Event::new("audit")
                .with("kind", names::audit(line.kind))
                .with("plugin", line.plugin.as_str())
                .with("about", line.about.as_str())
                .with("text", line.text.as_str()),
        );
    }
}

/// What can be chosen to be shown, again when more was found; small pictures are none of a script's business.
fn choosing(last: Option<&Choosing>, now: Option<&Choosing>, events: &mut Vec<Event>) {
    let sources = |of: &Choosing| -> Vec<Value> { of.offers.iter().map(offered).collect() };
    match (last, now) {
        (Some(last), None) => {
            events.push(Event::new("showing-choice").with("request", last.request).with("state", "over"));
        }
        (_, Some(now)) => {
            let same = |last: &Choosing| {
                (last.request, last.complete) == (now.request, now.complete) && sources(last) == sources(now)
            };
            if !last.is_some_and(same) {
                let state = if now.complete { "complete" } else { "looking" };
                let event = Event::new("showing-choice").with("request", now.request).with("state", state);
                events.push(event.with("plugin", now.plugin.as_str()).with("sources", sources(now)));
            }
        }
        (None, None) => {}
    }
}

fn offered(offer: &ShowOffer) -> Value {
    json!({
        "source": offer.source.name(),
        "title": offer.title,
        "program": offer.program,
        "width": offer.width,
        "height": offer.height,
    })
}

fn showing(last: &View, view: &View, events: &mut Vec<Event>) {
    for shown in &view.showing {
        let old = last.showing.iter().find(|old| old.source == shown.source);
        if old.is_none_or(|old| old.hidden != shown.hidden) {
            let event = Event::new("showing").with("source", shown.source.name()).with("on", true);
            events.push(event.with("title", shown.title.as_str()).with("hidden", shown.hidden));
        }
    }
    for over in last.showing.iter().filter(|old| !view.showing.iter().any(|shown| shown.source == old.source)) {
        events.push(Event::new("showing").with("source", over.source.name()).with("on", false));
    }
}

/// Each board by what changed of it last: how much is drawn there, and whether the person draws.
fn boards(last: &View, view: &View, events: &mut Vec<Event>) {
    for board in view.boards.iter().filter(|board| !last.boards.contains(board)) {
        let known = last.boards.iter().any(|old| old.id == board.id);
        let event = Event::new("board").with("board", board.id).with("state", if known { "changed" } else { "opened" });
        let event = event.with("here", board.here).with("width", board.width).with("height", board.height);
        events.push(event.with("strokes", board.strokes).with("drawing", board.drawing));
    }
    for gone in last.boards.iter().filter(|old| !view.boards.iter().any(|board| board.id == old.id)) {
        events.push(Event::new("board").with("board", gone.id).with("state", "closed").with("here", gone.here));
    }
}

fn surfaces(last: &View, view: &View, events: &mut Vec<Event>) {
    for surface in &view.surfaces {
        let state = match last.surfaces.iter().find(|old| old.id == surface.id) {
            None => "opened",
            Some(old) if (old.width, old.height) != (surface.width, surface.height) => "resized",
            Some(_) => continue,
        };
        let event = Event::new("surface")
            .with("surface", surface.id)
            .with("state", state)
            .with("plugin", surface.plugin.as_str());
        events.push(event.with("width", surface.width).with("height", surface.height));
    }
    for gone in last.surfaces.iter().filter(|old| !view.surfaces.iter().any(|surface| surface.id == old.id)) {
        events.push(
            Event::new("surface").with("surface", gone.id).with("state", "closed").with("plugin", gone.plugin.as_str()),
        );
    }
}
