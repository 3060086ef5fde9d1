//! Files that cannot be used: each is told in words of its own, and left as it was.

#![allow(clippy::unwrap_used, reason = "clippy knows tests, but not what only tests call")]

mod common;

use std::fs;
use std::path::Path;

use persona_store::{Error, Store};

use common::*;

fn refused(path: &Path) -> String {
    let error = Store::open(path).unwrap_err().to_string();
    error
        .replace(&*path.to_string_lossy(), "FILE")
        .replace(&*path.parent().unwrap().to_string_lossy(), "FOLDER")
}

#[test]
fn a_second_run_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let first = Store::open(&path).unwrap();
    assert_eq!(refused(&path), "another run is at work on FILE; wait until it is done");
    drop(first);
    assert!(Store::open(&path).is_ok());
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let text = "Notes on how to sell more tea.\n".repeat(1000);
    fs::write(&path, &text).unwrap();
    assert_eq!(refused(&path), "FILE does not hold persona's state; it was left as it is");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);

    let path = folder.path().join("other.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("create table t (a); insert into t values (1)")
        .unwrap();
    let bytes = fs::read(&path).unwrap();
    assert_eq!(refused(&path), "FILE does not hold persona's state; it was left as it is");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_folder_that_is_missing_or_a_file_that_cannot_be_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/state.db");
    assert_eq!(refused(&missing), "FILE cannot be made: there is no folder FOLDER");
    assert!(!folder.path().join("missing").exists());
    let is_a_folder = folder.path().join("state.db");
    fs::create_dir(&is_a_folder).unwrap();
    assert!(refused(&is_a_folder).starts_with("FILE cannot be written: "));
    // A file where a folder should be.
    let under_a_file = folder.path().join("state.db.lock/state.db");
    assert_eq!(refused(&under_a_file), "FILE cannot be made: there is no folder FOLDER");
}

#[test]
fn a_file_of_a_later_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    drop(Store::open(&path).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let told = "FILE was written by a later version of persona (its form is 99, this version knows up to 2)";
    assert_eq!(refused(&path), told);
}

#[test]
fn damage_is_told_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let mut store = Store::open(&path).unwrap();
    let mut run = store.begin(hour(1)).unwrap();
    for n in 0..500 {
        run.message(&format!("{n}"), &format!("{n}.eml"), &[b'x'; 500]).unwrap();
    }
    let mut decided = decisions(hour(1));
    decided.live = (0..500).map(|n| (key(&format!("c{n}"), None), flow(0))).collect();
    run.commit(&decided).unwrap();
    drop(store);

    // A value that is none.
    let copy = folder.path().join("copy.db");
    fs::copy(&path, &copy).unwrap();
    rusqlite::Connection::open(&copy)
        .unwrap()
        .execute("update flow set due = 'soon' where customer = 'c7'", [])
        .unwrap();
    let told = Store::open(&copy).unwrap().load(jiff::Timestamp::MIN).unwrap_err();
    assert!(matches!(told, Error::Corrupt { .. }), "{told}");

    // Pages that are none, and an end that is missing.
    let whole = fs::read(&path).unwrap();
    let mut told = 0;
    for page in 1..whole.len() / 4096 {
        for cut in [false, true] {
            let mut bytes = whole.clone();
            if cut {
                bytes.truncate(page * 4096);
            } else {
                bytes[page * 4096..][..4096].fill(0xa5);
            }
            fs::write(&copy, bytes).unwrap();
            let read = Store::open(&copy)
                .and_then(|store| Ok((store.load(jiff::Timestamp::MIN)?, store.pending(1000)?)));
            match read {
                Ok((loaded, pending)) => {
                    // What is not read is not seen: an index, or the log of what was sent.
                    assert_eq!(
                        (loaded.state.flows.len(), pending.len()),
                        (500, 500),
                        "page {page}, cut {cut}"
                    );
                }
                Err(error) => {
                    assert!(matches!(error, Error::Corrupt { .. } | Error::Failed { .. }), "{error:?}");
                    told += 1;
                }
            }
        }
    }
    assert!(told > 20, "{told}");
}

#[test]
fn time_does_not_go_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("state.db")).unwrap();
    store.begin(hour(5)).unwrap().commit(&decisions(hour(5))).unwrap();
    let told = store.begin(hour(4)).unwrap_err().to_string();
    assert_eq!(
        told,
        "the last run was at 2026-03-01T05:00:00.123456789Z; a run at 2026-03-01T04:00:00.123456789Z would lie before it"
    );
    assert!(store.begin(hour(5)).is_ok());
}
