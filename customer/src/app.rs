//! The window as a whole: which page it shows. Holds only what a window alone knows: drafts, open questions, timers.

use crate::attention::Attention;
use crate::core::Core;
use crate::desktop::{Desktop, Gifts};
use crate::entry::EntryPage;
use crate::link::{LinkState, Links};
use crate::offer::Offer;
use crate::prompt::PromptPage;
use crate::seen::is_seen;
use crate::watching::Watching;
use crate::wishes::Wishes;
use crate::{active, outcome, reps, restarting, stop_bar, tab, waiting};
use egui::{CentralPanel, Frame, Label, Margin, RichText, ScrollArea, Ui, UiBuilder, ViewportCommand};
use lotse_engine::customer::CustomerView;
use lotse_engine::view::{Command, RestartView, SessionState, Tone, View};
use lotse_ui::farewell::{Farewell, LOOK_AGAIN};
use lotse_ui::files::{FileDialogs, drops, headline, question};
use lotse_ui::theme::{self, ThemeChoice};
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::{Answer, confirm, heading, muted, notice, obstacle, sign};
use lotse_ui::{icons, system_fonts, t, windows};
use std::time::Instant;

pub struct Window {
    core: Box<dyn Core>,
    desktop: Option<Desktop>,
    /// What is had without a desktop, in tests.
    gifts: Gifts,
    attention: Attention,
    watching: Watching,
    theme: ThemeChoice,
    entry: EntryPage,
    prompt: PromptPage,
    files: FileDialogs,
    /// What is offered after a session, if anything.
    offer: Option<Offer>,
    passed_over: PassedOver,
    closing: Closing,
    /// It was started to take a session up, and for nothing else.
    only_resuming: bool,
}

/// Whether it is to be said that a link was not followed.
#[derive(Default)]
struct PassedOver {
    /// What the core said last; it is told once.
    said: bool,
    told: bool,
}

/// Whether the program is being left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    No,
    Asked,
    /// The customer said yes: the session is ended, and then the window closes.
    Leaving(Farewell),
}

impl Window {
    /// `desktop`: frame and hotkey; `None` in tests. `entry`: the page where a session is begun.
    #[must_use]
    pub(crate) fn new(
        context: &egui::Context,
        core: Box<dyn Core>,
        desktop: Option<Desktop>,
        theme: ThemeChoice,
        entry: EntryPage,
    ) -> Self {
        theme::install(context);
        theme::choose(context, theme, 100);
        Self {
            core,
            desktop,
            gifts: Gifts { frame: true, hotkey: true },
            attention: Attention::default(),
            watching: Watching::new(None, None),
            theme,
            entry,
            prompt: PromptPage::default(),
            files: FileDialogs::default(),
            offer: None,
            passed_over: PassedOver::default(),
            closing: Closing::No,
            only_resuming: false,
        }
    }

    /// A window over views made by hand, without desktop.
    #[must_use]
    pub fn over(context: &egui::Context, core: Box<dyn Core>, theme: ThemeChoice) -> Self {
        Self::new(context, core, None, theme, EntryPage::new(String::new(), true, Links::default()))
    }

    /// The same of a program that was started without a relay.
    #[must_use]
    pub fn without_relay(context: &egui::Context, core: Box<dyn Core>, theme: ThemeChoice) -> Self {
        Self::new(context, core, None, theme, EntryPage::new(String::new(), false, Links::default()))
    }

    /// Takes a link, as if the program had been started with it.
    pub fn follow(&mut self, link: &str) -> LinkState {
        let mut wishes = Wishes::default();
        let state = self.entry.follow(link, &mut wishes);
        for command in wishes.commands {
            self.core.send(command);
        }
        state
    }

    /// Rep's screens are watched there.
    #[must_use]
    pub(crate) fn watching(self, watching: Watching) -> Self {
        Self { watching, ..self }
    }

    /// Offers this after a session.
    #[must_use]
    pub fn offering(self, offer: Option<Offer>) -> Self {
        Self { offer, ..self }
    }

    /// Closes by itself where the session that it was started for is over.
    #[must_use]
    pub(crate) fn only_resuming(self) -> Self {
        Self { only_resuming: true, ..self }
    }

    /// The same on a desktop that gives no more than this.
    #[must_use]
    pub fn on(self, gifts: Gifts) -> Self {
        Self { gifts, ..self }
    }

    /// Asks before the session is closed, as if the window's close button had been pressed.
    pub fn ask_to_close(&mut self) {
        self.closing = Closing::Asked;
    }

    fn gifts(&self) -> Gifts {
        self.desktop.as_ref().map_or(self.gifts, Desktop::gifts)
    }

    /// Does what does not wait for the window to be drawn, since a hidden one is not: the frame round the screen, coming
    /// forward for a question, and asking before a session is closed.
    pub fn tend(&mut self, context: &egui::Context) {
        let (view, now) = (self.core.view(), Instant::now());
        let session = view.session.as_deref();
        let everywhere = self.gifts().hotkey;
        if let Some(desktop) = &mut self.desktop {
            let words = session.filter(|session| is_seen(session)).map(|session| tab::say(session, everywhere));
            desktop.show_frame(words.as_ref(), context.pixels_per_point(), system_fonts::of(context));
        }
        self.attention.tend(context, session, now);
        self.only_resuming &= session.is_none_or(|session| session.state != SessionState::Active);
        // Before the first revision nothing is known.
        if self.only_resuming && view.revision > 0 && session.is_none() {
            context.send_viewport_cmd(ViewportCommand::Close);
        }
        // A desktop that ends its programs for the restart is not held up by a question.
        let goes_down = session.is_some_and(|session| session.restart == Some(RestartView::Going));
        let hidden = context.input(|input| input.viewport().visible()) == Some(false);
        if hidden && session.is_some_and(|session| self.watching.is_one_to_open(session)) {
            context.send_viewport_cmd(ViewportCommand::RequestPaintWhileHidden);
        }
        let running = session.is_some_and(|session| is_running(&session.state)) && !goes_down;
        match self.closing {
            Closing::No | Closing::Asked if running && context.input(|input| input.viewport().close_requested()) => {
                self.ask_to_close();
                context.send_viewport_cmd(ViewportCommand::CancelClose);
                windows::bring_back(context, true);
            }
            Closing::Asked if !running => self.closing = Closing::No,
            Closing::No | Closing::Asked => {}
            Closing::Leaving(farewell) => {
                if farewell.is_over(now, running) {
                    context.send_viewport_cmd(ViewportCommand::Close);
                } else {
                    context.request_repaint_after(LOOK_AGAIN);
                }
            }
        }
    }

    /// Draws the window, after [`Self::tend`].
    pub fn show(&mut self, ui: &mut Ui) {
        theme::choose(ui.ctx(), self.theme, 100);
        let view = self.core.view();
        let mut wishes = Wishes::default();
        let stops = view.session.as_deref().filter(|session| is_running(&session.state));
        let gifts = self.gifts();
        let bar = if stops.is_some() { stop_bar::height(gifts) } else { 0.0 };
        // The page comes first and the bar beneath it last, for the eye and for the Tab key.
        let (upper, lower) = ui.max_rect().split_top_bottom_at_y(ui.max_rect().bottom() - bar);
        ui.scope_builder(UiBuilder::new().max_rect(upper), |ui| {
            let frame = Frame::new().fill(Palette::of(ui).canvas).inner_margin(Margin::same(space::L as i8));
            CentralPanel::default().frame(frame).show(ui, |ui| self.page(ui, &view, &mut wishes));
        });
        if let Some(session) = stops {
            ui.scope_builder(UiBuilder::new().max_rect(lower), |ui| stop_bar::show(ui, session, gifts, &mut wishes));
        }
        if let Some(session) = view.session.as_deref().filter(|session| session.prompt.is_none()) {
            let commands =
                self.files.show(ui.ctx(), session).into_iter().chain(drops(ui, session, reps::recipient(session)));
            commands.for_each(|command| wishes.session(command));
        }
        self.closing(ui, &mut wishes);
        self.watching.show(ui.ctx(), view.session.as_deref(), &mut wishes);
        for command in wishes.commands {
            self.core.send(command);
        }
    }

    /// A session that is there or on its way comes before any link; that one was not followed is told.
    fn heed_links(&mut self, view: &CustomerView) {
        let news = !std::mem::replace(&mut self.passed_over.said, view.passed_over) && view.passed_over;
        let busy = view.session.as_deref().is_some_and(|session| !is_over(&session.state));
        let dropped = busy && self.entry.drop_question();
        self.passed_over.told = busy && (self.passed_over.told || news || dropped);
    }

    fn page(&mut self, ui: &mut Ui, view: &CustomerView, wishes: &mut Wishes) {
        self.heed_links(view);
        let Some(session) = &view.session else {
            scrolled(ui, |ui| self.entry.show(ui, None, wishes));
            return;
        };
        if let Some(prompt) = session.prompt.as_ref().filter(|_| is_running(&session.state)) {
            let framed = self.gifts().frame;
            scrolled(ui, |ui| self.prompt.show(ui, session, prompt, framed, wishes));
            return;
        }
        self.prompt.gone();
        if let Some(asked) = question(session) {
            let more = session.file_questions.len().saturating_sub(1);
            scrolled(ui, |ui| {
                muted(ui, t!("active-title", "rep" => session.peer.as_str(), "account" => session.account.as_str()));
                ui.add_space(space::XS);
                sign(ui, icons::DOWNLOAD, 32.0, Palette::of(ui).accent);
                heading(ui, headline(asked));
                if let Some(command) = self.files.ask(ui, asked, more) {
                    wishes.session(command);
                }
            });
            return;
        }
        if let Some(restart) = session.restart.filter(|_| is_running(&session.state)) {
            restarting::show(ui, session, restart, wishes);
            return;
        }
        if self.passed_over.told
            && notice(ui, Tone::Caution, &t!("link-passed-over"), &t!("link-passed-over-next"), true)
        {
            self.passed_over.told = false;
        }
        asked(ui, session);
        obstacle(ui, session);
        let room = ui.available_height();
        match &session.state {
            SessionState::Waiting => waiting::connecting(ui, None, wishes),
            SessionState::Connecting { step } => waiting::connecting(ui, Some(*step), wishes),
            SessionState::AwaitingConsent => waiting::connecting(ui, None, wishes),
            SessionState::Active => scrolled(ui, |ui| active::show(ui, session, room, wishes)),
            SessionState::Lost { seconds_left } => scrolled(ui, |ui| {
                active::lost(ui, session, *seconds_left);
                active::show(ui, session, room, wishes);
            }),
            SessionState::Ended { reason } => outcome::ended(ui, session, *reason, self.offer.as_mut(), wishes),
            SessionState::Failed { problem } => scrolled(ui, |ui| self.entry.show(ui, Some(problem), wishes)),
        }
    }

    /// Closing the window ends the session, after a question.
    fn closing(&mut self, ui: &Ui, wishes: &mut Wishes) {
        if wishes.close {
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        }
        if self.closing != Closing::Asked {
            return;
        }
        match confirm(ui.ctx(), "close", &t!("close-title"), &t!("close-body"), &t!("close-yes")) {
            Some(Answer::Yes) => {
                self.closing = Closing::Leaving(Farewell::begin(Instant::now()));
                wishes.session(Command::End);
                ui.ctx().request_repaint();
            }
            Some(Answer::No) => self.closing = Closing::No,
            None => {}
        }
    }
}

/// What brought the customer here, so that nobody asks again. Not beside a prompt: these words came by the relay.
fn asked(ui: &mut Ui, session: &View) {
    let on_the_way = matches!(session.state, SessionState::Connecting { .. });
    if session.question.is_empty() || !(on_the_way || is_running(&session.state)) {
        return;
    }
    let said = t!("you-asked", "text" => &session.question);
    ui.add(Label::new(RichText::new(said).color(Palette::of(ui).muted_ink)).truncate());
    ui.add_space(space::S);
}

fn scrolled(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, contents);
}

/// Whether nothing stands in the way of another session.
fn is_over(state: &SessionState) -> bool {
    match state {
        SessionState::Ended { .. } | SessionState::Failed { .. } => true,
        SessionState::Waiting
        | SessionState::Connecting { .. }
        | SessionState::AwaitingConsent
        | SessionState::Active
        | SessionState::Lost { .. } => false,
    }
}

/// Whether there is anything to stop: before the other side is there, cancelling is all.
fn is_running(state: &SessionState) -> bool {
    match state {
        SessionState::AwaitingConsent | SessionState::Active | SessionState::Lost { .. } => true,
        SessionState::Waiting
        | SessionState::Connecting { .. }
        | SessionState::Ended { .. }
        | SessionState::Failed { .. } => false,
    }
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }

    fn logic(&mut self, context: &egui::Context, _frame: &mut eframe::Frame) {
        self.tend(context);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        Palette::of_visuals(visuals).canvas.to_normalized_gamma_f32()
    }
}
