//! From the command line to the running window, and what is said when it does not come to that.
//!
//! Exit codes: 0 done, 1 a failure that standard error explains, 2 a command line that makes no sense.

use crate::app::Window;
use crate::busy::BusyWindow;
use crate::comeback::restart_config;
use crate::desktop::{Desktop, Told, overlays};
use crate::entry::EntryPage;
use crate::instance::Instance;
use crate::link::{LinkState, Links};
use crate::offer::Offer;
use crate::options::{HELP, Options, Wanted, parse};
use crate::register::{Desk, RegisterError};
use crate::watching::Watching;
use lotse_engine::customer::{Customer, CustomerCommand, CustomerConfig};
use lotse_engine::surface::SurfaceHost;
use lotse_engine::view::{Command, SurfaceInput, View};
use lotse_ui::events::{Event, LogFormat, SessionEvents, print};
use lotse_ui::shown::looks_the_same;
use lotse_ui::text::{Language, language, set_language};
use lotse_ui::watch::watch;
use lotse_ui::window_error::plain;
use lotse_ui::{commands, fonts};
use lotse_viewer::{OnInput, ViewerConfig, ViewerHost};
use raw_window_handle::{HasWindowHandle, RawWindowHandle};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

/// Points: small enough to stand beside what it is about.
pub const WINDOW_SIZE: [f32; 2] = [380.0, 600.0];

/// Why the program could not run.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("there is no home folder to keep plugins in; name one with --data DIR")]
    NoDataFolder,
    #[error("the folder {path} cannot be written to: {error}. Name another with --data DIR")]
    DataFolder { path: PathBuf, error: std::io::Error },
    #[error("no window can be opened: {0}. Is DISPLAY set to an X11 display that you may use?")]
    Window(String),
    #[error(
        "this window is on no X11 display, so a rep's input could not be kept out of it, and nothing was started. \
         Start Lotse with DISPLAY set to an X11 display and WAYLAND_DISPLAY unset"
    )]
    NotX11,
    #[error("what keeps your windows safe could not be started: {0}")]
    Desktop(String),
    #[error("the operating system refused: {0}")]
    System(#[from] std::io::Error),
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error("this computer's processor is too old for Lotse: it lacks {0}, which all have had since 2009")]
    Processor(&'static str),
}

/// What a release is compiled for and a processor may lack, as the system calls it.
const PROCESSOR_NEEDS: &[&str] = if cfg!(target_feature = "sse4.2") { &["cx16", "popcnt", "sse4_2"] } else { &[] };

/// `told`: what the system tells of the processors. Where it tells nothing they are taken for new enough.
fn check_processor(told: &str, needs: &[&'static str]) -> Result<(), StartError> {
    let Some(flags) = told.lines().find(|line| line.starts_with("flags")) else { return Ok(()) };
    let lacks = |need: &&&'static str| !flags.split_whitespace().any(|flag| flag == **need);
    needs.iter().find(lacks).map_or(Ok(()), |need| Err(StartError::Processor(need)))
}

/// The whole program. `arguments` without the program's name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let options = match parse(arguments) {
        Ok(Wanted::Run(options)) => *options,
        Ok(Wanted::Register { on }) => return ended(register(on)),
        Ok(Wanted::Help) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Wanted::Version) => {
            println!("lotse-customer {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("lotse-customer: {error}");
            return ExitCode::from(2);
        }
    };
    lotse_ui::logging::install();
    ended(window(options))
}

fn ended(how: Result<(), StartError>) -> ExitCode {
    match how {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lotse-customer: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says on this desktop whether links start the program.
fn register(on: bool) -> Result<(), StartError> {
    let desk = Desk::of_user()?;
    if on {
        desk.register(&std::env::current_exe()?)?;
        println!("Links that begin with lotse:// start this program from now on.");
    } else {
        desk.unregister()?;
        println!("Links that begin with lotse:// do not start this program any more.");
    }
    Ok(())
}

fn window(options: Options) -> Result<(), StartError> {
    check_processor(&std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default(), PROCESSOR_NEEDS)?;
    let data_dir = options
        .data
        .clone()
        .or_else(|| lotse_ui::data_dir::data_dir("lotse-customer"))
        .ok_or(StartError::NoDataFolder)?;
    std::fs::create_dir_all(&data_dir).map_err(|error| StartError::DataFolder { path: data_dir.clone(), error })?;
    set_language(options.lang.unwrap_or_else(Language::from_environment));
    // Held until the window is closed.
    let instance = Instance::of(&data_dir);
    if options.resume && !instance.has_session(&data_dir) {
        // It is over, or somebody was quicker than the login.
        return Ok(());
    }
    if options.link.is_some() && instance.session_runs_elsewhere(&data_dir) {
        return busy(&options);
    }
    let restart = restart_config(&options, &data_dir);
    let config = CustomerConfig {
        relay: options.relay.clone().unwrap_or_default(),
        data_dir,
        driver_dir: options.drivers.clone(),
        locale: language().tag().to_owned(),
        developer: options.developer,
        allow: options.allow.clone(),
        restart,
    };
    let failed: Arc<OnceLock<StartError>> = Arc::default();
    let why = failed.clone();
    let created = eframe::run_native(
        "lotse-customer",
        native_options(),
        Box::new(move |context| {
            let handle = context.window_handle().ok().map(|handle| handle.as_raw());
            x11_id(handle)
                .and_then(|id| start(&context.egui_ctx, config, &options, id))
                .map(|window| -> Box<dyn eframe::App> { Box::new(window) })
                .map_err(|error| {
                    let text = error.to_string();
                    let _ = why.set(error);
                    text.into()
                })
        }),
    );
    match (created, Arc::into_inner(failed).and_then(OnceLock::into_inner)) {
        (_, Some(error)) => Err(error),
        (Err(error), None) => Err(StartError::Window(plain(&error.to_string()).to_owned())),
        (Ok(()), None) => Ok(()),
    }
}

fn native_options() -> eframe::NativeOptions {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Lotse")
        .with_app_id("lotse-customer")
        .with_icon(lotse_ui::brand::icon())
        .with_inner_size(WINDOW_SIZE)
        .with_min_inner_size([340.0, 480.0]);
    eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() }
}

/// A session runs already: says so, and starts nothing that could take it away.
fn busy(options: &Options) -> Result<(), StartError> {
    print(options.log_format, &[Event::new("link").with("state", "busy")]);
    let theme = options.theme;
    let created = eframe::run_native(
        "lotse-customer",
        native_options(),
        Box::new(move |context| Ok(Box::new(BusyWindow::new(&context.egui_ctx, theme)))),
    );
    created.map_err(|error| StartError::Window(plain(&error.to_string()).to_owned()))
}

/// What became of the link that the program was started with, for scripts.
fn tell(format: LogFormat, state: &LinkState) {
    let event = Event::new("link");
    let event = match state {
        LinkState::Joins => event.with("state", "joins"),
        LinkState::Asks { relay } => event.with("state", "asks").with("relay", relay.as_str()),
        LinkState::Refused { why } => event.with("state", "refused").with("why", why.as_str()),
    };
    print(format, &[event]);
}

/// What is offered after a session: once, and not where links start the program already.
fn offer() -> Option<Offer> {
    let program = std::env::current_exe().ok()?;
    let desk = Desk::of_user().ok()?;
    if desk.is_registered(&program) || desk.was_offered(&program) {
        return None;
    }
    let (noted, place) = (desk.clone(), program.clone());
    let note = move || noted.note_offer(&place).map_err(|error| error.to_string());
    let register = move || desk.register(&program).map_err(|error| error.to_string());
    Some(Offer::new(Box::new(register), Box::new(note)))
}

/// Starts the core and joins it to the desktop: own windows kept from injected input, the key that stops everything.
fn start(egui: &egui::Context, config: CustomerConfig, options: &Options, window: u32) -> Result<Window, StartError> {
    let stop: Arc<OnceLock<Customer>> = Arc::default();
    let (for_key, drawn) = (stop.clone(), egui.clone());
    let told = move |what: Told| match what {
        Told::Stop => {
            if let Some(customer) = for_key.get() {
                customer.send(CustomerCommand::Session(Command::StopEverything));
            }
        }
        Told::Wanted => {
            lotse_ui::windows::bring_back_window(&drawn, egui::ViewportId::ROOT, true);
        }
        Told::Changed => drawn.request_repaint(),
    };
    let (windows, desktop) =
        Desktop::start(window, Arc::new(told)).map_err(|error| StartError::Desktop(error.to_string()))?;
    let (bell, watch) = watch();
    let changed: Arc<dyn Fn() + Send + Sync> = Arc::new(move || bell.ring());
    let links = Links::within(&config.data_dir, options.relay.as_deref());
    let entry = EntryPage::new(options.name.clone(), options.relay.is_some(), links);
    let offer = offer();
    let viewer = viewer(stop.clone());
    let surfaces = viewer.clone().map(|viewer| -> Arc<dyn SurfaceHost> { viewer });
    let watching = Watching::new(viewer, Some(windows.clone()));
    let drawing = overlays(&windows);
    let customer = Customer::start(config, windows, surfaces, drawing, changed)?;
    let _ = stop.set(customer.clone());
    let (watched, format) = (customer.clone(), options.log_format);
    let mut events = SessionEvents::default();
    let mut shown: (Option<Arc<View>>, bool) = (None, false);
    let context = egui.clone();
    watch.spawn(move || {
        let view = watched.view();
        let session = view.session.clone();
        if let Some(session) = &session {
            print(format, &events.diff(session));
        }
        let same = match (&shown.0, &session) {
            (Some(shown), Some(session)) => looks_the_same(shown, session),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !same || shown.1 != view.passed_over {
            shown = (session, view.passed_over);
            context.request_repaint();
        }
        true
    })?;
    if options.commands {
        let (looked, steered) = (customer.clone(), customer.clone());
        let newest = move || looked.view().session.clone();
        let developer = options.developer;
        let steer = move |command: Command| {
            if commands::gives_files(&command) && !developer {
                commands::refused("consent is the window's; in developer mode alone a line may give it for files");
            } else {
                steered.send(CustomerCommand::Session(command));
            }
        };
        commands::follow(newest, steer, |_| false, || None)?;
    }
    if let Some(code) = options.join.clone() {
        customer.send(CustomerCommand::Join { code, name: options.name.clone() });
    }
    let window = Window::new(egui, Box::new(customer), Some(desktop), options.theme, entry);
    let mut window = window.offering(offer).watching(watching);
    if options.resume {
        window = window.only_resuming();
    }
    if let Some(link) = &options.link {
        let state = window.follow(link);
        tell(options.log_format, &state);
    }
    Ok(window)
}

/// Where a rep's screen is watched; without one the rep is told that it cannot be shown here. What is done on the picture goes
/// nowhere, but for what is drawn there.
fn viewer(customer: Arc<OnceLock<Customer>>) -> Option<Arc<ViewerHost>> {
    let on_input: OnInput = Arc::new(move |surface, input| {
        if let (true, Some(customer)) = (is_told(&input), customer.get()) {
            customer.send(CustomerCommand::Session(Command::Surface { surface, input }));
        }
    });
    ViewerHost::new(ViewerConfig { font: Some(fonts::regular()), ..ViewerConfig::default() }, on_input)
        .inspect_err(|error| tracing::warn!(%error, "no rep's screen can be watched here"))
        .ok()
}

/// Whether the core hears of it: that the picture was closed, and what the customer draws on it. Nothing steers.
fn is_told(input: &SurfaceInput) -> bool {
    match input {
        SurfaceInput::Pen(_) | SurfaceInput::Closed => true,
        SurfaceInput::Pointer { .. }
        | SurfaceInput::Key { .. }
        | SurfaceInput::Text { .. }
        | SurfaceInput::Changed { .. } => false,
    }
}

/// The window's X11 number, without which it cannot be told from others: then nothing starts.
fn x11_id(handle: Option<RawWindowHandle>) -> Result<u32, StartError> {
    let id = match handle {
        Some(RawWindowHandle::Xlib(handle)) => u32::try_from(handle.window).ok(),
        Some(RawWindowHandle::Xcb(handle)) => Some(handle.window.get()),
        _ => None,
    };
    id.ok_or(StartError::NotX11)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotse_engine::drawing::PenInput;
    use raw_window_handle::{WaylandWindowHandle, XlibWindowHandle};

    #[test]
    fn a_processor_that_is_too_old_is_told_in_words() {
        let told = |flags| format!("processor\t: 0\nflags\t\t: fpu {flags} sse2\nbugs\t\t:\n");
        let needs = &["popcnt", "sse4_2"];
        assert!(check_processor(&told("popcnt sse4_2"), needs).is_ok());
        assert!(matches!(check_processor(&told("popcnt sse4_1"), needs), Err(StartError::Processor("sse4_2"))));
        assert!(check_processor("", needs).is_ok(), "nothing is known");
        let here = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        assert!(check_processor(&here, PROCESSOR_NEEDS).is_ok(), "this very program runs");
    }

    /// Scar: what the customer drew in the window where they watch was passed over.
    #[test]
    fn a1_of_what_is_done_on_a_reps_picture_only_drawing_goes_on() {
        let pen = |input| is_told(&SurfaceInput::Pen(input));
        assert!(pen(PenInput::Pointer { x: 1, y: 2, buttons: 1 }) && pen(PenInput::Left));
        assert!(is_told(&SurfaceInput::Closed));
        let pointer = SurfaceInput::Pointer { x: 1, y: 2, buttons: 1, wheel_x: 0, wheel_y: 0 };
        let text = SurfaceInput::Text { entered: "a".to_owned() };
        let changed = SurfaceInput::Changed { what: Vec::new() };
        for input in [pointer, SurfaceInput::Key { physical: 30, down: true }, text, changed] {
            assert!(!is_told(&input), "{input:?}");
        }
    }

    #[test]
    fn c5_a_window_that_cannot_be_told_from_others_starts_nothing() {
        assert!(matches!(x11_id(Some(RawWindowHandle::Xlib(XlibWindowHandle::new(7)))), Ok(7)));
        let elsewhere = RawWindowHandle::Wayland(WaylandWindowHandle::new(std::ptr::NonNull::dangling()));
        for handle in [None, Some(elsewhere)] {
            assert!(matches!(x11_id(handle), Err(StartError::NotX11)));
        }
    }
}
