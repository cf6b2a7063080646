//! From the command line to running windows, and what is said when it does not come to that.
//!
//! Exit codes: 0 done, 1 a failure that standard error explains, 2 a command line that makes no sense.

use crate::app::Console;
use crate::at_rest::AtRest;
use crate::automation::Automation;
use crate::bare;
use crate::chime::Chime;
use crate::options::Options;
use crate::parts::{Parts, follow_commands, parts, wishes};
use crate::settings::Store;
use crate::start_error::StartError;
use clap::Parser;
use lotse_engine::rep::{Rep, RepCommand, RepConfig};
use lotse_ui::text::{language, set_language};
use lotse_ui::watch::{Bell, watch};
use lotse_ui::window_error::plain;
use lotse_viewer::ViewerConfig;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

/// Most bytes of a password file that are read.
const PASSWORD_BYTES_MAX: usize = 4096;

/// The whole program.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let options = match Options::try_parse_from(arguments) {
        Ok(options) => options,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    lotse_ui::logging::install();
    match start(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lotse: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start(options: &Options) -> Result<(), StartError> {
    let data_dir =
        options.data.clone().or_else(|| lotse_ui::data_dir::data_dir("lotse")).ok_or(StartError::NoDataFolder)?;
    std::fs::create_dir_all(&data_dir).map_err(|error| StartError::DataFolder { path: data_dir.clone(), error })?;
    let mut store = Store::open(&data_dir);
    take_over(options, &mut store);
    set_language(options.lang.unwrap_or_else(|| store.settings.language()));
    let sign_in = match (&options.relay, &options.user, &options.password_file) {
        (Some(relay), Some(user), Some(path)) => {
            Some(RepCommand::SignIn { relay: relay.clone(), user: user.clone(), password: password(path)? })
        }
        _ => None,
    };
    let chime = Chime::found(&data_dir);
    let config = RepConfig { data_dir, driver_dir: options.drivers.clone(), locale: language().tag().to_owned() };
    if options.viewer_bare {
        bare::run(options, config, sign_in)
    } else {
        windows(options, config, sign_in, (store, chime))
    }
}

/// What the command line says holds for this run and, where it is a preference, for the next.
fn take_over(options: &Options, store: &mut Store) {
    let settings = &mut store.settings;
    if let Some(relay) = &options.relay {
        settings.relay.clone_from(relay);
    }
    if let Some(user) = &options.user {
        settings.user.clone_from(user);
    }
    if let Some(theme) = options.theme {
        settings.theme = theme.word().to_owned();
    }
    if let Some(scale) = options.scale {
        settings.scale_percent = (scale * 100.0).round() as u32;
    }
    if let Some(lang) = options.lang {
        settings.language = Some(lang.tag().to_owned());
    }
}

fn password(path: &Path) -> Result<String, StartError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| StartError::PasswordFile { path: path.to_owned(), error })?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() || line.len() > PASSWORD_BYTES_MAX {
        return Err(StartError::PasswordEmpty(path.to_owned()));
    }
    Ok(line.to_owned())
}

fn windows(
    options: &Options,
    config: RepConfig,
    sign_in: Option<RepCommand>,
    (store, chime): (Store, Chime),
) -> Result<(), StartError> {
    let [width, height] = store.settings.list_size;
    let viewport = egui::ViewportBuilder::default()
        .with_title("Lotse")
        .with_app_id("lotse")
        .with_icon(lotse_ui::brand::icon())
        .with_inner_size([width, height])
        .with_min_inner_size([480.0, 360.0]);
    // Without a GPU each wait for a frame is lost time; damaged windows are drawn once and then rest.
    let native = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let (wishes, commands) = (wishes(options), options.commands);
    let failed: Arc<OnceLock<StartError>> = Arc::default();
    let why = failed.clone();
    let running: Arc<OnceLock<Rep>> = Arc::default();
    let begun = running.clone();
    let created = eframe::run_native(
        "lotse",
        native,
        Box::new(move |context| {
            let egui = context.egui_ctx.clone();
            let (bell, heeding) = watch();
            // Beside the other: whoever reads the events slowly holds up no window.
            let (drawn, drawing): (Bell, _) = watch();
            let changed: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
                drawn.ring();
                bell.ring();
            });
            let rest: Arc<AtRest> = Arc::default();
            let (waking, resting) = (egui.clone(), rest.clone());
            let built = parts(config, ViewerConfig::default(), changed).and_then(|parts| {
                let (mut automation, watched) = (Automation::new(wishes), parts.rep.clone());
                let woken = parts.rep.clone();
                drawing.spawn(move || {
                    if resting.is_news(&woken.view()) {
                        waking.request_repaint();
                    }
                    true
                })?;
                heeding.spawn(move || {
                    automation.look(&watched);
                    true
                })?;
                if commands {
                    follow_commands(&parts.rep)?;
                }
                Ok(parts)
            });
            match built {
                Ok(Parts { rep, viewer, own }) => {
                    let _ = begun.set(rep.clone());
                    // Before the sign-in, after which the relay is told. Without windows nobody would see a question.
                    rep.send(RepCommand::Availability(store.settings.availability()));
                    if let Some(sign_in) = sign_in {
                        rep.send(sign_in);
                    }
                    let console = Console::new(&egui, Box::new(rep), Some(viewer), store);
                    Ok(Box::new(console.with_chime(chime).with_rest(rest).with_own_windows(own)))
                }
                Err(error) => {
                    let text = error.to_string();
                    let _ = why.set(error);
                    Err(text.into())
                }
            }
        }),
    );
    if let Some(rep) = running.get() {
        rep.settle();
    }
    match (created, Arc::into_inner(failed).and_then(OnceLock::into_inner)) {
        (_, Some(error)) => Err(error),
        (Err(error), None) => Err(StartError::Window(plain(&error.to_string()).to_owned())),
        (Ok(()), None) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn passwords_are_the_first_line_of_their_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p");
        std::fs::write(&path, "correct horse\n").unwrap();
        assert_eq!(password(&path).unwrap(), "correct horse");
        std::fs::write(&path, "\nx").unwrap();
        assert!(matches!(password(&path), Err(StartError::PasswordEmpty(_))));
        assert!(matches!(password(&folder.path().join("none")), Err(StartError::PasswordFile { .. })));
    }
}
