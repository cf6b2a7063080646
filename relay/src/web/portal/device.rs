//! Which system and browser a customer's page runs in, by what the browser says of itself.
//!
//! It decides which program is offered and what is said where there is none. A browser may lie or say nothing; the page
//! then asks it once more, in a script, and every program that there is stays in reach by hand.

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;

/// What is looked at of a header, in bytes. Browsers say some 120.
const HEADER_BYTES_MAX: usize = 512;
/// Browsers that send these hints are asked for them: system's version, processor, bits.
pub const HINTS: &str = "Sec-CH-UA-Platform-Version, Sec-CH-UA-Arch, Sec-CH-UA-Bitness";
/// The first version of Windows 11 as the hint counts: its own user agent still says 10.
const WINDOWS_11: u32 = 13;

/// An operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Linux,
    Windows,
    MacOs,
    Android,
    Ios,
    ChromeOs,
    /// Another, or the browser does not say.
    Other,
}

/// A processor's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    X86_64,
    Aarch64,
    /// 32 bits, or something rarer.
    Other,
}

/// A customer's device, as far as its browser tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub system: System,
    pub machine: Machine,
    /// The system's own name, such as `Windows 11`; empty if unknown.
    pub system_name: String,
    /// The browser's own name and version, such as `Firefox 128`; empty if unknown.
    pub browser_name: String,
}

impl Device {
    /// Reads a request's headers.
    pub fn of(headers: &HeaderMap) -> Self {
        let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(cut).unwrap_or_default();
        let hint = |name: &str| said(name).trim_matches('"');
        let agent = said(USER_AGENT.as_str());
        let (system, mut system_name) = system(agent);
        let version = hint("sec-ch-ua-platform-version").split('.').next().and_then(|major| major.parse::<u32>().ok());
        if system == System::Windows
            && let Some(version) = version
            && version > 0
        {
            system_name = if version >= WINDOWS_11 { "Windows 11" } else { "Windows 10" };
        }
        let machine = match (hint("sec-ch-ua-arch"), hint("sec-ch-ua-bitness")) {
            ("x86", "64") => Machine::X86_64,
            ("arm", "64") => Machine::Aarch64,
            ("", _) | (_, "") => machine(agent),
            _ => Machine::Other,
        };
        Self { system, machine, system_name: system_name.to_owned(), browser_name: browser(agent) }
    }
}

/// Browser and system by what a browser calls itself, such as `Firefox 128 · Linux`; that itself where neither is known.
pub fn browser_named(agent: &str) -> String {
    let agent = cut(agent);
    let names = [browser(agent), system(agent).1.to_owned()];
    let known: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    if known.is_empty() { agent.to_owned() } else { known.join(" · ") }
}

/// At most [`HEADER_BYTES_MAX`], ASCII by what headers can hold.
fn cut(text: &str) -> &str {
    text.get(..HEADER_BYTES_MAX).unwrap_or(text)
}

/// In the order in which one name hides behind another: an Android phone says Linux, too.
const SYSTEMS: &[(&str, System, &str)] = &[
    ("Android", System::Android, "Android"),
    ("iPhone", System::Ios, "iOS"),
    ("iPad", System::Ios, "iPadOS"),
    ("iPod", System::Ios, "iOS"),
    ("CrOS", System::ChromeOs, "ChromeOS"),
    ("Windows NT 10", System::Windows, "Windows 10 / 11"),
    ("Windows NT 6.3", System::Windows, "Windows 8.1"),
    ("Windows NT 6.2", System::Windows, "Windows 8"),
    ("Windows NT 6.1", System::Windows, "Windows 7"),
    ("Windows", System::Windows, "Windows"),
    ("Macintosh", System::MacOs, "macOS"),
    ("Ubuntu", System::Linux, "Ubuntu"),
    ("Linux", System::Linux, "Linux"),
    ("FreeBSD", System::Other, "FreeBSD"),
    ("OpenBSD", System::Other, "OpenBSD"),
];

fn system(agent: &str) -> (System, &'static str) {
    let found = SYSTEMS.iter().find(|(sign, ..)| agent.contains(sign));
    found.map_or((System::Other, ""), |(_, system, name)| (*system, name))
}

fn machine(agent: &str) -> Machine {
    let says = |signs: &[&str]| signs.iter().any(|sign| agent.contains(sign));
    if says(&["x86_64", "x86-64", "Win64", "WOW64", "amd64", "x64"]) {
        Machine::X86_64
    } else if says(&["aarch64", "arm64", "ARM64"]) {
        Machine::Aarch64
    } else {
        Machine::Other
    }
}

/// In the order in which one name hides behind another: nearly everything says Safari, too.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("MSIE ", "Internet Explorer"),
    ("Trident/", "Internet Explorer"),
    ("Version/", "Safari"),
];

fn browser(agent: &str) -> String {
    let Some((name, rest)) =
        BROWSERS.iter().find_map(|(sign, name)| agent.split_once(sign).map(|(_, rest)| (*name, rest)))
    else {
        return String::new();
    };
    let major: String = rest.chars().take_while(char::is_ascii_digit).take(4).collect();
    // Internet Explorer's engine counts otherwise than it does.
    match (name, agent.contains("Trident/") && !agent.contains("MSIE ")) {
        (_, true) => format!("{name} 11"),
        (_, false) if major.is_empty() => name.to_owned(),
        (_, false) => format!("{name} {major}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use axum::http::HeaderValue;

    fn device(headers: &[(&'static str, &str)]) -> Device {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        Device::of(&map)
    }

    #[test]
    fn a_browser_is_named_by_itself_and_its_system_and_what_nobody_knows_by_its_own_words() {
        let firefox = "Mozilla/5.0 (X11; Ubuntu; Linux aarch64; rv:128.0) Gecko/20100101 Firefox/128.0";
        assert_eq!(browser_named(firefox), "Firefox 128 · Ubuntu");
        assert_eq!(browser_named("Mozilla/5.0 (OpenBSD)"), "OpenBSD");
        assert_eq!((browser_named("curl/8.5.0"), browser_named("")), ("curl/8.5.0".to_owned(), String::new()));
    }

    /// As these browsers say it.
    #[test]
    fn browsers_are_told_apart_by_their_words() {
        const WEBKIT: &str = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let table = [
            (
                format!("Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/126.0.0.0 Safari/537.36"),
                (System::Linux, Machine::X86_64, "Linux", "Chrome 126"),
            ),
            (
                format!("Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/126.0.0.0 Safari/537.36"),
                (System::Linux, Machine::X86_64, "Linux", "Chrome 126"),
            ),
            (
                "Mozilla/5.0 (X11; Ubuntu; Linux aarch64; rv:128.0) Gecko/20100101 Firefox/128.0".into(),
                (System::Linux, Machine::Aarch64, "Ubuntu", "Firefox 128"),
            ),
            (
                "Mozilla/5.0 (X11; Linux i686; rv:52.0) Gecko/20100101 Firefox/52.0".into(),
                (System::Linux, Machine::Other, "Linux", "Firefox 52"),
            ),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"),
                (System::Windows, Machine::X86_64, "Windows 10 / 11", "Edge 126"),
            ),
            (
                "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko".into(),
                (System::Windows, Machine::X86_64, "Windows 7", "Internet Explorer 11"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15".into(),
                (System::MacOs, Machine::Other, "macOS", "Safari 17"),
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36"),
                (System::Android, Machine::Other, "Android", "Chrome 126"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1".into(),
                (System::Ios, Machine::Other, "iOS", "Safari 17"),
            ),
            (
                format!("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/126.0.0.0 Safari/537.36"),
                (System::ChromeOs, Machine::X86_64, "ChromeOS", "Chrome 126"),
            ),
            ("curl/8.5.0".into(), (System::Other, Machine::Other, "", "")),
            (String::new(), (System::Other, Machine::Other, "", "")),
        ];
        for (agent, (system, machine, system_name, browser_name)) in table {
            let wanted = Device { system, machine, system_name: system_name.into(), browser_name: browser_name.into() };
            assert_eq!(device(&[("user-agent", &agent)]), wanted, "{agent}");
        }
    }

    #[test]
    fn hints_say_what_the_user_agent_no_longer_does() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36";
        let with =
            |version: &str| device(&[("user-agent", windows), ("sec-ch-ua-platform-version", version)]).system_name;
        assert_eq!(with("\"15.0.0\""), "Windows 11");
        assert_eq!(with("\"10.0.0\""), "Windows 10");
        assert_eq!(with("\"0.1.0\""), "Windows 10 / 11");
        let linux = "Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0.0.0 Safari/537.36";
        let on_arm = [("user-agent", linux), ("sec-ch-ua-arch", "\"arm\""), ("sec-ch-ua-bitness", "\"64\"")];
        assert_eq!(device(&on_arm).machine, Machine::Aarch64);
        let small = [("user-agent", linux), ("sec-ch-ua-arch", "\"x86\""), ("sec-ch-ua-bitness", "\"32\"")];
        assert_eq!(device(&small).machine, Machine::Other);
    }

    #[test]
    fn whatever_a_browser_says_is_bounded() {
        let long = format!("Firefox/{}", "9".repeat(100_000));
        assert!(device(&[("user-agent", &long)]).browser_name.len() < 20);
        let late = format!("{} Windows", "x".repeat(10_000));
        assert_eq!(device(&[("user-agent", &late)]).system, System::Other);
    }
}
