//! Backups on real folders and a real database.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::data::{DataError, DataFolder, RESTORING_FILE};
use crate::relay::{Relay, RelayConfig, StartError};
use crate::store::{NewRep, Store};
use std::collections::BTreeSet;
use tempfile::TempDir;

fn new_rep(user: &str) -> NewRep {
    NewRep {
        account: "Acme".into(),
        user: user.into(),
        name: "Anna Berg".into(),
        password_hash: "$argon2id$x".into(),
        contact: None,
        role: crate::store::Role::Rep,
    }
}

/// A data folder `data` with a rep, keys and a publisher's key.
async fn folder() -> TempDir {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    DataFolder::open(&data).unwrap();
    let store = SqliteStore::open(&data).await.unwrap();
    store.add_rep(new_rep("anna@acme.example"), 5).await.unwrap();
    store.close().await;
    fs::write(data.join(FORWARDER_KEY_FILE), [7_u8; 32]).unwrap();
    fs::create_dir(data.join("trusted")).unwrap();
    fs::write(data.join("trusted/Acme.pub"), b"a key").unwrap();
    fs::create_dir(data.join("cache")).unwrap();
    fs::write(data.join("cache/compiled"), b"large").unwrap();
    parent
}

async fn users(data: &Path) -> Vec<String> {
    let store = SqliteStore::open(data).await.unwrap();
    let users = store.reps().await.unwrap().into_iter().map(|rep| rep.user).collect();
    store.close().await;
    users
}

fn entries(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn what_was_backed_up_while_others_write_comes_back() {
    let parent = folder().await;
    let (data, to) = (parent.path().join("data"), parent.path().join("saved"));
    let running = SqliteStore::open(&data).await.unwrap();
    running.add_rep(new_rep("bo@acme.example"), 6).await.unwrap();
    let made = backup(&data, &to, false).await.unwrap();
    running.add_rep(new_rep("cy@acme.example"), 7).await.unwrap();
    running.close().await;
    assert_eq!(made.files(), 3, "{made:?}");
    assert!(!to.join("cache").exists(), "what can be made anew is left out");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&to), mode(&to.join(DATABASE_FILE)), mode(&to.join(FORWARDER_KEY_FILE))),
            (0o700, 0o600, 0o600)
        );
    }
    let elsewhere = parent.path().join("a/fresh");
    assert_eq!(restore(&elsewhere, &to, false).await.unwrap(), made);
    assert_eq!(users(&elsewhere).await, ["anna@acme.example", "bo@acme.example"]);
    assert_eq!(fs::read(elsewhere.join(FORWARDER_KEY_FILE)).unwrap(), [7_u8; 32]);
    assert_eq!(fs::read(elsewhere.join("trusted/Acme.pub")).unwrap(), b"a key");
    assert_eq!(entries(parent.path()), ["a", "data", "saved"].map(str::to_owned).into(), "nothing is left beside them");
}

#[tokio::test]
async fn nothing_is_overwritten_without_a_word() {
    let parent = folder().await;
    let (data, to) = (parent.path().join("data"), parent.path().join("saved"));
    backup(&data, &to, false).await.unwrap();
    assert!(matches!(backup(&data, &to, false).await, Err(BackupError::Exists(_))));
    backup(&data, &to, true).await.unwrap();
    let other = parent.path().join("letters");
    fs::create_dir(&other).unwrap();
    assert!(matches!(backup(&data, &other, true).await, Err(BackupError::NoBackup(_))));
    assert!(matches!(backup(&other, &parent.path().join("x"), false).await, Err(BackupError::NoRelay(_))));
    assert!(matches!(restore(&data, &other, true).await, Err(BackupError::NotThere(_))));

    let store = SqliteStore::open(&data).await.unwrap();
    store.add_rep(new_rep("bo@acme.example"), 6).await.unwrap();
    store.close().await;
    assert!(matches!(restore(&data, &to, false).await, Err(BackupError::NotEmpty(_))));
    assert_eq!(users(&data).await.len(), 2, "nothing was replaced");
    fs::write(data.join("letter.txt"), b"somebody else's").unwrap();
    restore(&data, &to, true).await.unwrap();
    assert_eq!(users(&data).await, ["anna@acme.example"]);
    assert!(data.join("letter.txt").is_file(), "what is no relay's stays");
    let left: Vec<String> = entries(&data).into_iter().filter(|name| name.contains("re")).collect();
    assert_eq!(left, Vec::<String>::new(), "neither a marker nor what was replaced");
}

#[tokio::test]
async fn a_folder_that_a_relay_serves_from_is_left_alone() {
    let parent = folder().await;
    let (data, to) = (parent.path().join("data"), parent.path().join("saved"));
    backup(&data, &to, false).await.unwrap();
    let lock = DataFolder::open(&data).unwrap().lock().unwrap();
    assert!(matches!(restore(&data, &to, true).await, Err(BackupError::Data(DataError::InUse(_)))));
    drop(lock);
    let inside = data.join("saved");
    backup(&data, &inside, false).await.unwrap();
    assert!(matches!(restore(&data, &inside, true).await, Err(BackupError::Inside(_))));
}

#[tokio::test]
async fn a_backup_that_is_not_whole_or_newer_changes_nothing() {
    let parent = folder().await;
    let (data, to) = (parent.path().join("data"), parent.path().join("saved"));
    let again = || backup(&data, &to, true);
    again().await.unwrap();
    fs::write(to.join(FORWARDER_KEY_FILE), [8_u8; 32]).unwrap();
    let error = restore(&data, &to, true).await.unwrap_err();
    assert!(matches!(&error, BackupError::NotWhole { what, .. } if what.contains(FORWARDER_KEY_FILE)), "{error}");
    fs::remove_file(to.join(FORWARDER_KEY_FILE)).unwrap();
    assert!(matches!(restore(&data, &to, true).await, Err(BackupError::NotWhole { .. })));

    again().await.unwrap();
    let database = fs::read(to.join(DATABASE_FILE)).unwrap();
    fs::write(to.join(DATABASE_FILE), database.get(..database.len() / 2).unwrap()).unwrap();
    assert!(matches!(restore(&data, &to, true).await, Err(BackupError::NotWhole { .. })));

    // Damaged before it was backed up: digests alone would not tell.
    fs::write(data.join("noise.db"), b"this is no database, and long enough to be looked at").unwrap();
    assert!(matches!(SqliteStore::examine(&data.join("noise.db")).await, Err(StoreError::Damaged(_))));

    again().await.unwrap();
    let store = SqliteStore::open(&data).await.unwrap();
    store.pretend_newer().await;
    store.close().await;
    let error = again().await.unwrap_err();
    assert!(matches!(error, BackupError::Store(StoreError::Newer)), "{error}");
    assert!(restore(&parent.path().join("fresh"), &to, false).await.is_ok(), "the backup before it is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_does_not_start_over_an_interrupted_restore() {
    let parent = folder().await;
    let (data, to) = (parent.path().join("data"), parent.path().join("saved"));
    // A relay would not start with it.
    fs::remove_dir_all(data.join("trusted")).unwrap();
    backup(&data, &to, false).await.unwrap();
    fs::write(data.join(RESTORING_FILE), b"").unwrap();
    fs::remove_file(data.join(DATABASE_FILE)).unwrap();
    let start = || Relay::start(RelayConfig::new(data.clone(), "127.0.0.1:0".parse().unwrap()));
    let error = start().await.err().unwrap();
    assert!(matches!(&error, StartError::Data(DataError::Restoring(_))), "{error}");
    let error = backup(&data, &to, true).await.err().unwrap();
    assert!(matches!(&error, BackupError::Data(DataError::Restoring(_)) | BackupError::NoRelay(_)), "{error}");
    restore(&data, &to, true).await.unwrap();
    start().await.unwrap().stop().await;
}

/// Whatever a relay comes to keep must be in a backup, or be known to be needless.
#[tokio::test(flavor = "multi_thread")]
async fn everything_that_a_relay_keeps_is_in_a_backup() {
    let parent = tempfile::tempdir().unwrap();
    let (data, to) = (parent.path().join("data"), parent.path().join("saved"));
    let relay = Relay::start(RelayConfig::new(data.clone(), "127.0.0.1:0".parse().unwrap())).await.unwrap();
    let made = backup(&data, &to, false).await.unwrap();
    let needless = ["cache", "lock", "lotse.db-shm", "lotse.db-wal"];
    let kept: BTreeSet<String> = entries(&data).into_iter().filter(|name| !needless.contains(&name.as_str())).collect();
    relay.stop().await;
    let mut saved = entries(&to);
    assert!(saved.remove(MANIFEST_FILE));
    assert_eq!(saved, kept);
    assert_eq!(made.files(), FILES.len());
}

#[tokio::test]
async fn an_account_and_certificate_of_an_authority_come_back_and_half_written_files_do_not() {
    let parent = folder().await;
    let (data, to) = (parent.path().join("data"), parent.path().join("saved"));
    fs::create_dir(data.join("acme")).unwrap();
    let kept = ["account-0123456789abcdef.json", "attempts.json", "certificate.pem"];
    for name in kept.into_iter().chain([".probe-7", "certificate.pem.new-7"]) {
        fs::write(data.join("acme").join(name), name).unwrap();
    }
    backup(&data, &to, false).await.unwrap();
    let elsewhere = parent.path().join("elsewhere");
    restore(&elsewhere, &to, false).await.unwrap();
    assert_eq!(entries(&elsewhere.join("acme")), kept.map(str::to_owned).into());
    assert_eq!(fs::read(elsewhere.join("acme/certificate.pem")).unwrap(), b"certificate.pem");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &str| fs::metadata(elsewhere.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("acme"), mode("acme/certificate.pem")), (0o700, 0o600));
    }
}

#[tokio::test]
async fn what_a_killed_backup_left_goes_with_the_next_to_the_same_place() {
    let parent = folder().await;
    let (data, to) = (parent.path().join("data"), parent.path().join("backup"));
    // No process has so high a number, and number 1 always runs.
    let left = ["backup.new-999999999", "backup.old-999999999"];
    let kept = ["backup.new-1", "backup.new-x", "backup.new-", "other.new-999999999"];
    for name in left.iter().chain(&kept) {
        fs::create_dir_all(parent.path().join(name).join("plugins")).unwrap();
    }
    assert!(backup(&parent.path().join("nowhere"), &to, false).await.is_err());
    assert!(entries(parent.path()).contains(left[1]), "it may be the only whole one");
    backup(&data, &to, false).await.unwrap();
    let wanted: BTreeSet<String> = kept.into_iter().chain(["backup", "data"]).map(str::to_owned).collect();
    let all: BTreeSet<String> = wanted.iter().cloned().chain(left.map(str::to_owned)).collect();
    assert_eq!(entries(parent.path()), if cfg!(target_os = "linux") { wanted } else { all });
}
