//! The forgotten basket: who gets what is what was worked out by hand.

use std::collections::BTreeMap;

use crate::help::{Mail, Project};

const AT: &str = "2024-06-12T20:00";

/// A message: the items left in the basket, their total, whether there is a code.
type Basket = (String, String, bool);

#[test]
fn every_message_and_every_withheld_one_is_the_expected_one() {
    let project = Project::example("cart");
    let run = project.run(AT);
    let mut data = project.duckdb(None);
    let expected = data.rows("select customer, coalesce(withheld, ''), coalesce(items, ''), coalesce(total, ''), discount from read_csv('data/../expected/messages.csv', all_varchar = true)");
    assert_eq!(expected.len(), 21);

    // Worked out once more: the saved result is what the query by hand gives.
    data.script(include_str!("../../../examples/cart/expected/messages.sql"));
    let by_hand = data.rows("select customer, coalesce(withheld, ''), coalesce(items, ''), coalesce(cast(total as varchar), ''), cast(discount as varchar) from message order by due, customer");
    assert_eq!(by_hand, expected);

    let (withheld, sent): (Vec<_>, Vec<_>) = expected.into_iter().partition(|row| !row[1].is_empty());
    let sent: BTreeMap<String, Basket> = sent
        .into_iter()
        .map(|row| (row[0].clone(), (row[2].clone(), row[3].clone(), row[4] == "true")))
        .collect();
    let mut pairs = |sql| data.rows(sql).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let customers: BTreeMap<String, String> =
        pairs("select lower(trim(email)), customer_id from 'data/customers.csv'");
    let skus: BTreeMap<String, String> = pairs("select title, sku from 'data/products.csv'");
    let images: BTreeMap<String, String> = pairs("select title, image_url from 'data/products.csv'");
    let mails = project.mails();
    let read: BTreeMap<String, Basket> =
        mails.iter().map(|m| (customers[&m.to].clone(), basket(m, &skus, &images))).collect();
    assert_eq!(mails.len(), sent.len(), "one message each");
    assert_eq!(read, sent);

    // The reasons, in the report by their number and in the state by customer.
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &withheld {
        *reasons.entry(told_as(&row[1])).or_default() += 1;
    }
    for (reason, n) in reasons {
        let line = run.out.lines().find(|line| line.ends_with(&format!("withheld: {reason}")));
        let line = line.unwrap_or_else(|| panic!("the report does not say `{reason}`: {}", run.out));
        assert_eq!(line.split_whitespace().next(), Some(&*n.to_string()), "{line}");
    }
    let expected: BTreeMap<&str, &str> = withheld.iter().map(|row| (&*row[0], told_as(&row[1]))).collect();
    let kept = kept(&project);
    assert_eq!(
        kept.iter().map(|(customer, why)| (&**customer, &**why)).collect::<BTreeMap<_, _>>(),
        expected
    );
}

#[test]
fn the_pen_of_the_one_whose_hour_was_not_over_comes_with_the_next_run() {
    let project = Project::example("cart");
    let first = project.run(AT);
    assert!(first.out.contains("1 flow waits for a later run"), "{}", first.out);
    let before = project.outbox();
    let same = project.run(AT);
    assert!(same.out.contains("nothing new to deliver"), "{}", same.out);
    assert_eq!(project.outbox(), before);

    project.run("2024-06-12T20:29:59");
    assert_eq!(project.outbox(), before, "his hour ends at 20:30");
    project.run("2024-06-12T20:30");
    let new: Vec<String> = project.outbox().into_keys().filter(|name| !before.contains_key(name)).collect();
    assert_eq!(new.len(), 1);
    let mails = project.mails();
    let hal = mails.iter().find(|m| m.subject == "Hal, you left something behind").unwrap();
    assert!(hal.text.contains("pen"), "{}", hal.text);
}

/// The reason as the run tells it.
fn told_as(reason: &str) -> &str {
    match reason {
        "no consent" => "no consent to marketing",
        "the basket is empty" => "skip: the basket is empty",
        other => other,
    }
}

/// Who was withheld a message, and why, out of the run's own state.
fn kept(project: &Project) -> BTreeMap<String, String> {
    let state = rusqlite::Connection::open(project.path(".persona/state.db")).unwrap();
    let mut sends = state.prepare("select customer, withheld from send where withheld is not null").unwrap();
    let rows = sends.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// What a person reads in a mail: `1 TEAPOT, 1 MUG-BLUE`, `43.50`, and whether there is a code.
fn basket(mail: &Mail, skus: &BTreeMap<String, String>, images: &BTreeMap<String, String>) -> Basket {
    let lines: Vec<&str> = mail.text.lines().map(str::trim).collect();
    let mut items = Vec::new();
    for (before, line) in lines.iter().zip(&lines[1..]) {
        if let Some(quantity) = line.strip_prefix("Quantity: ") {
            items.push(format!("{quantity} {}", skus[*before]));
            assert!(mail.html.contains(&format!("src=\"{}\"", images[*before])), "{before} has its picture");
        }
    }
    let total = lines.iter().find_map(|line| line.strip_prefix("Together: £")).unwrap();
    (items.join(", "), total.replace(',', ""), mail.text.contains("GOLD10"))
}
