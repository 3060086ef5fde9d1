//! Audiences too small to learn from.

use crate::shop::{model, shops};

const PROGRAM: &str = r#"
customer { id: string key  email: email?  signed_up: timestamp }
event purchase { order_id: string unique  total: money }
source people { table "raw.people" feeds customer { id = id  email = email  signed_up = signed_up } }
source orders { table "raw.orders" feeds purchase { customer = who  at = happened  order_id = order_id  total = money(total, EUR) } }
segment buyers { when any(purchase in last 30 days) }
segment everyone { when signed_up < now }
content hero {
  when in buyers                """Thank you!"""
  when signed_up < 2026-01-05   """Back again?"""
  otherwise                     """Hello!"""
}
"#;

#[test]
fn only_active_customers_who_can_be_written_to_count() {
    let mut model = model(PROGRAM);
    model.project.min_audience = 3;
    for mut shop in shops() {
        // Everybody here is active and has an address, but for three who bought nothing or cannot be reached.
        shop.run("INSERT INTO raw.people SELECT 'p' || n, 'p' || n || '@example.com', TIMESTAMP '2026-01-20' FROM generate_series(1, 4) AS s(n)");
        shop.run("INSERT INTO raw.orders SELECT 'p' || n, TIMESTAMP '2026-02-20', TIMESTAMP '2026-02-20', 'o' || n, 5 FROM generate_series(1, 4) AS s(n)");
        shop.run("INSERT INTO raw.people VALUES ('silent', 'silent@example.com', '2026-01-01'), ('lost', NULL, '2026-01-01')");
        shop.order("lost", "2026-02-20 10:00", "lost");
        let report = shop.refresh(&model, "2026-03-10");
        let told: Vec<&str> = report.small.iter().map(|told| &*told.headline).collect();
        // ada bought 37 days ago: she is the one whom the second case is for. bob never did.
        assert_eq!(
            told,
            [
                "case 2 of `hero` has 1 active customer who can be written to",
                "case 3 of `hero` has nobody active who can be written to",
            ],
            "{}",
            shop.dialect
        );
    }
}
