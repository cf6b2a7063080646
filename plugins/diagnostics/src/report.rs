//! The facts in words: lines under headings, the same for the window and for the clipboard.

use lotse_sdk::session::text;
use lotse_sdk::{ReadSettings, Settings, Value};

use crate::wire::Groups;

/// A heading and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub title: String,
    /// What it is, and its value.
    pub lines: Vec<(String, String)>,
}

pub fn sections(groups: &Groups) -> Vec<Section> {
    let section = |(name, facts): &(String, Settings)| {
        let lines: Vec<_> = lines(name, facts).into_iter().filter(|(_, value)| !value.is_empty()).collect();
        (!lines.is_empty()).then(|| Section { title: title(name, facts), lines })
    };
    groups.iter().filter_map(section).collect()
}

/// Everything as text.
pub fn as_text(sections: &[Section]) -> String {
    let mut written = String::new();
    for Section { title, lines } in sections {
        written.push_str(title);
        written.push('\n');
        for (label, value) in lines {
            written.push_str(&format!("  {label}: {value}\n"));
        }
    }
    written
}

fn title(group: &str, facts: &Settings) -> String {
    let named = |kind: &str, key: &str| match facts.text(key) {
        Some(name) if !name.is_empty() => format!("{kind} {name}"),
        Some(_) | None => kind.to_owned(),
    };
    match group {
        "os" => text("System", "System").to_owned(),
        "processor" => text("Processor", "Prozessor").to_owned(),
        "memory" => text("Memory", "Arbeitsspeicher").to_owned(),
        "disks" => named(text("Disk", "Datenträger"), "place"),
        "displays" => named(text("Display", "Bildschirm"), "name"),
        "network" => named(text("Network", "Netzwerk"), "name"),
        // Newer than this plugin.
        other => other.to_owned(),
    }
}

fn lines(group: &str, facts: &Settings) -> Vec<(String, String)> {
    match group {
        "os" => vec![
            told(text("Name", "Name"), facts, "name"),
            told(text("Kernel", "Kernel"), facts, "kernel"),
            told(text("Architecture", "Architektur"), facts, "machine"),
            told(text("Computer", "Computer"), facts, "computer"),
            told(text("Desktop", "Desktop"), facts, "desktop"),
            line(text("Running for", "Läuft seit"), facts.number("up-s").map(duration)),
        ],
        "processor" => vec![
            told(text("Name", "Name"), facts, "name"),
            line(text("Cores", "Kerne"), facts.number("cores").map(|cores| cores.to_string())),
        ],
        "memory" => vec![
            sized(text("In all", "Insgesamt"), facts, "total"),
            sized(text("Available", "Verfügbar"), facts, "available"),
            sized(text("Swap space", "Auslagerung"), facts, "swap-total"),
            sized(text("Swap space free", "Auslagerung frei"), facts, "swap-free"),
        ],
        "disks" => vec![
            sized(text("Size", "Größe"), facts, "total"),
            line(text("Free", "Frei"), free(facts)),
            told(text("Format", "Format"), facts, "format"),
        ],
        "displays" => vec![line(text("Pixels", "Bildpunkte"), pixels(facts))],
        "network" => network(facts),
        _ => facts.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
    }
}

fn line(label: &str, value: Option<String>) -> (String, String) {
    (label.to_owned(), value.unwrap_or_default())
}

fn told(label: &str, facts: &Settings, key: &str) -> (String, String) {
    line(label, facts.text(key).map(str::to_owned))
}

fn sized(label: &str, facts: &Settings, key: &str) -> (String, String) {
    line(label, facts.number(key).map(bytes))
}

/// `13.2 GB (42 %)`
fn free(facts: &Settings) -> Option<String> {
    let free = facts.number("free")?;
    let percent = facts.number("total").and_then(|total| free.checked_mul(100)?.checked_div(total));
    Some(percent.map_or_else(|| bytes(free), |percent| format!("{} ({percent} %)", bytes(free))))
}

fn pixels(facts: &Settings) -> Option<String> {
    let (width, height) = (facts.number("width")?, facts.number("height")?);
    let scale = facts.number("scale-percent").filter(|percent| *percent != 100);
    let scale = scale.map(|percent| format!(", {percent} %")).unwrap_or_default();
    let main = if facts.flag("primary") == Some(true) { text(", main display", ", Hauptbildschirm") } else { "" };
    Some(format!("{width} × {height}{scale}{main}"))
}

fn network(facts: &Settings) -> Vec<(String, String)> {
    let state = facts
        .flag("up")
        .map(|up| if up { text("connected", "verbunden") } else { text("not connected", "nicht verbunden") });
    let addresses = facts.iter().filter(|(key, _)| key == "address");
    std::iter::once(line(text("State", "Zustand"), state.map(str::to_owned)))
        .chain(addresses.map(|(_, address)| (text("Address", "Adresse").to_owned(), plain(address))))
        .collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::Flag(on) => (if *on { text("yes", "ja") } else { text("no", "nein") }).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Real(_) | Value::Bytes(_) => String::new(),
    }
}

/// In the decimal units that disks are sold by.
fn bytes(bytes: i64) -> String {
    let units = [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.into_iter().find(|(size, _)| bytes >= *size) {
        Some((size, unit)) => {
            let tenths = bytes / (size / 10);
            format!("{}{}{} {unit}", tenths / 10, text(".", ","), tenths % 10)
        }
        None => format!("{bytes} B"),
    }
}

fn duration(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match days {
        0 => format!("{hours} h {minutes} min"),
        _ => format!("{days} {} {hours} h", text("d", "T.")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use lotse_sdk::settings;

    #[test]
    fn sizes_and_times_are_read_at_a_glance() {
        assert_eq!(
            [0, 999, 1_000, 16_384_000_000, 2_000_398_934_016].map(bytes),
            ["0 B", "999 B", "1.0 kB", "16.3 GB", "2.0 TB"]
        );
        assert_eq!(bytes(-1), "-1 B");
        assert_eq!([59, 3_661, 90_000].map(duration), ["0 h 0 min", "1 h 1 min", "1 d 1 h"]);
    }

    #[test]
    fn the_text_is_what_the_window_shows_and_nothing_empty_stands_in_it() {
        let disk =
            settings([("place", "/".into()), ("total", 200_000_000_000.into()), ("free", 50_000_000_000.into())]);
        let mut network = settings([("name", "eth0".into()), ("up", true.into()), ("address", "10.0.0.2".into())]);
        network.push(("address".to_owned(), "fe80::1".into()));
        let display = settings([
            ("name", "DP-1".into()),
            ("width", 1920.into()),
            ("height", 1080.into()),
            ("primary", true.into()),
        ]);
        let groups: Groups = vec![
            ("os".to_owned(), settings([("name", "Debian 12".into())])),
            ("memory".to_owned(), Vec::new()),
            ("disks".to_owned(), disk),
            ("displays".to_owned(), display),
            ("network".to_owned(), network),
            ("battery".to_owned(), settings([("charging", false.into())])),
        ];
        let wanted = "System\n  Name: Debian 12\nDisk /\n  Size: 200.0 GB\n  Free: 50.0 GB (25 %)\nDisplay DP-1\n  \
                      Pixels: 1920 × 1080, main display\nNetwork eth0\n  State: connected\n  Address: 10.0.0.2\n  \
                      Address: fe80::1\nbattery\n  charging: no\n";
        assert_eq!(as_text(&sections(&groups)), wanted);
    }

    #[test]
    fn hostile_numbers_break_nothing() {
        let disk = settings([("total", 0.into()), ("free", i64::MAX.into())]);
        let odd = settings([("up-s", i64::MIN.into())]);
        let groups: Groups = vec![("disks".to_owned(), disk), ("os".to_owned(), odd)];
        assert!(!as_text(&sections(&groups)).is_empty());
    }
}
