//! The layering that `ARCHITECTURE.md` states, kept against `cargo metadata`: which crate may know which, and what none
//! but a few may name. The tables are read from that file, so there is one source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand, Package};
use lotse_e2e::Result;

type Names = BTreeSet<String>;

/// One row of the table of layers.
#[derive(Debug)]
struct Layer {
    name: String,
    folder: String,
    may_use: Names,
    never_names: Names,
}

/// One row of the table of owners: a foreign crate, and ours that may name it.
#[derive(Debug)]
struct Owner {
    what: String,
    by: Names,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new(".")).to_owned()
}

fn metadata() -> Result<Metadata> {
    Ok(MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec()?)
}

fn architecture() -> Result<String> {
    Ok(std::fs::read_to_string(root().join("ARCHITECTURE.md"))?)
}

/// The cells of each row between `<!-- name -->` and `<!-- /name -->`, without the head and the line under it.
fn table<'a>(text: &'a str, name: &str) -> Result<Vec<Vec<&'a str>>> {
    let (begin, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let inside = text.split_once(&begin).and_then(|(_, rest)| rest.split_once(&end)).map(|(inside, _)| inside);
    let inside = inside.ok_or_else(|| format!("ARCHITECTURE.md has no table between {begin} and {end}"))?;
    let rows = inside.lines().map(str::trim).filter(|line| line.starts_with('|')).skip(2);
    Ok(rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect())
}

/// What stands between backticks in a cell.
fn names(cell: &str) -> Names {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn single(cell: &str) -> Result<String> {
    let mut found = names(cell);
    Ok(found.pop_first().ok_or_else(|| format!("\u{201c}{cell}\u{201d} names nothing in backticks"))?)
}

fn layer(row: &[&str]) -> Result<Layer> {
    let [name, folder, may_use, never_names, ..] = row else {
        return Err(format!("a row of the layers has too few cells: {row:?}").into());
    };
    Ok(Layer { name: single(name)?, folder: single(folder)?, may_use: names(may_use), never_names: names(never_names) })
}

fn owner(row: &[&str]) -> Result<Owner> {
    let [what, by, ..] = row else {
        return Err(format!("a row of the owners has too few cells: {row:?}").into());
    };
    Ok(Owner { what: single(what)?, by: names(by) })
}

fn layers(text: &str) -> Result<Vec<Layer>> {
    table(text, "layers")?.iter().map(|row| layer(row)).collect()
}

fn owners(text: &str) -> Result<Vec<Owner>> {
    table(text, "owners")?.iter().map(|row| owner(row)).collect()
}

/// Crates of the workspace with their folders.
fn workspace(metadata: &Metadata) -> BTreeMap<String, String> {
    let root = root();
    let folder = |package: &Package| {
        let folder = package.manifest_path.as_std_path().parent().unwrap_or(&root);
        folder.strip_prefix(&root).unwrap_or(folder).display().to_string()
    };
    metadata.workspace_packages().into_iter().map(|package| (package.name.to_string(), folder(package))).collect()
}

/// Tests may use what they like of ours: they use real parts.
fn ships(dependency: &Dependency) -> bool {
    dependency.kind != DependencyKind::Development
}

/// What is wrong between the tables and the workspace, one line each.
fn problems(text: &str, metadata: &Metadata) -> Result<Vec<String>> {
    let ours = workspace(metadata);
    let (layers, owners) = (layers(text)?, owners(text)?);
    let unlisted = ours.keys().filter(|name| layers.iter().all(|layer| layer.name != **name));
    let mut found: Vec<String> =
        unlisted.map(|name| format!("`{name}` is in the workspace and not in the table of layers")).collect();
    for (index, layer) in layers.iter().enumerate() {
        let name = &layer.name;
        let Some(package) = metadata.workspace_packages().into_iter().find(|package| package.name == *name) else {
            // A plugin may be taken away: that is a feature less.
            if !layer.folder.starts_with("plugins/") {
                found.push(format!("`{name}` is in the table of layers and not in the workspace"));
            }
            continue;
        };
        if ours.get(name) != Some(&layer.folder) {
            found.push(format!("`{name}` does not lie in `{}`", layer.folder));
        }
        for used in &layer.may_use {
            // A row may only name rows above it, so the arrows cannot form a circle.
            if !layers.iter().take(index).any(|lower| lower.name == *used) {
                found.push(format!("`{name}` may use `{used}`, which is no lower layer"));
            }
            if !package.dependencies.iter().any(|dependency| dependency.name == *used && ships(dependency)) {
                found.push(format!("`{name}` may use `{used}` and does not: take it out of the table"));
            }
        }
        for dependency in &package.dependencies {
            let used = &dependency.name;
            if ships(dependency) && ours.contains_key(used) && !layer.may_use.contains(used) {
                found.push(format!("`{name}` uses `{used}`, which the table does not allow"));
            }
            if layer.never_names.contains(used) {
                found.push(format!("`{name}` names `{used}`, which it must not"));
            }
            if owners.iter().any(|owner| owner.what == *used && !owner.by.contains(name)) {
                found.push(format!("`{name}` names `{used}`, which belongs to others"));
            }
        }
    }
    Ok(found)
}

#[test]
fn crates_know_only_what_the_architecture_says() -> Result<()> {
    let found = problems(&architecture()?, &metadata()?)?;
    assert!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

/// The test above must be able to fail.
#[test]
fn each_kind_of_breach_is_found() -> Result<()> {
    let (text, metadata) = (architecture()?, metadata()?);
    let session = "| `lotse-session` | `host/session` | `lotse-protocol` |";
    let cases = [
        (session, "| `lotse-session` | `host/session` | – |", "uses `lotse-protocol`, which the table does not allow"),
        (session, "| `lotse-session` | `host/elsewhere` | `lotse-protocol` |", "does not lie in"),
        (session, "| `lotse-session` | `host/session` | `lotse-protocol` `lotse-engine` |", "which is no lower layer"),
        (
            session,
            "| `lotse-session` | `host/session` | `lotse-protocol` `lotse-package` |",
            "and does not: take it out",
        ),
        (
            session,
            "| `lotse-other` | `host/session` | `lotse-protocol` |",
            "`lotse-session` is in the workspace and not",
        ),
        ("| `wasmtime` | `lotse-runtime` |", "| `wasmtime` | `lotse-engine` |", "`lotse-runtime` names `wasmtime`"),
        (
            "| `lotse-engine` | `host/engine` |",
            "| `lotse-engine` | `host/engine` | – | `tokio` |",
            "`lotse-engine` names `tokio`",
        ),
    ];
    for (from, to, expected) in cases {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "ARCHITECTURE.md has no \u{201c}{from}\u{201d}");
        let found = problems(&changed, &metadata)?;
        assert!(found.iter().any(|problem| problem.contains(expected)), "{to}: {found:?}");
    }
    Ok(())
}
