//! Consents in force, and addresses never written to.

use crate::support::Shop;

const PROGRAM: &str = "
    customer { id: string key  email: email? }
    source people { table \"people\" feeds customer { id = id  email = email } }
    consent news \"News\" { covers email  expires after 2 months without engagement }
    source log { table \"log\" feeds consent news { customer = c  at = at  given = given } }
    source gone { table \"gone\" feeds unsubscribe { customer = c  at = at } }
    source opens { table \"opens\" feeds email_open { customer = c  at = at } }
    source bad { table \"bad\" feeds suppression { email = email  reason = why } }";

fn shop() -> Shop {
    Shop::new(PROGRAM)
        .table("people", "id, email", "ada | Ada@Shop.example")
        .table("log", "c, at, given", "ada | 2026-06-01 | true")
        .table("gone", "c, at", "")
        .table("opens", "c, at", "")
        .table("bad", "email, why", "")
}

#[track_caller]
fn in_force(shop: Shop, expected: &str) {
    assert_eq!(shop.profile(&["consent_news"]).trim(), expected);
}

#[test]
fn the_latest_word_counts_and_a_withdrawal_beats_a_grant() {
    in_force(shop(), "true");
    let log = |rows| shop().table("log", "c, at, given", rows);
    in_force(log("ada | 2026-06-01 | true\nada | 2026-06-02 | false"), "false");
    in_force(log("ada | 2026-06-01 | false\nada | 2026-06-02 | true"), "true");
    in_force(log("ada | 2026-06-01 | true\nada | 2026-06-01 | false"), "false");
    in_force(log("ada | 2026-06-01 | true\nada | 2026-06-16 | false"), "true");
}

#[test]
fn an_unsubscription_withdraws() {
    let gone = |rows| shop().table("gone", "c, at", rows);
    in_force(gone("ada | 2026-06-02"), "false");
    in_force(gone("ada | 2026-06-01"), "false");
    in_force(gone("ada | 2026-05-31"), "true");
}

#[test]
fn a_consent_expires_unless_engagement_prolongs_it() {
    let old = || shop().table("log", "c, at, given", "ada | 2026-04-15 | true");
    in_force(old(), "false");
    in_force(old().table("opens", "c, at", "ada | 2026-04-16"), "true");
    in_force(old().table("opens", "c, at", "ada | 2026-04-15"), "false");
    in_force(shop().table("log", "c, at, given", "ada | 2026-04-16 | true"), "true");
}

#[test]
fn addresses_are_suppressed_whatever_their_case() {
    let bad = shop().table("bad", "email, why", "ADA@shop.example | bounced\nADA@shop.example | asked");
    assert_eq!(bad.profile(&["suppressed"]), "asked\n");
    assert_eq!(shop().profile(&["suppressed"]), "-\n");
}
