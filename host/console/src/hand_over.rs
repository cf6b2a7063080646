//! A colleague asks this rep to take a session over or to come into it, or the rep has opened one that waits in a portal's queue: a
//! [`Popup`] as for a question, with the notes and what was said so far to be read before the answer. And who is in a session
//! together.

use crate::popup::{Asks, Popup};
use crate::questions::{is_connected, who};
use crate::{running_session, seats};
use egui::{Label, ScrollArea, Ui};
use lotse_engine::rep::{AskedHandOver, RepCommand, RepView};
use lotse_engine::view::SessionState;
use lotse_protocol::handover::{HandOverId, Purpose};
use lotse_ui::tokens::size;
use lotse_ui::widgets::{Button, muted};
use lotse_ui::{fonts, icons, t};
use std::time::Instant;

#[derive(Default)]
pub(crate) struct HandOverAlert(Popup<HandOverId>);

/// What a colleague asks, or what was opened.
struct Asked<'a> {
    view: &'a RepView,
    asked: &'a AskedHandOver,
}

fn asked(view: &RepView) -> Option<&AskedHandOver> {
    view.hand_over.as_deref().filter(|_| is_connected(view))
}

impl HandOverAlert {
    /// Another than the one that stands there is to be shown, or none. Only drawing does that.
    pub(crate) fn is_behind(&self, view: &RepView) -> bool {
        self.0.is_behind(asked(view).map(|asked| asked.id))
    }

    /// How high it is, in points, if it stands in the corner; 0: it does not.
    pub(crate) fn in_corner(&self) -> f32 {
        self.0.in_corner()
    }

    /// `below`: how high another window is that stands in the corner.
    pub(crate) fn show(&mut self, context: &egui::Context, view: &RepView, below: f32) -> Option<RepCommand> {
        let asked = asked(view).map(|asked| Asked { view, asked });
        self.0.show(context, asked.as_ref(), below)
    }
}

impl Asks for Asked<'_> {
    type Id = HandOverId;
    const KIND: &'static str = "hand over";
    const SIZE: [f32; 2] = [460.0, 420.0];

    fn id(&self) -> HandOverId {
        self.asked.id
    }

    fn window(&self) -> String {
        t!("hand-over-window")
    }

    fn until(&self) -> Option<(Instant, u16)> {
        self.asked.until.map(|until| (until, self.asked.for_s))
    }

    fn left(&self, clock: &str) -> String {
        t!("hand-over-left-name", "left" => clock)
    }

    fn title(&self, ui: &mut Ui) {
        let from = &self.asked.from;
        let title = match (self.asked.until, self.asked.purpose) {
            (Some(_), Purpose::TakeOver) => t!("hand-over-take", "from" => from),
            (Some(_), Purpose::Join) => t!("hand-over-join", "from" => from),
            (Some(_), Purpose::Observe) => t!("hand-over-observe", "from" => from),
            (None, purpose) => running_session::title(from, purpose),
        };
        ui.add(Label::new(fonts::strong(&title, size::TITLE)).truncate());
    }

    fn body(&self, ui: &mut Ui) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| told(ui, self.asked));
    }

    fn buttons(&self, ui: &mut Ui) -> Option<RepCommand> {
        let asked = self.asked;
        let offer = asked.id;
        let may = !seats::waits(self.view) && !asked.accepting;
        let label = match (asked.accepting, asked.purpose) {
            (true, _) => t!("hand-over-under-way"),
            (false, Purpose::TakeOver) => t!("hand-over-yes-take"),
            (false, Purpose::Join) => t!("hand-over-yes-join"),
            (false, Purpose::Observe) => t!("hand-over-yes-observe"),
        };
        let accept = Button::primary(label).icon(icons::HEADSET).enabled(may).show(ui);
        let (no, no_name) = match asked.until {
            Some(_) => (t!("hand-over-no"), t!("hand-over-no-name", "from" => &asked.from)),
            None => (t!("hand-over-close"), t!("hand-over-close-name", "from" => &asked.from)),
        };
        let decline = Button::secondary(no).enabled(!asked.accepting).show(ui).accessible_name(no_name);
        match (accept.clicked(), decline.clicked()) {
            (true, _) => Some(RepCommand::AnswerHandOver { offer, accept: true }),
            (false, true) => Some(RepCommand::AnswerHandOver { offer, accept: false }),
            (false, false) => None,
        }
    }
}

/// Everything that is known of the session, what was said last of all.
fn told(ui: &mut Ui, asked: &AskedHandOver) {
    let customer = t!("hand-over-customer", "name" => who(&asked.customer));
    let system = if asked.system.is_empty() { String::new() } else { format!(" · {}", asked.system) };
    ui.add(Label::new(format!("{customer}{system}")).wrap());
    if !asked.portal.is_empty() {
        muted(ui, t!("asked-line", "portal" => &asked.portal, "text" => &asked.question));
    }
    if !asked.note.is_empty() {
        ui.add(Label::new(t!("hand-over-note", "from" => &asked.from, "note" => &asked.note)).wrap());
    }
    if !asked.notes.is_empty() {
        ui.label(fonts::strong(t!("hand-over-notes"), size::BODY));
        ui.add(Label::new(&asked.notes).wrap());
    }
    ui.label(fonts::strong(t!("hand-over-said"), size::BODY));
    match &asked.summary {
        Some(said) => drop(ui.add(Label::new(said).wrap())),
        None => drop(muted(ui, t!("hand-over-nothing-said"))),
    }
}

/// `In this session: Anna Berg (you), Bo Lind (looks on)`; nothing while nobody but this rep was ever in it, nor once it is over.
pub(crate) fn reps(ui: &mut Ui, view: &lotse_engine::view::View) {
    let over = matches!(view.state, SessionState::Ended { .. } | SessionState::Failed { .. });
    if over || (view.reps.len() < 2 && view.reps.iter().all(|rep| rep.you)) {
        return;
    }
    let name = |rep: &lotse_engine::view::PresentRep| match (rep.you, rep.observing) {
        (true, true) => t!("reps-you-observing", "name" => &rep.name),
        (true, false) => t!("reps-you", "name" => &rep.name),
        (false, true) => t!("reps-observing", "name" => &rep.name),
        (false, false) => rep.name.clone(),
    };
    let names: Vec<String> = view.reps.iter().map(name).collect();
    muted(ui, t!("reps-here", "names" => names.join(", ")));
}
