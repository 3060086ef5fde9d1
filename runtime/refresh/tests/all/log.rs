//! Who is where, since when, and what is written down of it.

use crate::shop::{PROGRAM, at, model, refresh_with, shops};
use persona_refresh::Error;

#[test]
fn the_first_refresh_puts_customers_where_they_are_and_later_ones_write_down_who_moved() {
    let model = model(PROGRAM);
    for mut shop in shops() {
        shop.refresh(&model, "2026-03-01");
        let first = [
            "03-01 buyers ada entered - - first",
            "03-01 stage ada entered - active first",
            "03-01 stage bob entered - new first",
        ];
        assert_eq!(shop.log(), first, "{}", shop.dialect);
        assert_eq!(
            shop.members(),
            ["buyers - ada 03-01", "stage active ada 03-01", "stage new bob 03-01"],
            "{}",
            shop.dialect
        );

        // A purchase and nothing but time.
        shop.order("bob", "2026-03-04 09:00", "2");
        let report = shop.refresh(&model, "2026-03-10");
        assert_eq!(report.last, Some(at("2026-03-01")));
        let log = shop.log();
        assert_eq!(log[..3], first, "what was written stays: {}", shop.dialect);
        assert_eq!(
            log[3..],
            [
                "03-10 buyers ada left - - customer",
                "03-10 buyers bob entered - - customer",
                "03-10 stage bob moved new active customer",
            ],
            "{}",
            shop.dialect
        );
        assert_eq!(
            shop.members(),
            ["buyers - bob 03-10", "stage active ada 03-01", "stage active bob 03-10"],
            "who stays keeps the day they came: {}",
            shop.dialect
        );

        // The same once more changes nothing.
        let state = (shop.members(), shop.log());
        shop.refresh(&model, "2026-03-10");
        assert_eq!((shop.members(), shop.log()), state, "{}", shop.dialect);
    }
}

#[test]
fn a_change_of_the_program_is_no_change_of_customers() {
    let before = model(PROGRAM);
    let changed = PROGRAM
        .replace(
            "segment buyers { when any(purchase in last 30 days) }",
            "segment members { when signed_up < now }",
        )
        .replace("in last 60 days", "in last 20 days");
    let changed = model(&changed);
    for mut shop in shops() {
        shop.refresh(&before, "2026-03-01");
        let known = shop.log().len();
        shop.refresh(&changed, "2026-03-02");
        assert_eq!(
            shop.log()[known..],
            [
                "03-02 buyers ada left - - removed",
                "03-02 members ada entered - - first",
                "03-02 members bob entered - - first",
                "03-02 stage ada moved active lapsed redefined",
            ],
            "{}",
            shop.dialect
        );
        // From then on it is customers that change.
        shop.refresh(&changed, "2026-03-09");
        assert!(shop.log().contains(&"03-09 stage bob moved new lapsed customer".to_string()));
    }
}

#[test]
fn the_past_is_told_and_not_kept() {
    let model = model(PROGRAM);
    for mut shop in shops() {
        shop.refresh(&model, "2026-03-10");
        let state = shop.state();
        let refused = shop.try_refresh(&model, "2026-03-01");
        assert!(matches!(refused, Err(Error::Past { .. })), "{refused:?}");
        let told = refresh_with(&mut *shop.warehouse, shop.dialect, &model, "2026-03-01", true).unwrap();
        let new = told.audiences.iter().find(|a| a.stage.as_deref() == Some("new")).unwrap();
        assert_eq!(new.size, 1, "bob was new on the 1st");
        assert_eq!(shop.state(), state);
    }
}

#[test]
fn dashboards_have_sizes_and_flows() {
    let model = model(PROGRAM);
    for mut shop in shops() {
        shop.refresh(&model, "2026-03-01");
        shop.refresh(&model, "2026-03-10");
        assert_eq!(
            shop.rows("SELECT segment, refreshed_at, size FROM persona.segment_sizes"),
            ["buyers 03-01 1", "buyers 03-10 0"]
        );
        assert_eq!(
            shop.rows("SELECT lifecycle, from_stage, to_stage, people FROM persona.stage_flow"),
            ["stage new lapsed 1"],
            "who was put there at first did not flow: {}",
            shop.dialect
        );
        assert_eq!(shop.rows("SELECT * FROM persona.email_engagement"), Vec::<String>::new());
    }
}

#[test]
fn it_tells_how_many_rows_it_wrote_into_each_table() {
    let model = model(PROGRAM);
    for mut shop in shops() {
        let report = shop.refresh(&model, "2026-03-10");
        let kept = shop.rows("SELECT COUNT(*) AS n FROM persona.membership");
        assert_eq!(kept, [report.written.0["membership"].to_string()], "{}", shop.dialect);
        assert_eq!(report.written.0["profile"], 2, "{}", shop.dialect);
        let again = shop.refresh(&model, "2026-03-10");
        assert_eq!(again.written.0["membership"], 0, "{}: {:?}", shop.dialect, again.written);
    }
}
