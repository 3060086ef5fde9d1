//! What withholds an e-mail, and what names it.

use persona_value::Value;

use crate::shop::{PROJECT, Shop, model, names};

const HELLO: &str = "trigger hello { on cart_add  send reminder  send receipt }";

#[test]
fn the_first_reason_that_holds_withholds() {
    let project = format!("{PROJECT}[delivery]\nonly_to = [\"*@shop.example\"]\n");
    let mut shop = Shop::of(model(&project, HELLO));
    shop.does("03-01 10:00", "eve", "cart_add");
    let run = |shop: &mut Shop| shop.clone().run("03-01 12:00");
    let both = |why| [format!("eve: reminder withheld, {why}"), format!("eve: receipt withheld, {why}")];

    assert_eq!(run(&mut shop), both("no such customer any more"));
    shop.customer("eve").suppressed = Some("bounced".into());
    assert_eq!(run(&mut shop), both("suppressed: bounced"));
    shop.customer("eve").suppressed = None;
    assert_eq!(
        run(&mut shop),
        ["eve: reminder withheld, no consent to marketing", "eve: receipt withheld, no address"],
        "a receipt needs no consent"
    );
    shop.customer("eve").consents = names(&["marketing"]);
    assert_eq!(run(&mut shop), both("no address"));
    for not_an_address in ["eve", "eve@", "Eve <eve@shop.example>", "eve@shop.example\nBcc: all@shop.example"]
    {
        shop.set("eve", "email", Value::text(not_an_address));
        assert_eq!(run(&mut shop), both("not a valid address"));
    }
    shop.set("eve", "email", Value::text("eve@example.com"));
    assert_eq!(run(&mut shop), both("not in delivery.only_to"));
    shop.set("eve", "email", Value::text("Eve@Shop.example"));
    assert_eq!(run(&mut shop), ["eve gets reminder", "eve gets receipt"]);
    shop.refuses.insert("reminder", "the subject is too long");
    assert_eq!(
        run(&mut shop),
        ["eve: reminder withheld, could not be written: the subject is too long", "eve gets receipt"]
    );
}

#[test]
fn the_template_may_withhold_and_the_flow_goes_on() {
    let mut shop = Shop::new(
        "email shy { transactional  subject \"Hi\"  body text \"\"\"{% if first_name == blank %}{% skip \"no name\" %}{% endif %}Hi\"\"\" }
         trigger hello { on cart_add  send shy  send receipt }",
    );
    shop.set("bob", "first_name", Value::text("Bob"));
    shop.does("03-01 10:00", "ada", "cart_add");
    shop.does("03-01 10:00", "bob", "cart_add");
    assert_eq!(
        shop.run("03-01 12:00"),
        ["ada: shy withheld, skip: no name", "ada gets receipt", "bob gets shy", "bob gets receipt"]
    );
}

#[test]
fn a_repeat_after_a_crash_is_the_same_message_and_nothing_else_is() {
    let mut shop = Shop::new(HELLO);
    for when in ["03-01 10:00", "03-02 10:00"] {
        shop.does(when, "ada", "cart_add");
        shop.does(when, "bob", "cart_add");
    }
    let mut ids = std::collections::BTreeSet::new();
    let mut forgotten = shop.clone();
    forgotten.run("03-01 12:00");
    let crashed: Vec<_> = forgotten.sends.iter().map(|s| s.id.clone()).collect();
    for (run, repeat) in [("03-01 12:30", true), ("03-02 12:00", false)] {
        shop.run(run);
        let sends: Vec<_> = shop.sends.iter().map(|s| s.id.clone()).collect();
        assert_eq!(sends.len(), 4);
        assert_eq!(sends == crashed, repeat);
        ids.extend(sends);
    }
    assert_eq!(ids.len(), 8);
    assert!(ids.iter().all(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())));
}
