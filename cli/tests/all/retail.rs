//! A year of real invoices: audiences and messages against SQL written by hand.

use std::collections::{BTreeMap, BTreeSet};

use crate::help::{Database, Mail, Project, Told};

const AUDIENCES: &str = include_str!("../../../examples/retail/expected/audiences.sql");
const WEDNESDAY: &str = "2011-11-30 09:00:00";
const THURSDAY: &str = "2011-12-01 09:00:00";
const FRIDAY: &str = "2011-12-02 09:00:00";

/// Whom a mail may reach: asked for our news, has an address, is not suppressed. With the address, and with when it is nine
/// o'clock on Thursday where they are.
const REACHABLE: &str = "
    select c.customer_id, lower(trim(c.email_address)),
           strftime(timezone('UTC', timezone(coalesce(c.timezone, 'Europe/London'), timestamp '2011-12-01 09:00:00')), '%Y-%m-%d %H:%M:%S')
    from 'data/customers.parquet' c
    where trim(c.email_address) <> '' and c.signed_up <= timestamp 'AT'
      and lower(trim(c.email_address)) not in (select lower(trim(address)) from 'data/suppression.csv')
      and (select arg_max(action, \"at\") from 'data/consents.parquet' o
           where o.customer_id = c.customer_id and o.\"at\" <= timestamp 'AT') = 'given'";

type Members = BTreeMap<String, BTreeSet<String>>;

#[test]
fn audiences_and_messages_agree_with_sql_by_hand_on_two_days() {
    let project = Project::example("retail");
    let mut data = project.duckdb(None);
    let wednesday = by_hand(&mut data, WEDNESDAY);
    let thursday = by_hand(&mut data, THURSDAY);

    let run = project.run(&THURSDAY.replace(' ', "T"));
    assert_eq!(computed(&project), thursday);
    let sizes: String =
        thursday.iter().map(|(audience, members)| format!("{audience},{}\n", members.len())).collect();
    assert_eq!(
        format!("audience,size\n{sizes}"),
        include_str!("../../../examples/retail/expected/audiences.csv")
    );
    for (audience, members) in &thursday {
        let unknown = ("–".to_string(), "–".to_string());
        assert_eq!(row(&run, audience), (members.len().to_string(), unknown.0, unknown.1), "{audience}");
    }

    // When it is nine on Thursday where they are, everybody who may be written to is, and each reads what is meant for them.
    let reachable = data.rows(&REACHABLE.replace("AT", THURSDAY));
    let addresses: BTreeMap<&str, &str> = reachable.iter().map(|row| (&*row[1], &*row[0])).collect();
    assert_eq!(addresses.len(), reachable.len(), "an address is one customer's");
    let mails = project.mails();
    let to = |email: &str| -> BTreeSet<&str> {
        mails.iter().filter(|m| m.email == email).map(|m| addresses[&*m.to]).collect()
    };
    assert_eq!(to("weekly"), due(&reachable, WEDNESDAY, THURSDAY));
    for mail in mails.iter().filter(|m| m.email == "weekly") {
        let is = |audience: &str| thursday[audience].contains(addresses[&*mail.to]);
        let words = match (is("high_value"), is("stage.lapsed")) {
            (true, _) => "Exclusive offer for our VIP customers!",
            (_, true) => "We have missed you. Discover our latest products.",
            _ => "Discover our latest products.",
        };
        assert!(mail.text.lines().any(|line| line.trim() == words), "{words}\n{}", mail.text);
        assert_eq!(mail.html.contains("Exclusive offer for our VIP customers!"), is("high_value"));
    }
    // Who became lapsed in the last 24 hours is missed, who said yes in them is welcomed.
    let may_be_written_to: BTreeSet<&str> = reachable.iter().map(|row| &*row[0]).collect();
    let lapsed = thursday["stage.lapsed"].difference(&wednesday["stage.lapsed"]).map(String::as_str);
    assert_eq!(to("miss_you"), lapsed.filter(|id| may_be_written_to.contains(id)).collect());
    let said_yes = data.rows(
        "select distinct customer_id, '' from 'data/consents.parquet' where action = 'given'
         and \"at\" > timestamp '2011-11-30 09:00:00' and \"at\" <= timestamp '2011-12-01 09:00:00' order by 1",
    );
    let said_yes = said_yes.iter().map(|row| &*row[0]);
    assert_eq!(to("welcome"), said_yes.filter(|id| may_be_written_to.contains(id)).collect());
    let each_once: usize = ["weekly", "miss_you", "welcome"].map(|email| to(email).len()).iter().sum();
    assert_eq!(mails.len(), each_once);

    // A day later the report tells who came and who went.
    let friday = by_hand(&mut data, FRIDAY);
    let run = project.run(&FRIDAY.replace(' ', "T"));
    assert_eq!(computed(&project), friday);
    let mut moved = 0;
    for (audience, members) in &friday {
        let (entered, left) =
            (members.difference(&thursday[audience]), thursday[audience].difference(members));
        let (entered, left) = (entered.count(), left.count());
        moved += entered + left;
        assert_eq!(
            row(&run, audience),
            (members.len().to_string(), entered.to_string(), left.to_string()),
            "{audience}"
        );
    }
    assert!(moved > 100, "a day on which nobody moves shows nothing");
    // In America it became nine on Thursday in the meantime.
    let reachable = data.rows(&REACHABLE.replace("AT", FRIDAY));
    let (before, mails): (Vec<_>, _) = (mails, project.mails());
    let weekly = |mails: &[Mail]| -> BTreeSet<String> {
        mails.iter().filter(|m| m.email == "weekly").map(|m| m.to.clone()).collect()
    };
    let addresses: BTreeMap<&str, &str> = reachable.iter().map(|row| (&*row[1], &*row[0])).collect();
    let new: BTreeSet<&str> =
        weekly(&mails).difference(&weekly(&before)).map(|to| addresses[&**to]).collect();
    assert_eq!(new, due(&reachable, THURSDAY, FRIDAY));
    assert!(!new.is_empty());
}

/// Members by the query written by hand.
fn by_hand(data: &mut Database, at: &str) -> Members {
    assert!(AUDIENCES.contains(THURSDAY));
    data.script(&AUDIENCES.replace(THURSDAY, at));
    grouped(data.rows("select audience, cast(customer as varchar) from audience_member"))
}

/// Members by what the run left in its database.
fn computed(project: &Project) -> Members {
    let mut database = project.duckdb(Some("retail.duckdb"));
    let segments = ["big_spenders", "engaged", "gift_buyers", "high_value", "lapsing"];
    let segments = segments.map(|s| format!("select '{s}', id from persona.profile where in_{s} union all "));
    grouped(
        database.rows(&format!("{} select 'stage.' || stage, id from persona.profile", segments.concat())),
    )
}

fn grouped(rows: Vec<Vec<String>>) -> Members {
    let mut members = Members::new();
    for row in rows {
        members.entry(row[0].clone()).or_default().insert(row[1].clone());
    }
    members
}

/// For whom it becomes nine on Thursday after one instant and up to another.
fn due<'r>(reachable: &'r [Vec<String>], after: &str, until: &str) -> BTreeSet<&'r str> {
    reachable.iter().filter(|row| after < &*row[2] && &*row[2] <= until).map(|row| &*row[0]).collect()
}

/// Size, entered and left of an audience, as the report shows them.
fn row(run: &Told, audience: &str) -> (String, String, String) {
    let name = match audience.split_once('.') {
        Some((lifecycle, stage)) => format!("  {lifecycle} {stage} "),
        None => format!("  segment {audience} "),
    };
    let line = run.out.lines().find(|line| line.starts_with(&name));
    let line = line.unwrap_or_else(|| panic!("the report has no {audience}: {}", run.out));
    let cells: Vec<String> = line.split_whitespace().map(|cell| cell.replace(',', "")).collect();
    let [_, _, size, _, _, entered, left] = &cells[..] else { panic!("{line}") };
    (size.clone(), entered.clone(), left.clone())
}
