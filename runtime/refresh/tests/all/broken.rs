//! Broken off at any statement: the old state or the new one, and nothing between.

use persona_refresh::Error;
use persona_warehouse::{Target, connect};

use crate::shop::{Breaking, PROGRAM, model, refresh_with, shops};

#[test]
fn a_refresh_broken_off_at_any_statement_leaves_what_was_there() {
    let model = model(PROGRAM);
    for mut shop in shops() {
        shop.refresh(&model, "2026-03-01");
        shop.order("bob", "2026-03-04 09:00", "2");
        let old = shop.state();
        let mut broken = 0;
        loop {
            let mut breaking = Breaking { inner: &mut *shop.warehouse, left: broken };
            let ended = refresh_with(&mut breaking, shop.dialect, &model, "2026-03-10", false);
            if ended.is_ok() {
                break;
            }
            assert_eq!(shop.state(), old, "{}, broken off at statement {broken}", shop.dialect);
            broken += 1;
        }
        assert!(broken > 40, "so many statements: {broken}");
        assert_ne!(shop.state(), old);
    }
}

#[test]
fn the_first_refresh_can_be_broken_off_too() {
    let model = model(PROGRAM);
    for mut shop in shops() {
        for left in 0.. {
            let mut breaking = Breaking { inner: &mut *shop.warehouse, left };
            if refresh_with(&mut breaking, shop.dialect, &model, "2026-03-10", false).is_ok() {
                break;
            }
            assert!(shop.state().is_empty(), "{}, broken off at statement {left}", shop.dialect);
        }
        assert!(!shop.state().is_empty());
    }
}

#[test]
fn of_two_refreshes_at_once_one_is_told_to_wait() {
    let model = model(PROGRAM);
    for mut shop in shops() {
        let Some(uri) = shop.uri.clone() else { continue };
        let mut other = connect(&Target::Postgres { uri }).unwrap();
        other.begin().unwrap();
        assert!(other.lock("persona refresh persona").unwrap());
        let refused = shop.try_refresh(&model, "2026-03-01");
        assert!(matches!(refused, Err(Error::Busy(_))), "{refused:?}");
        other.rollback().unwrap();
        shop.refresh(&model, "2026-03-01");
    }
}
