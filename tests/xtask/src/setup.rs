//! What a bare Debian or Ubuntu machine with rustup and a C compiler lacks, named with its reason, and installed.

use crate::Result;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// A system package and what it is for.
struct Package {
    name: &'static str,
    why: &'static str,
}

const PACKAGES: &[Package] = &[
    Package { name: "pkg-config", why: "finds libraries while building" },
    Package { name: "libxcb1-dev", why: "builds the scrap capture driver" },
    Package { name: "libxcb-shm0-dev", why: "builds the scrap capture driver" },
    Package { name: "libxcb-randr0-dev", why: "builds the scrap capture driver" },
    Package { name: "xvfb", why: "virtual displays for demo and tests" },
    Package { name: "openbox", why: "a window manager on the virtual displays" },
    Package { name: "x11-apps", why: "something worth seeing on the customer's display" },
    Package { name: "x11-utils", why: "looks at windows in tests" },
    Package { name: "x11-xserver-utils", why: "changes displays in tests" },
    Package { name: "xclip", why: "a clipboard's other side in tests" },
    Package { name: "x11-xkb-utils", why: "keyboard layouts in tests" },
    Package { name: "xterm", why: "something worth seeing on the customer's display" },
    Package { name: "libgl1-mesa-dri", why: "OpenGL in software, where there is no GPU" },
    Package { name: "libgl1", why: "the windows are drawn with OpenGL" },
    Package { name: "libegl1", why: "the windows are drawn with OpenGL" },
    Package { name: "libxkbcommon-x11-0", why: "keyboard layouts in the windows" },
    Package { name: "libxcursor1", why: "pointer shapes in the windows" },
    Package { name: "libxi6", why: "pointer and keys in the windows" },
    Package { name: "libxrandr2", why: "monitors" },
    Package { name: "chromium", why: "a real browser for the relay's pages in tests" },
    Package { name: "chromium-driver", why: "steers that browser in tests" },
];

/// What may be there without a package of that name: Ubuntu has its browser as a snap.
const PROGRAMS: &[(&str, &[&str])] =
    &[("chromium", &["chromium", "chromium-browser", "google-chrome"]), ("chromium-driver", &["chromedriver"])];

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Checks, says, and (with `--yes`, or when asked and told so) installs.
pub fn run(arguments: &[String]) -> Result {
    wasm_target()?;
    let missing: Vec<&Package> = PACKAGES.iter().filter(|package| !is_there(package.name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("These system packages are missing:");
    for package in &missing {
        println!("  {:<20} {}", package.name, package.why);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let by_hand = format!("install them, then try again:\n  apt-get install {}", names.join(" "));
    if !on_path("apt-get") {
        return Err(format!("this is no Debian or Ubuntu, so nothing is installed for you; {by_hand}").into());
    }
    if !arguments.iter().any(|argument| argument == "--yes") && !agreed()? {
        return Err(by_hand.into());
    }
    install(&names).map_err(|problem| format!("{problem}; {by_hand}").into())
}

fn wasm_target() -> Result {
    let listed = Command::new("rustup").args(["target", "list", "--installed"]).output();
    let there =
        match listed {
            Ok(out) => String::from_utf8_lossy(&out.stdout).lines().any(|line| line == WASM_TARGET),
            Err(_) => return Err(format!(
                "rustup is not there: the Rust target {WASM_TARGET} (plugins are built for it) must be added by hand"
            )
            .into()),
        };
    if there {
        return Ok(());
    }
    println!("Adding the Rust target {WASM_TARGET}: plugins are built for it.");
    if Command::new("rustup").args(["target", "add", WASM_TARGET]).status()?.success() {
        Ok(())
    } else {
        Err(format!("rustup could not add {WASM_TARGET}; is there a network?").into())
    }
}

/// The source of Rust's standard library, for who builds it anew.
pub fn standard_library_source() -> Result {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc).args(["--print", "sysroot"]).output()?;
    let sysroot = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    if Path::new(&sysroot).join("lib/rustlib/src/rust/library/std").is_dir() {
        return Ok(());
    }
    println!(
        "Adding the Rust component rust-src: the customer's program brings a standard library that is built for size."
    );
    match Command::new("rustup").args(["component", "add", "rust-src"]).status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err("the Rust component rust-src is missing and rustup could not add it; is there a network?".into()),
    }
}

fn is_there(package: &str) -> bool {
    let programs = PROGRAMS.iter().find(|(of, _)| *of == package).map_or(&[][..], |(_, programs)| *programs);
    installed(package) || programs.iter().any(|program| on_path(program))
}

fn installed(package: &str) -> bool {
    let query = Command::new("dpkg-query").args(["-W", "-f=${Status}", package]).stderr(Stdio::null()).output();
    query.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains("install ok installed"))
}

fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Root on a machine without a person (CI) goes on; a person is asked; anybody else is told what to do.
fn agreed() -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(is_root());
    }
    print!("Install them now with apt-get{}? [Y/n] ", if is_root() { "" } else { " (by sudo)" });
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes" | "j" | "ja"))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"))
}

fn install(names: &[&str]) -> Result {
    for words in
        [vec!["update", "-qq"], [vec!["install", "-y", "-qq", "--no-install-recommends"], names.to_vec()].concat()]
    {
        let mut command = if is_root() { Command::new("apt-get") } else { Command::new("sudo") };
        if !is_root() {
            command.arg("apt-get");
        }
        println!("apt-get {}", words.join(" "));
        let status = command.args(&words).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err("apt-get did not succeed".into());
        }
    }
    Ok(())
}
