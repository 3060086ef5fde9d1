//! What a run leaves for the next.

mod common;

use persona_engine::{State, Withheld};
use persona_store::{Loaded, Store};

use common::*;

#[test]
fn what_is_loaded_is_the_state_after_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    assert_eq!(Store::open(&path).unwrap().load().unwrap(), Loaded::default());

    let mut first = decisions(hour(4));
    first.live =
        [(key("ada", None), flow(0)), (key("ada", Some("")), flow(1)), (key("bob", Some("=1")), flow(2))]
            .into();
    first.sends = vec![
        send("a", "ada", trigger(true), Ok("ada@example.com")),
        send("b", "bob", trigger(true), Err(Withheld::NoAddress)),
        send("c", "bob", campaign("2026-03-01"), Err(Withheld::NoConsent("marketing".into()))),
        send("d", "ada", campaign("2026-03-01"), Ok("ada@example.com")),
    ];
    first.members =
        [("segment vip".into(), members("m1", &["ada", "bob"])), ("stage new".into(), members("m2", &[]))]
            .into();
    // The second run ends a flow and begins another of the same key.
    let mut second = decisions(hour(30));
    second.ended = vec![ended(key("ada", None)), ended(key("bob", Some("=1")))];
    second.live = [(key("ada", None), flow(7))].into();
    second.sends = vec![
        send("e", "bob", trigger(true), Ok("bob@example.com")),
        send("f", "ada", trigger(false), Ok("ada@example.com")),
        send("g", "ada", campaign("2026-03-02"), Ok("ada@example.com")),
    ];
    second.members = [("segment vip".into(), members("m3", &["bob"]))].into();

    let mut state = State::default();
    for decisions in [first, second] {
        let mut store = Store::open(&path).unwrap();
        store.begin(decisions.at).unwrap().commit(&decisions).unwrap();
        drop(store);
        state.apply(&decisions);
        let loaded = Store::open(&path).unwrap().load().unwrap();
        assert_eq!(
            loaded,
            Loaded { state: state.clone(), watermark: Some(decisions.at), members: decisions.members }
        );
    }
}

#[test]
fn a_message_is_pending_until_it_is_delivered() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("state.db")).unwrap();
    let mut run = store.begin(hour(1)).unwrap();
    for id in ["c", "a", "b"] {
        run.message(id, &format!("{id}.eml"), id.as_bytes()).unwrap();
    }
    run.message("a", "a.eml", b"once more").unwrap();
    run.commit(&decisions(hour(1))).unwrap();

    let ids = |store: &Store, at_most| {
        let pending = store.pending(at_most).unwrap();
        pending.into_iter().map(|m| (m.id, m.name, m.bytes)).collect::<Vec<_>>()
    };
    let message = |id: &str| (id.to_string(), format!("{id}.eml"), id.as_bytes().to_vec());
    assert_eq!(ids(&store, 2), [message("c"), message("a")]);
    store.delivered(["c", "a"], hour(2)).unwrap();
    assert_eq!(ids(&store, 10), [message("b")]);
    store.delivered(["b"], hour(2)).unwrap();
    assert_eq!(ids(&store, 10), []);

    // A message that was delivered is not delivered once more.
    let mut run = store.begin(hour(3)).unwrap();
    run.message("b", "b.eml", b"b").unwrap();
    run.commit(&decisions(hour(3))).unwrap();
    assert_eq!(ids(&store, 10), []);
}

#[test]
fn a_run_that_is_dropped_has_decided_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("state.db")).unwrap();
    let mut run = store.begin(hour(1)).unwrap();
    run.message("a", "a.eml", b"a").unwrap();
    drop(run);
    assert_eq!(store.load().unwrap(), Loaded::default());
    assert_eq!(store.pending(10).unwrap(), []);
    store.begin(hour(0)).unwrap().commit(&decisions(hour(0))).unwrap();
}

#[test]
fn a_run_is_counted_by_email_and_by_reason() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("state.db")).unwrap();
    let mut run = store.begin(hour(1)).unwrap();
    let mut decided = decisions(hour(1));
    decided.live = [(key("ada", None), flow(0))].into();
    decided.sends = vec![
        send("a", "ada", trigger(true), Ok("ada@example.com")),
        send("b", "bob", trigger(true), Err(Withheld::NoAddress)),
        send("c", "eve", trigger(true), Err(Withheld::NoAddress)),
        send("d", "joe", trigger(true), Err(Withheld::Skip("no name".into()))),
    ];
    run.message("a", "a.eml", b"a").unwrap();
    run.commit(&decided).unwrap();
    let counts = store.counts(hour(1)).unwrap();
    assert_eq!(counts.sent, [("reminder".into(), 1)].into());
    assert_eq!(counts.withheld, [("no address".into(), 2), ("skip: no name".into(), 1)].into());
    assert_eq!((counts.flows, counts.pending), (1, 1));
    assert_eq!(store.counts(hour(2)).unwrap().sent, [].into());
}
