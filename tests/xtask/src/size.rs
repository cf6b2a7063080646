//! Release size of what a customer downloads.
//!
//! Built with more than the profile can say: with a standard library made for size along with it (the one that comes with
//! the compiler holds what prints backtraces, of symbols that a release has not), without unwind tables (it aborts on a
//! panic, so nobody reads them; the linker drops those of C), with short source paths in its messages, and without the
//! messages of `debug` and `trace`.

use crate::Result;
use crate::build::{cargo_with, target};
use crate::setup;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn run() -> Result {
    setup::standard_library_source()?;
    println!("Building the customer's program for release (several minutes) …");
    let host = host()?;
    // For the target alone: build scripts and macros unwind.
    let flags = format!("target.{host}.rustflags={:?}", flags()?);
    let common = [
        "-Zbuild-std=std,panic_abort",
        "-Zbuild-std-features=optimize_for_size",
        "--profile",
        "small",
        "--target",
        &host,
        "--config",
        &flags,
    ];
    // The compiler is the stable one; only that cargo builds the library is called unstable.
    let build = |words: &[&str]| cargo_with(words, &[("RUSTC_BOOTSTRAP", "1")]);
    build(&[&["build"], &common[..], &["-p", "lotse-driver-x11"]].concat())?;
    // What is linked is optimised once more, as its last crate is: for size alone that would take the codec its vectors.
    // Crates that were made for size stay so.
    let program = ["-p", "lotse-customer", "--bin", "lotse-customer", "--features", "lotse-customer/terse"];
    build(&[&["rustc"], &common[..], &program, &["--", "-Copt-level=3"]].concat())?;
    println!("{:<26} {:>9}   {:>9}   {:>19}", "", "MB", "under xz", "with its x86 filter");
    let mut all = [0.0; 3];
    for name in ["lotse-customer", "liblotse_driver_x11.so"] {
        let file = target().join(&host).join("small").join(name);
        let bytes = std::fs::metadata(&file)?.len() as f64 / 1e6;
        let sizes = [bytes, packed(&file, &["-9e"])?, packed(&file, &["--x86", "--lzma2=preset=9e"])?];
        line(name, sizes);
        all.iter_mut().zip(sizes).for_each(|(all, size)| *all += size);
    }
    line("together", all);
    Ok(())
}

fn line(name: &str, [bytes, plain, filtered]: [f64; 3]) {
    println!("{name:<26} {bytes:>9.2}   {plain:>9.2}   {filtered:>19.2}");
}

/// Megabytes that xz leaves of a file. Its x86 filter, which every xz unpacks, is what releases of programs are packed with.
fn packed(file: &Path, how: &[&str]) -> Result<f64> {
    let output = Command::new("xz").args(how).args(["--stdout", "--keep"]).arg(file).output()?;
    Ok(output.stdout.len() as f64 / 1e6)
}

/// What the compiler calls this machine.
fn host() -> Result<String> {
    let said = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("-vV").output()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("the compiler does not say what it builds for")?.to_owned())
}

/// What the linker is told beside its own script.
const NO_UNWIND_TABLES: &str = "SECTIONS { /DISCARD/ : { *(.eh_frame) *(.eh_frame_hdr) } } INSERT AFTER .rodata;\n";

/// A list of strings prints as TOML reads it.
fn flags() -> Result<Vec<String>> {
    let script = target().join("no-unwind-tables.ld");
    std::fs::write(&script, NO_UNWIND_TABLES)?;
    let mut flags = vec![
        "-Cforce-unwind-tables=no".to_owned(),
        "-Clink-arg=-Wl,--no-eh-frame-hdr".to_owned(),
        format!("-Clink-arg=-Wl,-T,{}", script.display()),
    ];
    if cfg!(target_arch = "x86_64") {
        // Every processor since 2009 has it. Rasterising text exists once for each kind of processor, and goes without the
        // largest of its three forms then.
        flags.push("-Ctarget-cpu=x86-64-v2".to_owned());
    }
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    let sources = home.map(|home| home.join("registry/src")).and_then(|place| std::fs::read_dir(place).ok());
    flags.extend(
        sources
            .into_iter()
            .flatten()
            .flatten()
            .map(|found| format!("--remap-path-prefix={}/=", found.path().display())),
    );
    Ok(flags)
}
