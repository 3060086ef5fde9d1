//! The outbox: whole messages or none, whatever ends the process.

use std::fs;
use std::path::Path;
use std::process::Command;

use persona_message::{Delivered, Error, Outbox};

#[allow(clippy::unwrap_used)] // A helper: clippy knows tests by their attribute.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_message_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap();
    assert_eq!(outbox.put("one.eml", b"hello").unwrap(), Delivered::Written);
    assert_eq!(outbox.put("one.eml", b"hello").unwrap(), Delivered::AlreadyThere);
    let error = outbox.put("one.eml", b"goodbye").unwrap_err();
    assert!(matches!(&error, Error::Different { path } if *path == folder.path().join("one.eml")), "{error}");
    assert_eq!(fs::read(folder.path().join("one.eml")).unwrap(), b"hello");
    assert_eq!(files(folder.path()), ["one.eml"]);
}

#[test]
fn many_at_once_keep_one_each() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap();
    let put = || -> Vec<Delivered> {
        let put =
            |n: usize| outbox.put(&format!("{n}.eml"), n.to_string().repeat(10_000).as_bytes()).unwrap();
        (0..20).map(put).collect()
    };
    let all: Vec<Delivered> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(put)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(all.iter().filter(|delivered| **delivered == Delivered::Written).count(), 20);
    assert_eq!(files(folder.path()).len(), 20);
}

#[test]
fn what_a_killed_process_left_is_removed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    for name in [".persona-abc.writing", ".persona-note.txt", "one.eml", ".hidden"] {
        fs::write(folder.path().join(name), "half").unwrap();
    }
    let living = fs::File::create(folder.path().join(".persona-def.writing")).unwrap();
    living.lock().unwrap();
    Outbox::open(folder.path()).unwrap();
    assert_eq!(files(folder.path()), [".hidden", ".persona-def.writing", ".persona-note.txt", "one.eml"]);
    drop(living);
    Outbox::open(folder.path()).unwrap();
    assert_eq!(files(folder.path()), [".hidden", ".persona-note.txt", "one.eml"]);
}

#[test]
fn a_folder_that_cannot_be_used_is_named_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("outbox");
    Outbox::open(&made).unwrap().put("one.eml", b"hello").unwrap();
    let file = made.join("one.eml");
    let refused = |path: &Path, words: &str| {
        let error = Outbox::open(path).unwrap_err();
        assert!(
            error.to_string().contains(&path.display().to_string()) && error.to_string().contains(words),
            "{error}"
        );
    };
    refused(&file, "it is not a folder");
    refused(
        &folder.path().join("none/outbox"),
        &format!("there is no folder {}", folder.path().join("none").display()),
    );
    if cfg!(target_os = "linux") {
        // A folder in which nobody, root included, can write.
        refused(Path::new("/proc/self"), "no file can be written in it");
    }
}

#[test]
fn a_name_stays_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap();
    for name in ["", ".", "..", ".hidden", "../one.eml", "a/b", "a\\b", "c:d", "a\0b", "a\nb"] {
        assert!(matches!(outbox.put(name, b"x"), Err(Error::Name { .. })), "{name:?}");
    }
    assert!(files(folder.path()).is_empty());
}

/// No file may grow past 512 KB in the other process, which is a full disk to it.
#[test]
#[cfg(unix)]
fn a_full_disk_is_told_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let limited = "trap '' XFSZ; ulimit -f 1024; exec \"$0\" --ignored --exact writes_too_much";
    let test = std::env::current_exe().unwrap();
    let other =
        Command::new("sh").args(["-c", limited]).arg(test).env("OUTBOX", folder.path()).output().unwrap();
    assert!(other.status.success(), "{}", String::from_utf8_lossy(&other.stdout));
    assert_eq!(files(folder.path()), ["small.eml"]);
}

/// The other process of the test above.
#[test]
#[ignore = "run by a_full_disk_is_told_and_leaves_nothing"]
fn writes_too_much() {
    let folder = std::env::var_os("OUTBOX").unwrap();
    let outbox = Outbox::open(&folder).unwrap();
    outbox.put("small.eml", b"hello").unwrap();
    let error = outbox.put("large.eml", &vec![b'x'; 2_000_000]).unwrap_err();
    let path = Path::new(&folder).join("large.eml");
    assert!(matches!(&error, Error::Write { path: at, .. } if *at == path), "{error}");
}
