//! What a run leaves for the next.

mod common;

use std::sync::Arc;

use persona_engine::{Held, Note, Saw, Sent, State, What, Withheld};
use persona_store::{Loaded, Store};

use common::*;

#[test]
fn what_is_loaded_is_the_state_after_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    assert_eq!(Store::open(&path).unwrap().load(jiff::Timestamp::MIN).unwrap(), Loaded::default());

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

    let ada = ("news".into(), "ada".into());
    let held = Held { day: "2026-03-01".parse().unwrap(), due: hour(3), until: hour(9), expires: hour(27) };
    first.held = [(ada.clone(), Some(held.clone())), (("news".into(), "bob".into()), Some(held))].into();
    first.days = [(ada.clone(), "2026-03-01".parse().unwrap())].into();
    first.levels = [("rich".into(), levels("l1", &[("ada", 500), ("bob", 7)]))].into();
    // One is decided, one value changed; another trigger's values are of a new kind.
    second.held = [(ada, None)].into();
    second.levels =
        [("rich".into(), levels("l1", &[("ada", 600)])), ("tier".into(), levels("t1", &[]))].into();
    let mut third = decisions(hour(50));
    third.levels = [("rich".into(), levels("l2", &[("ada", 1)]))].into();

    let mut state = State::default();
    for decisions in [first, second, third] {
        let mut store = Store::open(&path).unwrap();
        store.begin(decisions.at).unwrap().commit(&decisions).unwrap();
        drop(store);
        state.apply(&decisions);
        let loaded = Store::open(&path).unwrap().load(jiff::Timestamp::MIN).unwrap();
        assert_eq!(
            loaded,
            Loaded { state: state.clone(), watermark: Some(decisions.at), members: decisions.members }
        );
    }
}

#[test]
fn sends_of_long_ago_are_not_loaded_and_the_first_is_not_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("state.db")).unwrap();
    for (n, at) in [hour(1), hour(2), hour(3)].into_iter().enumerate() {
        let mut decided = decisions(at);
        let to = if n == 2 { Err(Withheld::NoAddress) } else { Ok("ada@example.com") };
        decided.sends = vec![send(&n.to_string(), "ada", trigger(true), to)];
        store.begin(at).unwrap().commit(&decided).unwrap();
    }
    let state = store.load(hour(1)).unwrap().state;
    assert_eq!(state.sent, [("ada".into(), vec![Sent { email: "reminder".into(), at: hour(2) }])].into());
    assert_eq!(state.first_email, Some(hour(1)));
}

#[test]
fn what_was_decided_about_a_customer_is_read_back_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("state.db")).unwrap();
    let note = |customer: &str, key: Option<&str>, what| Note {
        customer: customer.into(),
        origin: "cart".into(),
        campaign: false,
        key: key.map(Arc::from),
        what,
    };
    let started = What::Started { at: hour(1), cause: "event-1".into() };
    let saw = vec![
        Saw::Consent { name: "marketing".into(), given: true },
        Saw::Quiet { clock: "22:15".parse().unwrap(), holds: true },
    ];
    let held = What::Held { email: "reminder".into(), until: hour(9), saw };
    let mut decided = decisions(hour(2));
    decided.trail = vec![
        note("ada", None, started.clone()),
        note("bob", None, started),
        note("ada", Some(""), held),
        Note { campaign: true, ..note("ada", None, What::LeftOut { why: "x".into() }) },
    ];
    store.begin(hour(2)).unwrap().commit(&decided).unwrap();
    let read = store.trail("ada", false, "cart").unwrap();
    assert_eq!(read, [(hour(2), decided.trail[0].clone()), (hour(2), decided.trail[2].clone())]);
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
    assert_eq!(store.load(jiff::Timestamp::MIN).unwrap(), Loaded::default());
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
