//! Tables of others are left alone.

use persona_refresh::Error;

use crate::shop::{PROGRAM, model, shops};

#[test]
fn a_table_that_is_not_ours_stops_a_refresh_and_stays() {
    let model = model(PROGRAM);
    for name in ["membership", "customer", "segment_sizes"] {
        for mut shop in shops() {
            shop.run("CREATE SCHEMA persona");
            shop.run(&format!("CREATE TABLE persona.{name} (precious TEXT)"));
            shop.run(&format!("INSERT INTO persona.{name} VALUES ('pearl')"));
            let refused = shop.try_refresh(&model, "2026-03-01");
            assert!(matches!(refused, Err(Error::NotOurs { .. })), "{name}: {refused:?}");
            assert_eq!(shop.rows(&format!("SELECT precious FROM persona.{name}")), ["pearl"]);
        }
    }
}

#[test]
fn a_program_that_grows_into_the_name_of_another_table_is_stopped_too() {
    let before = model(PROGRAM);
    let after = model(&format!("{PROGRAM}\nevent visit {{ page: string }}\n"));
    for mut shop in shops() {
        shop.refresh(&before, "2026-03-01");
        shop.run("CREATE TABLE persona.event_visit (precious TEXT)");
        let state = shop.state();
        let refused = shop.try_refresh(&after, "2026-03-02");
        assert!(matches!(refused, Err(Error::NotOurs { .. })), "{refused:?}");
        assert_eq!(shop.state(), state);
        shop.run("DROP TABLE persona.event_visit");
        shop.refresh(&after, "2026-03-02");
    }
}
