//! `lotse-relay serve`: logs, starts the relay, says where it is, and ends it in order on a signal.

use super::{CliError, LogFormat, ServeOptions};
use crate::data::write_whole;
use crate::networks::Networks;
use crate::ready;
use crate::relay::{Relay, RelayConfig};
use crate::tls::TlsFiles;
use lotse_protocol::control::Secret;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// In the data folder, as long as a relay runs that has no operator yet and no console of its own.
const SET_UP_FILE: &str = "set-up-code";

pub(super) async fn run(options: ServeOptions) -> Result<(), CliError> {
    start_logging(options.log_format, "info");
    crate::files::allow_many();
    // Before anything is started: a signal during the start must not be lost.
    let mut end = Signals::new()?;
    let ServeOptions {
        data,
        listen,
        udp,
        metrics,
        tls_cert,
        tls_key,
        acme,
        drain,
        operators_from,
        developer,
        plugins,
        programs,
        webhook_ca,
        webhooks_to_private,
        trusted_key,
        code_lifetime,
        ready_file,
        log_format,
    } = options;
    let set_up_file = data.join(SET_UP_FILE);
    let mut config = RelayConfig::new(data, listen);
    config.udp = udp;
    config.metrics = metrics;
    config.tls = tls_cert.zip(tls_key).map(|(certificate, key)| TlsFiles { certificate, key });
    config.acme = acme.config();
    config.operators_from = Networks(operators_from);
    config.developer = developer;
    config.plugins_usual = if plugins.is_empty() { beside_the_program("plugins") } else { vec![] };
    config.plugins = plugins;
    config.programs = if programs.is_empty() { beside_the_program("programs") } else { programs };
    config.webhook_ca = webhook_ca;
    config.webhooks_to_private = webhooks_to_private;
    config.trusted_keys = trusted_key;
    config.limits.code_lifetime_ms = code_lifetime.saturating_mul(1000);
    let relay = Relay::start(config).await?;
    let url = ready::relay_url(&relay);
    match log_format {
        LogFormat::Text => println!("Relay ready: {url}"),
        LogFormat::Json => tracing::info!(event = "ready", url, udp = %relay.udp(), developer, "ready"),
    }
    match relay.set_up_code() {
        Some(Secret(code)) => {
            let page = format!("{}{}", ready::address(&relay), ready::SET_UP_PATH);
            show_set_up_code(log_format, code, &page, &set_up_file);
        }
        // Of a start before this one that came to no orderly end.
        None => forget(&set_up_file),
    }
    let result = match &ready_file {
        None => Ok(()),
        Some(path) => ready::write(&relay, path).map_err(|error| CliError::Ready { path: path.clone(), error }),
    };
    if result.is_ok() {
        tokio::select! {
            () = end.wait() => {}
            () = reload_when_told(&relay) => {}
        }
        drain_for(&relay, Duration::from_secs(drain), &mut end).await;
        tracing::info!("ending");
    }
    // A script must not find the address of a relay that is gone, nor anybody a code that is over.
    if let Some(path) = ready_file {
        forget(&path);
    }
    forget(&set_up_file);
    tokio::select! {
        () = relay.stop() => {}
        // Connections are not waited for, and what the database has stays: it is written with each change.
        () = end.wait() => tracing::warn!("ending at once"),
    }
    result
}

/// Whoever reads the code may be the first operator. It is shown to who sits at the relay's own console; logs are read by
/// others, too, and sent elsewhere, so they have only the name of a file that is the relay's user's alone.
fn show_set_up_code(format: LogFormat, code: &str, page: &str, file: &Path) {
    if format == LogFormat::Text && std::io::stdout().is_terminal() {
        println!("No operator yet. To be the first, open {page}");
        println!("Set-up code, for one use until the relay is started anew: {code}");
        return;
    }
    match write_whole(file, format!("{code}\n").as_bytes()) {
        Ok(()) => {
            tracing::info!(event = "set-up", page, file = %file.display(), "no operator yet; the file has the set-up code");
        }
        Err(error) => tracing::error!(
            %error,
            file = %file.display(),
            "the set-up code cannot be written; add the first operator with `lotse-relay operator add`"
        ),
    }
}

/// Removes a file that may not be there.
fn forget(file: &Path) {
    let _ = std::fs::remove_file(file);
}

/// Lets sessions go on for a while, or until a second signal.
async fn drain_for(relay: &Relay, at_most: Duration, end: &mut Signals) {
    if at_most.is_zero() {
        return;
    }
    tracing::info!(
        event = "draining",
        at_most_s = at_most.as_secs(),
        "nothing new begins; waiting for sessions to end"
    );
    tokio::select! {
        () = relay.drain(at_most) => {}
        () = end.wait() => tracing::info!("sessions are not waited for"),
    }
}

/// Reads the certificate's files anew with each SIGHUP, for ever, or asks an authority at once for what is due. With the
/// relay's own certificate there is nothing to do, and from a terminal the signal keeps its usual meaning then.
async fn reload_when_told(relay: &Relay) {
    if !relay.pinned() || !std::io::stdin().is_terminal() {
        match signal(SignalKind::hangup()) {
            Ok(mut hangup) => {
                while hangup.recv().await.is_some() {
                    tracing::info!("SIGHUP: the certificate is looked at");
                    relay.reload_certificate();
                }
            }
            Err(error) => {
                tracing::warn!(%error, "SIGHUP cannot be heard; the certificate is looked at from time to time anyway")
            }
        }
    }
    std::future::pending().await
}

/// Logs go to standard error in text, and as JSON lines to standard output, where scripts read events.
/// `usual`: the level, unless the environment names another.
pub(super) fn start_logging(format: LogFormat, usual: &str) {
    let said = std::env::var("LOTSE_LOG").unwrap_or_default();
    let filter = EnvFilter::try_new(directives(&said, usual)).unwrap_or_else(|_| EnvFilter::new(usual));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter);
    // Fails only when logging is set up already, as in a test.
    let _ = match format {
        LogFormat::Text => {
            subscriber.with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr).try_init()
        }
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
}

/// What a level alone means: the libraries' own lines go no finer than `info`, since nobody here answers for what is in those.
/// Whoever wants them names them.
fn directives(said: &str, usual: &str) -> String {
    let said = if said.trim().is_empty() { usual } else { said.trim() };
    match said.parse::<LevelFilter>() {
        Ok(level) if level > LevelFilter::INFO => format!("info,lotse={level}"),
        Ok(_) | Err(_) => said.to_owned(),
    }
}

/// A folder of this name where the program lies.
fn beside_the_program(name: &str) -> Vec<PathBuf> {
    let program = std::env::current_exe().ok();
    program.and_then(|program| Some(program.parent()?.join(name))).into_iter().collect()
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Self, CliError> {
        let listen = |kind| signal(kind).map_err(CliError::System);
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_alone_makes_no_library_talkative() {
        for (said, means) in [
            ("", "warn"),
            ("error", "error"),
            ("info", "info"),
            ("debug", "info,lotse=debug"),
            (" TRACE", "info,lotse=trace"),
            ("info,sqlx=debug", "info,sqlx=debug"),
        ] {
            assert_eq!(directives(said, "warn"), means);
            assert!(EnvFilter::try_new(means).is_ok(), "{means}");
        }
    }
}
