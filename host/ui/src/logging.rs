//! Messages for people, on standard error: level, place, text. Nothing secret is ever handed to it.

use tracing_subscriber::filter::LevelFilter;

/// Once a program. `LOTSE_LOG` names the least level shown: `error`, `warn` (when unset), `info`, `debug` or `trace`.
pub fn install() {
    let level = std::env::var("LOTSE_LOG").ok().and_then(|word| word.parse().ok()).unwrap_or(LevelFilter::WARN);
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_ansi(false);
    // A second call changes nothing: the first subscriber stays.
    let _ = subscriber.try_init();
}
