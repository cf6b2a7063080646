//! A core of views made by hand that remembers what was asked of it; for tests and for the gallery of screenshots.

#![allow(dead_code, reason = "each program that includes this uses its part")]

use lotse_customer::app::Window;
use lotse_customer::core::Core;
use lotse_customer::{Gifts, Offer};
use lotse_engine::customer::{CustomerCommand, CustomerView};
use lotse_engine::view::{Access, Problem, RestartView, SessionState, Step, View};
use lotse_protocol::handover::Purpose;
use lotse_protocol::peer::EndReason;
use lotse_ui::samples;
use lotse_ui::theme::ThemeChoice;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

#[derive(Clone, Default)]
pub struct Fake {
    pub view: Rc<RefCell<CustomerView>>,
    pub sent: Rc<RefCell<Vec<CustomerCommand>>>,
}

impl Core for Fake {
    fn view(&self) -> Arc<CustomerView> {
        Arc::new(self.view.borrow().clone())
    }

    fn send(&self, command: CustomerCommand) {
        self.sent.borrow_mut().push(command);
    }
}

pub const PAGES: [&str; 26] = [
    "entry",
    "entry-wrong",
    "connecting",
    "begin",
    "ask-view",
    "ask-control",
    "active",
    "developer",
    "paused",
    "frameless",
    "closing",
    "lost",
    "ended",
    "failed",
    "link-asks",
    "link-refused",
    "no-relay",
    "offer",
    "asked",
    "ask-files",
    "transfers",
    "ask-beside",
    "beside",
    "ask-restart",
    "ask-system",
    "restarting",
];

/// Pages that are about a window beside the program's own.
pub const WINDOWS: [&str; 1] = ["watching"];

/// The window of a page, over views made by hand.
pub fn window(page: &str, context: &egui::Context, core: Fake, theme: ThemeChoice) -> Window {
    let core = Box::new(core);
    let window = match page {
        "no-relay" => Window::without_relay(context, core, theme),
        _ => Window::over(context, core, theme),
    };
    let offer = (page == "offer").then(|| Offer::new(Box::new(|| Ok(())), Box::new(|| Ok(()))));
    let mut window = window.on(gifts(page)).offering(offer);
    match page {
        "closing" => window.ask_to_close(),
        "link-asks" => drop(window.follow("lotse://help.acme.example/join?code=4829135207&name=K.%20Weber")),
        "link-refused" => drop(window.follow("lotse://help.acme.example/join?code=48291")),
        _ => {}
    }
    window
}

/// What the desktop gives on a page.
pub fn gifts(page: &str) -> Gifts {
    Gifts { frame: page != "frameless", hotkey: true }
}

/// The view behind a page of the gallery.
pub fn page(name: &str, german: bool) -> CustomerView {
    let session = |state| samples::session(false, state, german);
    let view = match name {
        "entry-wrong" => Some(View {
            state: SessionState::Failed { problem: Problem::CodeWrong { attempts_left: 2 } },
            ..View::default()
        }),
        "connecting" => Some(View { state: SessionState::Connecting { step: Step::Plugins }, ..View::default() }),
        "begin" => {
            let mut view = session(SessionState::AwaitingConsent);
            view.prompt = Some(samples::prompt_to_begin());
            Some(view)
        }
        "ask-view" => {
            let mut view = session(SessionState::Active);
            view.prompt = Some(samples::prompt_to(Access::View, german));
            Some(view)
        }
        "ask-control" => {
            let mut view = session(SessionState::Active);
            view.prompt = Some(samples::prompt_to(Access::Control, german));
            Some(view)
        }
        "ask-beside" => {
            let mut view = session(SessionState::Active);
            view.prompt = Some(samples::prompt_beside(Purpose::TakeOver));
            Some(view)
        }
        "beside" => {
            let mut view = session(SessionState::Active);
            view.reps = samples::reps(false);
            Some(view)
        }
        "ask-restart" => {
            let mut view = session(SessionState::Active);
            view.prompt = Some(samples::prompt_to(Access::Restart, german));
            Some(view)
        }
        "ask-system" => {
            let mut view = session(SessionState::Active);
            view.prompt = Some(samples::prompt_to(Access::System, german));
            Some(view)
        }
        "restarting" => {
            let mut view = session(SessionState::Active);
            view.restart = Some(RestartView::Counting { seconds_left: 8 });
            Some(view)
        }
        "active" | "closing" => Some(session(SessionState::Active)),
        "asked" => {
            let mut view = session(SessionState::Active);
            view.question = samples::asked(SessionState::Active, german).question;
            Some(view)
        }
        "watching" => {
            let mut view = session(SessionState::Active);
            let surface = samples::surface();
            let line = if german { "Sie sehen: Rechnung 4711" } else { "You see: Invoice 4711" };
            let line = samples::node("", "text", &[("label", samples::text(line))], &[]);
            let row = samples::node("", "row", &[], &[1]);
            view.places.insert("viewer", vec![samples::contribution(&surface.plugin, vec![row, line])]);
            view.surfaces = vec![lotse_engine::view::SurfaceView { width: 1280, height: 800, ..surface }];
            Some(view)
        }
        "ask-files" => {
            let mut view = session(SessionState::Active);
            view.file_questions = vec![samples::file_question("Anna Berg", Some(4_000_000))];
            Some(view)
        }
        "transfers" => {
            let mut view = session(SessionState::Active);
            let talk = samples::chat("K. Weber", "Anna Berg", german);
            view.places.insert("chat", vec![talk, samples::transfers("Anna Berg", german)]);
            Some(view)
        }
        "paused" => {
            let mut view = session(SessionState::Active);
            (view.paused, view.paused_here) = (true, true);
            Some(view)
        }
        "frameless" => {
            let mut view = session(SessionState::Active);
            view.seen = true;
            Some(view)
        }
        "developer" => {
            let mut view = session(SessionState::Active);
            view.developer = true;
            view.notices = vec![samples::notice()];
            Some(view)
        }
        "lost" => Some(session(SessionState::Lost { seconds_left: 581 })),
        "ended" => Some(session(SessionState::Ended { reason: EndReason::CustomerStopped })),
        "offer" => Some(session(SessionState::Ended { reason: EndReason::RepEnded })),
        "failed" => Some(View { state: SessionState::Failed { problem: Problem::KeysDiffer }, ..View::default() }),
        _ => None,
    };
    CustomerView { revision: 1, session: view.map(Arc::new), ..CustomerView::default() }
}
