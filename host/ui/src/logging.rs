//! Messages for people, on standard error: level, place, text. Nothing secret is ever handed to it.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Once a program. `LOTSE_LOG` names the least level shown: `error`, `warn` (when unset), `info`, `debug` or `trace`.
pub fn install() {
    let level = std::env::var("LOTSE_LOG").ok().and_then(|word| word.parse().ok()).unwrap_or(LevelFilter::WARN);
    // Libraries warn of much that concerns nobody; unless asked, only their errors are shown. Their finer lines may hold what
    // windows show or what is typed, such as those of the bus to screen readers, and are never shown.
    let theirs = if level > LevelFilter::WARN { level.min(LevelFilter::INFO) } else { LevelFilter::ERROR };
    let targets = Targets::new().with_default(theirs).with_target("lotse", level);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    // A second call changes nothing: the first subscriber stays.
    let _ = tracing_subscriber::registry().with(lines).with(targets).try_init();
}
