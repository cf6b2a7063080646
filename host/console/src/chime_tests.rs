//! The notes themselves, and players that are made for the occasion.

#![allow(clippy::unwrap_used)]
use super::*;
use lotse_engine::rep::SignIn;
use lotse_engine::view::SessionState;
use lotse_ui::samples;

/// Nothing here takes as long, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A player that notes what it was given, and ends so.
fn player(folder: &Path, name: &str, code: u8) {
    let path = folder.join(name);
    let script = format!("#!/bin/sh\necho \"{name} $*\" >> \"{}\"\nexit {code}\n", folder.join("played").display());
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn played(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("played")).unwrap_or_default()
}

#[test]
fn the_notes_are_a_short_quiet_wav_file_that_ends_in_silence() {
    let file = wav();
    assert_eq!((&file[..4], &file[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
    let size = u32::from_le_bytes(file[40..44].try_into().unwrap()) as usize;
    assert_eq!(file.len(), 44 + size);
    let samples: Vec<i16> = file[44..].chunks(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect();
    assert!(samples.len() < RATE as usize, "shorter than a second");
    let loudest = samples.iter().map(|sample| i32::from(*sample).abs()).max().unwrap();
    assert!((4_000..20_000).contains(&loudest), "{loudest}");
    assert!(samples[0].abs() < 100 && samples.last().unwrap().abs() < 100, "no click at either end");
}

#[test]
fn q1_a_player_that_fails_gives_way_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    player(place, "paplay", 1);
    player(place, "aplay", 0);
    player(place, "ffplay", 0);
    let chime = Chime::on(place.as_os_str(), place);
    assert!(!chime.is_missing());
    chime.play();
    let begin = Instant::now();
    while chime.playing.load(Ordering::Acquire) {
        assert!(begin.elapsed() < PATIENCE);
        std::thread::sleep(LOOK_AGAIN);
    }
    let file = place.join("chime.wav");
    assert_eq!(played(place), format!("paplay {0}\naplay -q {0}\n", file.display()));
    assert_eq!(std::fs::read(file).unwrap(), wav());
}

#[test]
fn without_a_player_that_is_said_and_what_cannot_run_is_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("aplay"), "no program").unwrap();
    assert!(Chime::on(folder.path().as_os_str(), folder.path()).is_missing());
    assert!(!Chime::default().is_missing(), "nothing was looked for");
}

#[test]
fn q1_it_rings_once_a_question_and_in_a_session_only_if_that_is_wanted() {
    let mut view = RepView {
        sign_in: SignIn::In { rep: "Anna".into(), account: "Acme".into(), contact: String::new(), reconnecting: false },
        ..RepView::default()
    };
    let (mut ringer, mut settings) = (Ringer::default(), Settings::default());
    assert!(!ringer.look(&view, &settings));
    view.questions.offer = Some(samples::offer(false));
    assert!(ringer.look(&view, &settings));
    assert!(!ringer.look(&view, &settings), "once");
    view.questions.offer = None;
    assert!(!ringer.look(&view, &settings));

    let session = samples::session(true, SessionState::Active, false);
    let id = session.session.unwrap();
    let notes = lotse_engine::rep::NotesView::default();
    let view_of = Arc::new(session);
    let session =
        lotse_engine::rep::RepSession { id, code: None, code_expires_in_s: 0, view: view_of, notes, unread: 0 };
    view.sessions = vec![session];
    for (sound, session_sound, rings) in [(true, false, false), (false, true, true)] {
        (settings.sound, settings.session_sound) = (sound, session_sound);
        view.questions.offer = Some(samples::offer(false));
        assert_eq!(ringer.look(&view, &settings), rings);
        view.questions.offer = None;
        ringer.look(&view, &settings);
    }
}
