//! Which plugins' folders are there. A plugin that was taken away takes its parsers along: `cfg(plugin = "chat")` is
//! about the folder `plugins/chat`, and the files that are included here are named in [`FILES`].

use std::path::{Path, PathBuf};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Plugins with parsers of bytes from outside: the folder, the file, and what its module is called here.
const FILES: [(&str, &str, &str); 10] = [
    ("annotations", "protocol.rs", "plugins annotations"),
    ("annotations", "stroke.rs", "root stroke"),
    ("chat", "log.rs", "root log"),
    ("chat", "wire.rs", "plugins chat"),
    ("clipboard", "wire.rs", "plugins clipboard"),
    ("diagnostics", "wire.rs", "plugins diagnostics"),
    ("file-transfer", "protocol.rs", "plugins file_transfer"),
    ("remote-reboot", "wire.rs", "plugins remote_reboot"),
    ("screen-sharing", "protocol.rs", "plugins screen_sharing"),
    ("share-my-screen", "protocol.rs", "plugins share_my_screen"),
];

fn main() -> Result {
    let plugins = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../plugins");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed=build.rs");
    let names = FILES.map(|(name, ..)| format!("{name:?}"));
    println!("cargo:rustc-check-cfg=cfg(plugin, values({}))", names.join(", "));
    for part in ["root", "plugins"] {
        let modules: Result<Vec<String>> = FILES.iter().map(|file| module(&plugins, part, file)).collect();
        std::fs::write(out.join(format!("{part}.rs")), modules?.concat())?;
    }
    Ok(())
}

/// The module of a file, if it is of this part and its plugin is there.
fn module(plugins: &Path, part: &str, (name, file, place): &(&str, &str, &str)) -> Result<String> {
    let folder = plugins.join(name);
    println!("cargo:rerun-if-changed={}", folder.join("plugin.json").display());
    let Some(module) = place.strip_prefix(part).filter(|_| folder.is_dir()) else { return Ok(String::new()) };
    println!("cargo:rustc-cfg=plugin={name:?}");
    let path = folder.join("src").join(file).canonicalize()?;
    let path = path.to_str().ok_or("the path of this checkout is no text")?;
    Ok(format!("#[path = {path:?}]\npub mod{module};\n"))
}
