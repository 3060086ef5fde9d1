//! Windows, dates and instants, sequences. It is noon of 15 June 2026, 13:00 in London.

use crate::support::{Shop, now, shown};
use persona_model::{EventFilter, On};
use persona_plan::lower::Profiles;

const PROGRAM: &str = "
    customer { id: string key  born: date?  joined: timestamp? }
    source people { table \"people\" feeds customer { id = id  born = born  joined = joined } }
    event view { page: string  due: timestamp? }
    source views { table \"views\" feeds view { customer = c  at = at  page = p } }
    event buy { total: money  page: string? }
    source buys { table \"buys\" feeds buy { customer = c  at = at  total = t } }
    event any_of = view or buy
";

fn shop(traits: &str, views: &str, buys: &str) -> Shop {
    Shop::new(&format!("{PROGRAM}{traits}"))
        .table("people", "id, born, joined", "ada | 2026-06-08 | 2026-06-08T12:00:00Z\nbob | - | -")
        .table("views", "c, at, p", views)
        .table("buys", "c, at, t", buys)
}

#[test]
fn windows_leave_out_their_start_and_hold_their_end() {
    let views = "ada | 2026-06-08T12:00:00Z | start\nada | 2026-06-08T12:00:01Z | in\nada | 2026-06-15T12:00:00Z | now
                 ada | 2026-06-15T12:00:01Z | later";
    let shop = shop(
        "trait week = count(view in last 7 days)
         trait from = count(view since 2026-06-08T13:00)
         trait old  = count(view before 2026-06-08T13:00)
         trait mid  = count(view between 2026-06-08T13:00 and now)
         trait all  = count(view)",
        views,
        "",
    );
    assert_eq!(
        shop.profile(&["id", "week", "from", "old", "mid", "all"]),
        "ada | 2 | 3 | 0 | 2 | 3\nbob | 0 | 0 | 0 | 0 | 0\n"
    );
}

#[test]
fn months_are_whole_local_days() {
    // A month back is 15 May: the 16th in London begins at 23:00 of the 15th in UTC.
    let views = "ada | 2026-05-15T22:59:59Z | out\nada | 2026-05-15T23:00:00Z | in";
    let shop = shop(
        "trait seen = count(view in last 1 month)
         trait old  = count(view before 1 month ago)",
        views,
        "",
    );
    assert_eq!(shop.profile(&["id", "seen", "old"]), "ada | 1 | 0\nbob | 0 | 0\n");
}

#[test]
fn of_a_date_the_same_words_mean_whole_days() {
    let shop = shop(
        "segment week    { when born in last 7 days }
         segment eight   { when born in last 8 days }
         segment month   { when born in last 1 month }
         segment hours   { when joined in last 168 hours }
         segment on_day  { when joined == 2026-06-08 }
         segment after   { when joined > 2026-06-08 and born >= 2026-06-08 }
         segment not_old { when not (born before 2026-06-10) }",
        "",
        "",
    );
    let columns =
        ["id", "in_week", "in_eight", "in_month", "in_hours", "in_on_day", "in_after", "in_not_old"];
    assert_eq!(
        shop.profile(&columns),
        "ada | false | true | true | false | false | true | false
bob | false | false | false | false | false | false | true\n"
    );
}

#[test]
fn a_step_follows_strictly_later_and_its_absence_is_known_in_time() {
    let views = "ada | 2026-06-15T10:00:00Z | a\nada | 2026-06-15T11:30:00Z | b";
    let buys = "ada | 2026-06-15T10:00:00Z | 1\nada | 2026-06-15T11:00:00Z | 1";
    let shop = shop(
        "trait bought     = count(view then buy within 1 hour)
         trait sooner     = count(view then buy within 59 minutes)
         trait not_bought = count(view without buy within 30 minutes)
         trait unknown    = count(view without buy within 31 minutes)",
        views,
        buys,
    );
    let profile = shop.profile(&["id", "bought", "sooner", "not_bought", "unknown"]);
    assert_eq!(profile, "ada | 1 | 0 | 2 | 1\nbob | 0 | 0 | 0 | 0\n");
}

#[test]
fn a_union_has_the_fields_that_all_its_events_have() {
    let views = "ada | 2026-06-15T10:00:00Z | a";
    let buys = "ada | 2026-06-15T11:00:00Z | 1";
    let shop =
        shop("trait pages = count(any_of where page is missing)  trait n = count(any_of)", views, buys);
    assert_eq!(shop.profile(&["id", "pages", "n"]), "ada | 1 | 2\nbob | 0 | 0\n");
}

#[test]
fn first_and_last_break_ties_by_id_and_fields_by_presence() {
    let views =
        "ada | 2026-06-15T10:00:00Z | a\nada | 2026-06-15T10:00:00Z | b\nada | 2026-06-15T09:00:00Z | c";
    let buys = "ada | 2026-06-15T11:00:00Z | 1";
    let shop = shop(
        "trait newest = last(view).page
         trait at     = last(view).at
         trait lasts  = last(any_of).page
         trait field  = last(any_of.page)
         trait same   = last(view.page)
         trait usual  = most_frequent(view.page)",
        views,
        buys,
    );
    let profile = shop.profile(&["id", "lasts", "at", "newest", "field", "same", "usual"]);
    // Which of the two at ten is the last is their ids' matter; all three ways of asking agree.
    let ada: Vec<&str> = profile.lines().next().unwrap().split(" | ").collect();
    assert_eq!(ada[..3], ["ada", "-", "2026-06-15T10:00:00Z"]);
    assert!(matches!(ada[3], "a" | "b") && ada[3] == ada[4] && ada[4] == ada[5], "{ada:?}");
    assert_eq!(ada[6], "a");
}

#[test]
fn what_a_trigger_looks_for_may_read_the_customers_values() {
    let program = "segment busy { when count(buy) > 1 }
         trait mean = avg(buy.total)
         trigger t { on buy where in busy and total > mean and joined is present update joined = now }";
    let buys =
        "ada | 2026-06-15T10:00:00Z | 1\nada | 2026-06-15T11:00:00Z | 3\nbob | 2026-06-15T11:00:00Z | 9";
    let mut shop = shop(program, "", buys);
    shop.stage();
    let On::Event { filter, .. } = &shop.model.triggers[0].on else { panic!("it starts by an event") };
    let occurrences = |filter: &EventFilter, from: &str| {
        let plan = Profiles::occurrences(&shop.model, filter, from.parse().unwrap());
        shown(&shop.rows(&plan), &["customer", "total"])
    };
    assert_eq!(occurrences(filter, "2026-06-14T12:00:00Z"), "ada | 3\n");
    assert_eq!(occurrences(filter, "2026-06-15T11:00:00Z"), "");
    assert!(now() > "2026-06-15T11:00:00Z".parse().unwrap());
}
