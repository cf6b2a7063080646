//! Every fuzz target on its corpus: each file and what today's encoders write, each cut short, then mutations of all of
//! them. And a watch that targets, corpora and the programs for cargo-fuzz do not drift apart.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "corpus/mutation.rs"]
mod mutation;
#[path = "corpus/packages.rs"]
mod packages;
#[path = "corpus/pictures.rs"]
mod pictures;
#[path = "corpus/plugins.rs"]
mod plugins;
#[path = "corpus/seeds.rs"]
mod seeds;
#[path = "corpus/talk.rs"]
mod talk;

use lotse_fuzz::{ABSENT, TARGETS, run};
use mutation::{Random, mutate};
use std::collections::BTreeSet;
use std::fmt::Arguments;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Largest file of a corpus, in bytes: it is read in every test run and kept for ever.
const FILE_BYTES_MAX: usize = 2048;
const MUTATIONS: u64 = 4_000;
/// No further mutations after this, so that slow targets do not hold everybody up.
const MUTATING: Duration = Duration::from_millis(700);
const CUTS_MAX: usize = 64;
/// What stands in each program for cargo-fuzz, whose name is that of its target.
const PROGRAM: &str =
    "#![no_main]\n\nlibfuzzer_sys::fuzz_target!(|bytes: &[u8]| lotse_fuzz::run(env!(\"CARGO_BIN_NAME\"), bytes));\n";

/// A test for each target, so that they run side by side and a failure has its name.
macro_rules! replays {
    ($($(#[$there:meta])* $target:ident),+ $(,)?) => {
        fn replayed() -> BTreeSet<String> {
            let mut names = BTreeSet::new();
            $(
                $(#[$there])*
                names.insert(stringify!($target).to_owned());
            )+
            names
        }
        $(
            $(#[$there])*
            #[test]
            fn $target() {
                replay(stringify!($target));
            }
        )+
    };
}

replays!(
    #[cfg(plugin = "annotations")]
    annotations_messages,
    #[cfg(plugin = "annotations")]
    annotations_state,
    bind_messages,
    #[cfg(plugin = "chat")]
    chat_messages,
    #[cfg(plugin = "chat")]
    chat_state,
    clipboard_image,
    #[cfg(plugin = "clipboard")]
    clipboard_messages,
    command_lines,
    control_from_relay,
    control_to_relay,
    file_frames,
    #[cfg(plugin = "file-transfer")]
    file_transfer_messages,
    #[cfg(plugin = "diagnostics")]
    diagnostics_messages,
    forwarder_packets,
    identity,
    join_code,
    join_link,
    key_text,
    leg_token,
    licence_document,
    manifest,
    package,
    pairing,
    peer_messages,
    picture,
    plugin_messages,
    pointer,
    relay_url,
    #[cfg(plugin = "remote-reboot")]
    remote_reboot_messages,
    resume_note,
    #[cfg(plugin = "screen-sharing")]
    screen_sharing_messages,
    screen_stream,
    #[cfg(plugin = "share-my-screen")]
    share_my_screen_messages,
    signed_code,
    stored_values,
    stream_header,
    strokes,
);

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn targets() -> BTreeSet<String> {
    TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// With those of plugins that were taken away.
fn targets_of_all_plugins() -> BTreeSet<String> {
    targets().into_iter().chain(ABSENT.iter().map(|name| (*name).to_owned())).collect()
}

/// Files of a target's corpus with their names, in the order of these.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = folder().join("corpus").join(target);
    names(&folder)
        .into_iter()
        .map(|name| {
            let bytes = std::fs::read(folder.join(&name)).unwrap();
            assert!(bytes.len() <= FILE_BYTES_MAX, "{target}/{name} has {} bytes; make it smaller", bytes.len());
            (name, bytes)
        })
        .collect()
}

fn replay(target: &str) {
    let mut examples = corpus(target);
    assert!(!examples.is_empty(), "the corpus of {target} is empty");
    examples.extend(seeds::of(target).into_iter().map(|(name, bytes)| (format!("the encoder's {name}"), bytes)));
    for (name, bytes) in &examples {
        // Where a process ends without a word, this was its last.
        println!("{target}: {name}");
        attempt(target, format_args!("{name}"), bytes);
        for length in (0..bytes.len()).step_by(bytes.len() / CUTS_MAX + 1) {
            attempt(target, format_args!("the first {length} bytes of {name}"), &bytes[..length]);
        }
    }
    let examples: Vec<Vec<u8>> = examples.into_iter().map(|(_, bytes)| bytes).collect();
    let started = Instant::now();
    for seed in (0..MUTATIONS).take_while(|_| started.elapsed() < MUTATING) {
        let bytes = mutate(&examples, &mut Random::new(seed));
        attempt(target, format_args!("the mutation of seed {seed}"), &bytes);
    }
}

/// What fails is kept as a file, which belongs into the corpus once the fault is found.
fn attempt(target: &str, what: Arguments<'_>, bytes: &[u8]) {
    if catch_unwind(|| run(target, bytes)).is_err() {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{target}"));
        std::fs::write(&place, bytes).unwrap();
        panic!("{target} fails on {what}; the input is in {}", place.display());
    }
}

#[test]
fn every_target_is_replayed() {
    assert_eq!(targets().len(), TARGETS.len(), "two targets of one name");
    assert_eq!(replayed(), targets());
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    assert_eq!(names(&folder().join("corpus")), targets_of_all_plugins());
}

#[test]
fn every_target_has_its_program_for_cargo_fuzz() {
    let programs = folder().join("fuzz/fuzz_targets");
    let files: BTreeSet<String> = targets_of_all_plugins().iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names(&programs), files);
    let manifest = std::fs::read_to_string(folder().join("fuzz/Cargo.toml")).unwrap();
    for target in targets() {
        let program = std::fs::read_to_string(programs.join(format!("{target}.rs"))).unwrap();
        assert_eq!(program, PROGRAM, "{target}");
        let entry = format!("[[bin]]\nname = \"{target}\"\npath = \"fuzz_targets/{target}.rs\"\n");
        assert!(manifest.contains(&entry), "fuzz/Cargo.toml lacks:\n{entry}");
    }
}

#[test]
fn a_seed_always_gives_the_same_mutation() {
    let examples = vec![b"one example".to_vec(), b"and another".to_vec()];
    let made = |seed| mutate(&examples, &mut Random::new(seed));
    let all: Vec<Vec<u8>> = (0..200).map(made).collect();
    assert_eq!(all, (0..200).map(made).collect::<Vec<_>>());
    assert!(all.iter().collect::<BTreeSet<_>>().len() > 150, "hardly any two mutations differ");
}

/// Not a test: writes the examples that today's encoders make into the corpus.
#[test]
#[ignore = "changes the corpus: run it after a format has changed"]
fn write_seeds() {
    for target in targets() {
        let folder = folder().join("corpus").join(&target);
        std::fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in seeds::of(&target) {
            assert!(bytes.len() <= FILE_BYTES_MAX, "{target}/{name} has {} bytes", bytes.len());
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
}
