//! Each pass that makes a plan cheaper, before and after. That the rows stay the same is for the tests of dialects: there
//! the evaluator is given plans as they were lowered, and engines what the passes made of them.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
#[path = "../lowering/support.rs"]
mod support;

use persona_model::Model;
use persona_plan::lower::Profiles;
use persona_plan::{Plan, check, prune, rewrite};
use support::{CUSTOMERS, load};

const PURCHASES: &str = "
    event purchase { order_id: string unique  total: money  pieces: int? }
    source orders { table \"orders\" feeds purchase { customer = customer_id  at = at  order_id = id  total = money(total, GBP)  pieces = pieces } }
";

fn model(declarations: &str) -> Model {
    load(&format!("{CUSTOMERS}{PURCHASES}{declarations}")).model.unwrap()
}

/// The plan before a pass and after it, each without what nobody reads.
fn beside(plan: Plan, pass: fn(Plan) -> Plan) -> String {
    let after = prune(pass(plan.clone()));
    let before = prune(plan);
    check(&after).unwrap_or_else(|e| panic!("{e}\n{after}"));
    format!("before:\n\n{before}\n\nafter:\n\n{after}")
}

/// Three windows of one event are one step over the longest of them.
#[test]
fn share() {
    let model = model(
        "trait orders = count(purchase in last 30 days)
         trait spent = sum(purchase.total in last 365 days)
         trait largest = max(purchase.total where pieces > 1 in last 1 month)
         segment lapsed { when none(purchase in last 90 days) and tier == gold }",
    );
    insta::assert_snapshot!(beside(Profiles::everything(&model, &[]), rewrite::share));
}

/// A count that is compared with a number somewhere is not asked elsewhere whether it is there.
#[test]
fn count() {
    let model = model(
        "segment many { when count(purchase in last 30 days) > 3 }
         segment quiet { when none(purchase in last 30 days) }",
    );
    insta::assert_snapshot!(beside(Profiles::everything(&model, &[]), rewrite::count));
}

/// Who has enough events is looked for among those who have any; who has none, among all.
#[test]
fn narrow() {
    let model = model(
        "segment busy { when count(purchase in last 30 days) >= 3 and none(purchase in last 7 days) and tier == gold }
         segment lapsed { when any(purchase in last 365 days) and last(purchase).at < 90 days ago }",
    );
    let both = ["busy", "lapsed"].map(|name| beside(Profiles::segment(&model, name), rewrite::narrow));
    insta::assert_snapshot!(both.join("\n\n"));
}
