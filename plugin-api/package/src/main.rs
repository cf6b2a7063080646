//! `lotse-plugin`: what a plugin author packs, signs and inspects with.
//!
//! A thin shell over the library. Every failure prints one sentence that says what to do, and ends with code 1.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lotse_package::{Manifest, Package, PublicKey, SigningKey, TrustedKeys, pack, sign};

#[derive(Parser)]
#[command(name = "lotse-plugin", version, about = "Packs, signs and inspects plugins for Lotse")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a package of the module that cargo built and a manifest
    Pack {
        /// The core module from `cargo build --target wasm32-unknown-unknown --profile plugin`, or a component
        module: PathBuf,
        #[arg(long)]
        manifest: PathBuf,
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Make a signing key; the public key goes into a file of the same name with `.pub`
    Keygen {
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Sign a package
    Sign {
        #[arg(long)]
        key: PathBuf,
        package: PathBuf,
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Show what a package is and what it can do
    Inspect {
        /// As JSON, for scripts
        #[arg(long)]
        json: bool,
        package: PathBuf,
    },
    /// Check that a package is whole and signed by a trusted key
    Verify {
        /// A public key, or a file with one
        #[arg(long, required = true)]
        trusted: Vec<String>,
        package: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("lotse-plugin: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Pack { module, manifest, output } => {
            let json = read(&manifest)?;
            let manifest = Manifest::parse_strictly(&json).map_err(|error| said(&manifest, error))?;
            let package = pack(&read(&module)?, &manifest).map_err(|error| said(&module, error))?;
            write(&output, &package)?;
            println!("{} {} packed: {} bytes, unsigned", manifest.id, manifest.version, package.len());
            Ok(())
        }
        Command::Keygen { output } => keygen(&output),
        Command::Sign { key, package, output } => {
            let text = String::from_utf8(read(&key)?).unwrap_or_default();
            let key = SigningKey::from_text(&text).map_err(|error| said(&key, error))?;
            let signed = sign(&read(&package)?, &key).map_err(|error| said(&package, error))?;
            write(&output, &signed)?;
            println!("signed by {}", key.public());
            Ok(())
        }
        Command::Inspect { json, package } => inspect(&package, json),
        Command::Verify { trusted, package } => {
            let keys = trusted.iter().map(|key| public_key(key)).collect::<Result<Vec<_>, _>>()?;
            let bytes = read(&package)?;
            let read = Package::read(&bytes).map_err(|error| said(&package, error))?;
            let verified = read.verify(&TrustedKeys::new(keys)).map_err(|error| said(&package, error))?;
            println!("{} {} is signed by {}", read.manifest().id, read.manifest().version, verified.signer);
            Ok(())
        }
    }
}

fn keygen(output: &Path) -> Result<(), String> {
    let key = SigningKey::generate().map_err(|error| error.to_string())?;
    let mut public = output.as_os_str().to_owned();
    public.push(".pub");
    write_secret(output, key.to_secret_text().as_bytes())?;
    write(Path::new(&public), format!("{}\n", key.public()).as_bytes())?;
    println!("public key {}", key.public());
    Ok(())
}

/// The key is for its owner's eyes only, and an existing one is never overwritten.
fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), String> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => said(path, "there is a key already; name another file"),
        _ => said(path, error),
    })?;
    file.write_all(bytes).map_err(|error| said(path, error))
}

/// A public key given directly or by the name of a file.
fn public_key(text: &str) -> Result<PublicKey, String> {
    if let Ok(key) = text.parse() {
        return Ok(key);
    }
    let path = Path::new(text);
    String::from_utf8(read(path)?).unwrap_or_default().parse().map_err(|error| said(path, error))
}

fn inspect(path: &Path, json: bool) -> Result<(), String> {
    let bytes = read(path)?;
    let package = Package::read(&bytes).map_err(|error| said(path, error))?;
    let manifest = package.manifest();
    let imports: Vec<&str> = package.capabilities().map(|capability| capability.interface_name()).collect();
    let handlers: Vec<&str> = package.exports().iter().map(|handler| handler.interface_name()).collect();
    let signer = package.signature().map(|signature| signature.signer.to_string());
    if json {
        let report = serde_json::json!({
            "manifest": manifest, "imports": imports, "handlers": handlers,
            "signer": signer, "sha256": package.digest().to_string(), "bytes": bytes.len(),
        });
        println!("{report:#}");
        return Ok(());
    }
    println!("{} {} · {}", manifest.id, manifest.version, manifest.name.pick("en"));
    println!("api       {}", manifest.api);
    println!("size      {} bytes, sha256 {}", bytes.len(), package.digest());
    println!("signed    {}", signer.as_deref().unwrap_or("no"));
    println!("feature   {}", manifest.feature.as_deref().unwrap_or("needs no licence"));
    println!("may use   {}", imports.join(", "));
    println!("handles   {}", handlers.join(", "));
    for request in &manifest.capabilities {
        println!("  {:<10} {}", request.name, request.reason.pick("en"));
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| said(path, error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| said(path, error))
}

fn said(path: &Path, error: impl std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}
