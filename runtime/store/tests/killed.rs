//! A process that is killed in the middle of its work. A file of its own: between fork and exec a child of this process would
//! hold the locks of other tests.

#![allow(clippy::unwrap_used, reason = "clippy knows tests, but not what only tests call")]

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use persona_store::Store;

use common::*;

/// Where the child of this test works.
const FILE: &str = "PERSONA_STORE_TEST_FILE";
/// Messages of one run, of many pages: the commit takes its time.
const MESSAGES: i64 = 40;

/// Runs without end; tells each run's number once it is committed. Every message of the run before is delivered first: as a line
/// in a file, where a test can see what was written twice.
fn work(path: &Path) {
    let mut store = Store::open(path).unwrap();
    let loaded = store.load(jiff::Timestamp::MIN).unwrap();
    let first = loaded.watermark.map_or(0, |at| at.duration_since(hour(0)).as_hours() + 1);
    for number in first.. {
        let pending = store.pending(1000).unwrap();
        for message in &pending {
            std::fs::write(path.with_file_name(&message.name), &message.bytes).unwrap();
        }
        store.delivered(pending.iter().map(|m| &*m.id), hour(number)).unwrap();
        let mut run = store.begin(hour(number)).unwrap();
        let mut decided = decisions(hour(number));
        for n in 0..MESSAGES {
            let id = format!("{number}-{n}");
            run.message(&id, &format!("{id}.eml"), &vec![b'x'; 3000]).unwrap();
            decided.live.insert(key(&id, None), flow(0));
            decided.sends.push(send(&id, &id, trigger(true), Ok("ada@example.com")));
        }
        run.commit(&decided).unwrap();
        println!("committed {number}");
    }
}

#[test]
fn a_kill_at_any_moment_leaves_whole_runs_and_all_their_messages() {
    if let Some(path) = std::env::var_os(FILE) {
        return work(Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let mut random = fastrand::Rng::with_seed(1);
    let mut done = 0;
    for _ in 0..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_kill_at_any_moment_leaves_whole_runs_and_all_their_messages", "--nocapture"])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut committed = None;
        let number = |line: String| line.strip_prefix("committed ").map(|n| n.parse::<i64>().unwrap());
        // Let it work, then kill it somewhere within a run.
        for line in lines.by_ref().take(5) {
            committed = number(line.unwrap()).or(committed);
        }
        std::thread::sleep(Duration::from_micros(random.u64(0..20_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        committed = lines.map_while(Result::ok).filter_map(number).last().or(committed);
        done += 1;

        let store = Store::open(&path).unwrap();
        let loaded = store.load(jiff::Timestamp::MIN).unwrap();
        let last = loaded.watermark.unwrap().duration_since(hour(0)).as_hours();
        assert!(last >= committed.unwrap(), "what was told as committed is there");
        let whole = ((last + 1) * MESSAGES) as usize;
        assert_eq!(
            (loaded.state.flows.len(), loaded.state.first_sends.len()),
            (whole, whole),
            "only whole runs"
        );
        // Each message is a whole file, or pending.
        let pending = store.pending(usize::MAX).unwrap();
        assert!(pending.iter().all(|m| m.bytes.len() == 3000));
        let is_pending = |name: &str| pending.iter().any(|m| m.name == name);
        for number in 0..=last {
            for n in 0..MESSAGES {
                let name = format!("{number}-{n}.eml");
                let written =
                    std::fs::metadata(path.with_file_name(&name)).is_ok_and(|file| file.len() == 3000);
                assert!(written || is_pending(&name), "{name} is lost");
            }
        }
    }
    assert_eq!(done, 12);
}
