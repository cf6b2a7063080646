//! Operating system, processor, memory and disks, as Linux tells them in `/proc` and `/etc`.

use super::{Groups, disks, number, text};
use lotse_runtime::Settings;
use std::io::Read;

/// What is read of one file: the kernel's own are a few kilobytes, but for a processor of very many cores.
const FILE_BYTES_MAX: u64 = 64 * 1024;

pub(super) fn groups() -> Groups {
    let mut groups = vec![
        ("os".to_owned(), os()),
        ("processor".to_owned(), processor(&read("/proc/cpuinfo"))),
        ("memory".to_owned(), memory(&read("/proc/meminfo"))),
    ];
    groups.extend(disks::groups(&read("/proc/self/mounts")));
    groups
}

/// The beginning of a file; empty if it cannot be read.
pub(super) fn read(path: &str) -> String {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes));
    match read {
        Ok(_) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => String::new(),
    }
}

fn os() -> Settings {
    let mut facts = vec![
        text("name", &crate::system::name()),
        text("kernel", &read("/proc/sys/kernel/osrelease")),
        text("machine", std::env::consts::ARCH),
        text("computer", &read("/proc/sys/kernel/hostname")),
    ];
    if let Some(desktop) = std::env::var("XDG_CURRENT_DESKTOP").ok().filter(|desktop| !desktop.is_empty()) {
        facts.push(text("desktop", &desktop));
    }
    let up = read("/proc/uptime");
    let seconds = up.split(['.', ' ']).next().and_then(|seconds| seconds.parse().ok());
    facts.extend(seconds.map(|seconds| number("up-s", seconds)));
    facts
}

fn processor(told: &str) -> Settings {
    let name = told.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name));
    let cores = std::thread::available_parallelism().ok().and_then(|cores| u64::try_from(cores.get()).ok());
    let name = name.map(|name| text("name", name));
    name.into_iter().chain(cores.map(|cores| number("cores", cores))).collect()
}

/// `/proc/meminfo` counts in kibibytes.
fn memory(told: &str) -> Settings {
    let bytes = |key: &str| {
        let line = told.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
        line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
    };
    let facts =
        [("total", "MemTotal"), ("available", "MemAvailable"), ("swap-total", "SwapTotal"), ("swap-free", "SwapFree")];
    facts.into_iter().filter_map(|(key, line)| Some(number(key, bytes(line)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotse_runtime::{Value, setting};

    #[test]
    fn memory_is_counted_in_bytes_and_what_is_not_told_is_missing() {
        let told = "MemTotal:       16000000 kB\nMemFree:  5 kB\nMemAvailable:    8000000 kB\nSwapTotal: x kB\n";
        let facts = memory(told);
        assert_eq!(setting(&facts, "total"), Some(&Value::Number(16_384_000_000)));
        assert_eq!(setting(&facts, "available"), Some(&Value::Number(8_192_000_000)));
        assert_eq!((setting(&facts, "swap-total"), facts.len()), (None, 2));
        assert!(memory("MemTotal: 18446744073709551615 kB").is_empty(), "more than there can be");
    }

    #[test]
    fn a_processor_has_its_name() {
        let facts = processor("processor\t: 0\nmodel name\t: Tulip 47 @ 3 GHz\nmodel name\t: other\n");
        assert_eq!(setting(&facts, "name"), Some(&Value::Text("Tulip 47 @ 3 GHz".to_owned())));
    }

    #[test]
    fn this_computer_tells_of_itself() {
        let groups = groups();
        let names: Vec<&str> = groups.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.starts_with(&["os", "processor", "memory"]), "{names:?}");
        assert!(names.contains(&"disks"), "{names:?}");
    }
}
