//! What this computer is called by people: shown to the rep beside the customer's name.

/// Operating system in words, such as "Debian GNU/Linux 12 (bookworm)".
pub(crate) fn name() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let pretty = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    match pretty {
        Some(pretty) => pretty.trim_matches('"').chars().take(80).collect(),
        None => std::env::consts::OS.to_owned(),
    }
}

/// Unix time in seconds, by this computer's clock.
pub(crate) fn unix_s() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs()
}
