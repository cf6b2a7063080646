//! What a run of the program consists of, with windows or without: the core, the viewer, and what the command line wants.
//!
//! [`crate::start`] puts windows over it, [`crate::bare`] does not. Fails when no picture can be shown or the operating
//! system gives no thread.

use crate::automation::Wishes;
use crate::options::Options;
use crate::start_error::StartError;
use lotse_desktop::{Overlays, X11Windows};
use lotse_engine::drawing::DrawingHost;
use lotse_engine::rep::{Rep, RepCommand, RepConfig};
use lotse_ui::fonts;
use lotse_viewer::{OnInput, ViewerConfig, ViewerHost};
use std::sync::{Arc, OnceLock};

/// What the program consists of beside its windows.
pub(crate) struct Parts {
    pub rep: Rep,
    pub viewer: Arc<ViewerHost>,
    /// Windows of the program that nothing is drawn over; `None`: nothing is drawn.
    pub own: Option<Arc<X11Windows>>,
}

/// Starts the core and the viewer and joins them: pictures to the viewer, input on them to the core.
pub(crate) fn parts(
    config: RepConfig,
    viewer: ViewerConfig,
    changed: Arc<dyn Fn() + Send + Sync>,
) -> Result<Parts, StartError> {
    let core: Arc<OnceLock<Rep>> = Arc::default();
    let for_input = core.clone();
    let on_input: OnInput = Arc::new(move |surface, input| {
        let Some(rep) = for_input.get() else { return };
        let view = rep.view();
        let session =
            view.sessions.iter().find(|session| session.view.surfaces.iter().any(|known| known.id == surface));
        if let Some(session) = session {
            let command = lotse_engine::view::Command::Surface { surface, input };
            rep.send(RepCommand::Session { session: session.id, command });
        }
    });
    let (drawing, own) = overlays(viewer.display.as_deref()).unzip();
    let viewer = ViewerHost::new(ViewerConfig { font: Some(fonts::regular()), ..viewer }, on_input)?;
    let rep = Rep::start(config, viewer.clone(), drawing, changed)?;
    let _ = core.set(rep.clone());
    Ok(Parts { rep, viewer, own })
}

/// Draws over this computer's own screen; `None`: that cannot be done here, and plugins are told so.
fn overlays(display: Option<&str>) -> Option<(Arc<dyn DrawingHost>, Arc<X11Windows>)> {
    let started = X11Windows::of_process(display).and_then(|windows| {
        let overlays = Overlays::start(display, Arc::clone(&windows), Some(fonts::regular()))?;
        Ok((overlays, windows))
    });
    let (overlays, windows) =
        started.inspect_err(|error| tracing::warn!(%error, "nothing can be drawn over the screen")).ok()?;
    let drawing: Arc<dyn DrawingHost> = Arc::new(overlays);
    Some((drawing, windows))
}

/// The wishes of the command line.
pub(crate) fn wishes(options: &Options) -> Wishes {
    Wishes {
        new_code: options.new_code,
        code_file: options.code_file.clone(),
        second_factor_file: options.second_factor_file.clone(),
        view: options.view,
        control: options.control,
        format: options.log_format.into(),
    }
}

/// Commands on standard input go to the newest session, or to the program.
pub(crate) fn follow_commands(rep: &Rep) -> std::io::Result<()> {
    let (looked, steered, asked, offered) = (rep.clone(), rep.clone(), rep.clone(), rep.clone());
    let newest = move || looked.view().sessions.last().map(|session| session.view.clone());
    let wished = move |command| {
        if let Some(session) = steered.view().sessions.last() {
            steered.send(RepCommand::Session { session: session.id, command });
        }
    };
    let told = move |command| {
        asked.send(command);
        true
    };
    lotse_ui::commands::follow(newest, wished, told, move || offered.view().hand_over.clone())
}
