//! What happens to a session, told to the machine and shown to people.

use super::{Task, ToSession, words};
use crate::clipboard::Heard;
use crate::drawing::PenInput;
use crate::licence::LicenceCheck;
use crate::loading::Loader;
use crate::shared::Inner;
use crate::transfers::asking::AskingView;
use crate::view::{Command, Composed, SessionState, SurfaceInput, Tone};
use lotse_protocol::control::{SessionOffer, Side, ToRelay};
use lotse_protocol::peer::{ConsentState, EndReason, PeerMessage};
use lotse_protocol::question::QUESTION_CHARS_MAX;
use lotse_protocol::tidy;
use lotse_runtime::{Capability, Event as PluginEvent, Point};
use lotse_session::{Event, Failure};
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Longest name of a portal that is shown, in characters.
const PORTAL_CHARS_MAX: usize = 80;

impl Task {
    pub(super) async fn on_message(&mut self, message: ToSession) {
        let message = match message {
            ToSession::Of { session, message } if session == self.config.id => *message,
            ToSession::Of { session, message } => return self.on_message_beside(session, *message),
            message => message,
        };
        match message {
            // Nothing says of an end what it says of an end.
            ToSession::Of { .. } => {}
            ToSession::NobodyBeside if self.is_somebody_coming() => self.nobody_came(),
            ToSession::NobodyBeside => {}
            ToSession::Directory(targets) => self.on_directory(targets),
            ToSession::HandOver(news) => self.on_hand_over(news),
            ToSession::Offer { offer, relay, code_key, licences } => {
                self.on_offer(*offer, (relay, code_key), licences);
            }
            ToSession::Licence { licence, licences } => self.on_licence(Some(&licence), licences),
            ToSession::Signal(body) => self.on_signal(&body),
            ToSession::PairingFailed { attempts_left } if self.end.peer_key.is_none() => {
                self.feed(Event::PairingFailed(Failure::WrongCode { attempts_left }))
            }
            // The keys are known, so it is not true.
            ToSession::PairingFailed { .. } => {}
            ToSession::Plugin { digest, fetched } => {
                if let Some(loader) = &mut self.loader {
                    loader.from_relay(digest, fetched);
                }
            }
            ToSession::PluginMissing { digest, reason } => self.on_plugin_missing(&digest, reason),
            ToSession::SharedChanged { plugin, whole, keys } => self.on_shared_changed(&plugin, whole, &keys),
            ToSession::SharedAnswered { plugin, key, outcome } => self.on_shared_answered(&plugin, &key, outcome),
            ToSession::ControlDown => {
                self.reports.relay_is_deaf();
                self.relay_forgets_wish();
                self.shared_lost();
            }
            ToSession::ControlUp => {
                self.repeat_paired();
                self.on_control_up();
            }
            ToSession::CodeVoid => self.feed(Event::PairingFailed(Failure::CodeVoid)),
            ToSession::CustomerLeft => self.on_customer_left(),
            ToSession::CustomerBack => self.feed(Event::CustomerBack),
            // The same word in both languages of the windows; the reason is the relay's own.
            ToSession::Refused { detail } => self.notice(Tone::Caution, "Relay".to_owned(), detail),
            ToSession::EndedByRelay { why } => self.on_ended_by_relay(why),
            ToSession::Command(command) => self.on_command(command).await,
        }
    }

    fn on_offer(&mut self, mut offer: SessionOffer, (relay, code_key): (IpAddr, [u8; 32]), licences: LicenceCheck) {
        // It is in touch with this session by the connection that this came on.
        self.reports.relay_hears();
        if self.is_over() {
            // The relay missed the end.
            self.report_waiting(usize::MAX);
            return self.relay_says(ToRelay::EndSession { session: self.config.id, reason: "over".to_owned() });
        }
        let (me, peer) = match self.config.side {
            Side::Rep => (&offer.rep, &offer.customer),
            Side::Customer => (&offer.customer, &offer.rep),
        };
        self.view.customer_left = false;
        self.view.me.clone_from(me);
        self.view.peer.clone_from(peer);
        self.view.account.clone_from(&offer.account);
        if let Some(asked) = self.config.asked.as_ref().filter(|_| offer.customer.is_empty()) {
            self.view.peer.clone_from(&asked.name);
        }
        if !offer.portal.is_empty() {
            self.view.question = tidy(&offer.question, QUESTION_CHARS_MAX);
            self.view.portal = tidy(&offer.portal, PORTAL_CHARS_MAX);
        }
        if self.config.side == Side::Rep {
            self.view.peer_system.clone_from(&offer.system);
        }
        self.end.relay = Some(relay);
        let resumed = offer.resumed;
        let licence = offer.licence.take();
        self.offer = Some(offer);
        // Before anything is fetched or started.
        self.on_licence(licence.as_ref(), licences);
        self.loader.get_or_insert_with(|| {
            Loader::new(
                self.config.runtime.clone(),
                self.config.store.clone(),
                code_key,
                self.config.developer,
                self.queues.loaded.0.clone(),
                self.wanted.clone(),
            )
        });
        self.renew_path();
        self.write_note_if_known();
        self.feed(Event::Met { resumed });
        if resumed {
            self.repeat_wish();
        }
    }

    /// The line is the session. A rep who only looks on leaves at the relay's word all the same: nobody loses anything by that.
    fn on_ended_by_relay(&mut self, why: Option<EndReason>) {
        let looks_on = self.shared.as_ref().is_some_and(|shared| shared.observes());
        self.feed(if looks_on { Event::End(why.unwrap_or(EndReason::RepGone)) } else { Event::RelayEnded(why) });
    }

    pub(super) fn write_note_if_known(&self) {
        if self.end.peer_key.is_some() {
            self.write_note();
        }
    }

    /// What waits for its plugin, and everything else.
    pub(super) async fn on_inner_soon(&mut self, inner: Inner) {
        match inner {
            Inner::Pen { board, input } => self.on_pen(board, input).await,
            inner => self.on_inner(inner),
        }
    }

    pub(super) fn on_inner(&mut self, inner: Inner) {
        match inner {
            Inner::Rendered { plugin, place, nodes } => self.on_rendered(plugin, place, nodes),
            Inner::Notify { plugin, tone, title, body } => self.on_notify(plugin, tone, &title, &body),
            Inner::Audit(event) => {
                self.report_plugin(&event);
                self.on_audit(&event);
            }
            Inner::Fault { plugin, why, restarting } => self.on_fault(plugin, why, restarting),
            Inner::ConsentAsked { plugin, capability } => self.on_consent_asked(plugin, capability),
            Inner::Surfaces => {
                if let Some(shared) = &self.shared {
                    shared.pictures.looked();
                }
                self.dirty = true;
            }
            Inner::Boards => {
                if let Some(shared) = &self.shared {
                    shared.boards.looked();
                }
                self.dirty = true;
            }
            // Waited for where it comes in.
            Inner::Pen { .. } => {}
            Inner::Seen => {
                if let Some(shared) = &self.shared {
                    shared.seen.looked();
                }
                self.dirty = true;
            }
            Inner::Choosing => self.dirty = true,
            Inner::CaptureHidden { plugin, capture, on } => self.on_hidden(plugin, capture, on),
            Inner::Files => {
                if let Some(shared) = &self.shared {
                    shared.transfers.looked();
                }
                self.dirty = true;
            }
            Inner::FilesAudit { plugin, kind, about } => self.on_files(plugin, kind, &about),
            Inner::Clipboard(heard) => self.on_clipboard(heard),
            Inner::CaptureStalled { plugin, capture, reason } => {
                if let Some(shared) = &self.shared {
                    shared.boards.end_capture(shared, capture);
                    shared.try_tell(plugin, PluginEvent::CaptureStalled { capture, reason });
                }
            }
            Inner::End { session, event } => self.on_end(session, event),
            Inner::Wish { plugin, wish } => self.on_wish(plugin, wish),
            Inner::Withdraw { plugin, request } => self.on_withdraw(plugin, request),
            Inner::SetShared { plugin, value } => self.on_set_shared(plugin, value),
            Inner::Composed => self.on_composed(),
            Inner::Look => self.on_look(),
            Inner::Facts(groups) => self.on_facts(&groups),
            Inner::RestartWanted { plugin } => self.on_restart_wanted(plugin),
            Inner::WayBack { entry, prepared } => self.on_way_back(entry, prepared),
            Inner::RestartTold { taken } => self.on_restart_told(taken),
            Inner::DisplaysChanged => {
                if let Some(shared) = &self.shared {
                    shared.desk.displays_changed();
                    if self.config.side == Side::Rep {
                        shared.screens.place_displays(&shared.desk.displays().unwrap_or_default());
                        self.dirty = true;
                    }
                    shared.boards.displays_changed(shared);
                    shared.plugins().for_each(|plugin| shared.try_tell(plugin, PluginEvent::DisplaysChanged));
                }
            }
        }
    }

    /// The newest words take the place of those that nobody has drawn yet.
    fn on_composed(&mut self) {
        let Some(text) = self.shared.as_ref().and_then(|shared| shared.take_composed()) else { return };
        let id = self.view.composed.as_ref().map_or(1, |before| before.id + 1);
        self.view.composed = Some(Composed { id, text });
        self.dirty = true;
    }

    fn on_clipboard(&self, heard: Heard) {
        let Some(shared) = &self.shared else { return };
        let clipboard = Capability::Clipboard;
        if self.view.paused || !shared.consents.lock().allows(clipboard) {
            return;
        }
        let active = |plugin: &usize| shared.instance(*plugin).is_some_and(|of| of.active().contains(clipboard));
        for plugin in shared.plugins().filter(active) {
            let event = match &heard {
                Heard::Changed(formats) => PluginEvent::ClipboardChanged(formats.clone()),
                Heard::Content { format, data } => {
                    PluginEvent::ClipboardContent { format: (*format).to_owned(), data: data.clone() }
                }
            };
            shared.try_tell(plugin, event);
        }
    }

    async fn on_command(&mut self, command: Command) {
        match command {
            Command::Answer { prompt, allow } => self.on_answer(prompt, allow),
            // What is asked for anew each time has no switch.
            Command::SetAccess { access, allow }
                if self.config.side == Side::Customer && (access.stands() || !allow) =>
            {
                self.prompts.settle(access);
                self.set_access(access, if allow { ConsentState::Granted } else { ConsentState::Refused });
            }
            Command::SetAccess { .. } => {}
            Command::CancelRestart => self.cancel_restart(),
            Command::StopEverything => self.feed(Event::End(EndReason::CustomerStopped)),
            Command::Pause { on } => {
                self.paused_here = on;
                self.apply_pause();
                self.write_note_if_known();
                self.say_to_all(&PeerMessage::Paused { on });
            }
            Command::End => self.feed(Event::End(if self.config.side == Side::Rep {
                EndReason::RepEnded
            } else {
                EndReason::CustomerEnded
            })),
            Command::Act { plugin, node, what } => {
                let number = self.plugins.iter().position(|of| of.view.id == plugin);
                if let (Some(number), Some(shared)) = (number, &self.shared) {
                    shared.acted(number);
                    shared.tell_soon(number, PluginEvent::Action { node, what }).await;
                }
            }
            Command::Surface { surface, input } => self.on_surface(surface, input).await,
            Command::DismissNotice { id } => {
                self.forget_notice(id);
            }
            Command::ChooseShowing { request, source } => self.on_chosen(request, source),
            Command::StopShowing => self.stop_showing(),
            Command::AnswerFiles { request, place } => {
                if let Some(shared) = &self.shared {
                    shared.transfers.answer(shared, request, place);
                }
            }
            Command::Picked { request, paths } => {
                if let Some(shared) = &self.shared {
                    shared.transfers.picked(shared, request, paths);
                }
            }
            Command::Dropped { place, paths } => {
                if let Some(shared) = &self.shared {
                    shared.transfers.dropped(shared, place, paths);
                }
            }
        }
    }

    async fn on_surface(&mut self, surface: u64, input: SurfaceInput) {
        let Some(shared) = self.shared.clone() else { return };
        let Some(plugin) = shared.pictures.plugin_of(surface) else { return };
        // A customer watches: whatever their window may say, nothing of it acts anywhere.
        let acts = matches!(input, SurfaceInput::Pointer { .. } | SurfaceInput::Key { .. } | SurfaceInput::Text { .. });
        if acts && self.config.side == Side::Customer {
            return;
        }
        match input {
            SurfaceInput::Pointer { x, y, buttons, wheel_x, wheel_y } => {
                let event = PluginEvent::SurfacePointer {
                    surface,
                    at: Point { x, y },
                    buttons,
                    wheel: Point { x: wheel_x, y: wheel_y },
                };
                shared.try_tell(plugin, event);
            }
            SurfaceInput::Key { physical, down } => {
                shared.tell_soon(plugin, PluginEvent::SurfaceKey { surface, physical, down }).await;
            }
            SurfaceInput::Text { entered } => {
                shared.tell_soon(plugin, PluginEvent::SurfaceText { surface, entered }).await;
            }
            SurfaceInput::Changed { what } => {
                shared.tell_soon(plugin, PluginEvent::SurfaceChanged { surface, what }).await;
            }
            SurfaceInput::Pen(input) => {
                if let Some(board) = shared.boards.of_surface(surface) {
                    self.on_pen(board, input).await;
                }
            }
            SurfaceInput::Closed => {
                shared.pictures.close(&shared, surface);
                shared.tell_soon(plugin, PluginEvent::SurfaceClosed(surface)).await;
            }
        }
    }

    /// What a person does on a board goes to the plugin that has the pointer there, and to nobody else.
    async fn on_pen(&mut self, board: u64, input: PenInput) {
        let Some(shared) = self.shared.clone() else { return };
        match input {
            PenInput::Pointer { x, y, buttons } => {
                let Some(plugin) = shared.boards.owner(board) else { return };
                let event = PluginEvent::DrawingPointer { board, at: Point { x, y }, buttons };
                // A press or its end is not to be missed; of a way without a button the newest place is enough.
                if self.pen_buttons == (board, buttons) && buttons == 0 {
                    shared.try_tell(plugin, event);
                } else {
                    self.pen_buttons = (board, buttons);
                    shared.tell_soon(plugin, event).await;
                }
            }
            PenInput::Text { entered } => {
                let Some(plugin) = shared.boards.owner(board) else { return };
                shared.tell_soon(plugin, PluginEvent::DrawingText { board, entered }).await;
            }
            PenInput::Left => {
                if let Some(plugin) = shared.boards.left(&shared, board, Instant::now()) {
                    shared.tell_soon(plugin, PluginEvent::DrawingLeft(board)).await;
                }
            }
        }
    }

    pub(super) fn refresh_view(&mut self) {
        self.view.state = match words::state(self.end.machine.state(), self.now_ms()) {
            // Nobody is waited for while another helps.
            SessionState::Lost { .. } if self.is_helped_beside() => SessionState::Active,
            state => state,
        };
        self.view.prompt = self.prompts.current().cloned();
        self.refresh_files();
        // What is asked about files is as much the customer's alone to answer.
        let prompting =
            self.view.prompt.is_some() || !self.view.file_questions.is_empty() || !self.view.file_picks.is_empty();
        self.config.guard.prompting.store(prompting, Ordering::Release);
        if prompting && let Some(shared) = &self.shared {
            shared.desk.release_input();
        }
        if let Some(shared) = self.shared.clone() {
            self.view.consents = shared.consents.lock().views();
            self.view.surfaces = shared.pictures.views(|who| self.is_silent(who));
            self.view.choosing = self.choosing(&shared);
            self.view.showing = shared.screens.shown();
            shared.boards.hold(&shared, prompting);
            self.view.boards = shared.boards.views();
        } else if self.is_over() {
            self.view.consents.clear();
        }
        let now = Instant::now();
        self.view.restart = self.restart.as_ref().map(|restart| restart.view(now));
        self.view.seen = self.is_seen(now);
        self.view.plugins = self.plugins.iter().map(|plugin| plugin.view.clone()).collect();
    }

    fn refresh_files(&mut self) {
        let Some(shared) = &self.shared else { return };
        let name = |plugin: usize| self.plugins.get(plugin).map(|of| of.view.name.clone()).unwrap_or_default();
        let AskingView { questions, picks, places } = shared.transfers.views(name);
        self.view.file_questions = questions;
        self.view.file_picks = picks;
        self.view.drop_places = places;
    }

    /// Nothing is heard just now of whoever leads, or of a rep beside.
    fn is_silent(&self, who: u32) -> bool {
        if self.shared.as_ref().is_some_and(|shared| shared.peer_id() == who) {
            return self.end.is_lost();
        }
        !self.besides.iter().any(|beside| beside.who == who && beside.is_heard())
    }

    /// Whether the frame is to stand round this screen.
    pub(super) fn is_seen(&self, now: Instant) -> bool {
        match &self.shared {
            Some(shared) => shared.seen.any(now),
            None => self.seen_until.is_some_and(|until| now < until),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.end.is_over()
    }
}
