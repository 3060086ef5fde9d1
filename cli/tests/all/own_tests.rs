//! `persona test`, and `persona explain send`: what flows did to whom, and why.

use serde_json::Value;

use crate::help::{AT, Project, persona, told};

const WRONG: &str = r#"
test "a yes is answered within the hour" {
  eve = customer { email: "eve@example.com" }
  2026-03-01 10:00  eve gives news
  2026-03-01 10:20  eve purchase { order_id: "7"  total: 30 GBP }
  expect eve gets welcome at 2026-03-01 11:00
}
"#;

#[test]
fn a_test_that_fails_shows_what_happened() {
    let project = Project::new();
    project.write("wrong.persona", WRONG);
    let test = told(project.command("test", &["--name", "within"]));
    assert_eq!(test.code, Some(1), "{test:?}");
    let shown = r#"FAILED  a yes is answered within the hour
[failed-test] Error: eve does not get `welcome` at 2026-03-01 11:00
   ╭─[ wrong.persona:6:10 ]
   │
 2 │ test "a yes is answered within the hour" {
   │ ──┬─
   │   ╰─── in the test "a yes is answered within the hour"
   │
 6 │   expect eve gets welcome at 2026-03-01 11:00
   │          ────────┬───────
   │                  ╰───────── it is sent at 2026-03-01 10:00
───╯
  what happened to eve:
    2026-03-01 10:00  gives news
                      welcome  starts
                      welcome  welcome is sent (consent to news: yes)
                      welcome  ends: finished
    2026-03-01 10:20  purchase
"#;
    assert!(test.out.starts_with(shown), "{}", test.out);
    assert!(test.err.starts_with("1 of 1 test failed in "), "{}", test.err);

    let json = told(project.command("test", &["--format", "json"]));
    let failure: Value = serde_json::from_str(json.out.trim()).unwrap();
    assert_eq!(failure["code"], "failed-test");
    assert_eq!((&failure["line"], &failure["file"]), (&Value::from(6), &Value::from("wrong.persona")));

    project.replace("wrong.persona", "11:00", "10:00");
    let mended = told(project.command("test", &[]));
    assert_eq!(
        (mended.code, mended.out.lines().last().unwrap()),
        (Some(0), "ok      a yes is answered within the hour")
    );
    let none = told(project.command("test", &["--name", "nobody"]));
    assert_eq!((none.code, &*none.err), (Some(2), "error: no test has `nobody` in its name\n"));
}

#[test]
fn the_examples_keep_what_they_promise() {
    for example in ["cart", "retail"] {
        let test = told(persona(&["test", &format!("examples/{example}")]));
        assert_eq!(test.code, Some(0), "{test:?}");
        assert!(test.out.lines().count() > 3, "{test:?}");
    }
}

fn explain(project: &Project, more: &[&str]) -> crate::help::Told {
    let folder = project.folder.to_str().unwrap();
    told(persona(&[&["explain", "send", "--project", folder], more].concat()))
}

#[test]
fn why_somebody_got_something_or_not_can_be_asked() {
    let project = Project::new();
    let early = explain(&project, &["--customer", "1", "--trigger", "welcome"]);
    assert!(early.code == Some(2) && early.err.contains("nothing was decided yet"), "{early:?}");
    project.run(AT);
    let sent = explain(&project, &["--customer", "1", "--trigger", "welcome"]);
    let page = "trigger welcome and 1, by the clock of Europe/London

  2026-03-02 09:00  starts
                      by what happened at 2026-03-01 18:00
                    welcome is sent
                      consent to news: yes
                    ends: finished
";
    assert_eq!((sent.code, &*sent.out), (Some(0), page), "{sent:?}");
    let never = explain(&project, &["--customer", "99", "--trigger", "welcome"]);
    assert!(never.out.contains("nothing was decided: nothing that starts it came"), "{never:?}");
    let json = explain(&project, &["--customer", "1", "--trigger", "welcome", "--format", "json"]);
    let lines: Vec<Value> = json.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1]["decided"]["sent"]["saw"][0]["consent"]["given"], true);
    let unknown = explain(&project, &["--customer", "1", "--trigger", "welcom"]);
    assert_eq!((unknown.code, &*unknown.err), (Some(2), "error: there is no trigger `welcom`\n"));
    assert_eq!(explain(&project, &["--customer", "1"]).code, Some(2));
}

#[test]
fn quiet_hours_and_caps_hold_from_run_to_run() {
    let project = Project::new();
    project.write(
        "policy.persona",
        "policy { quiet 21:00 to 08:00 local  at most 1 emails per 2 days }\n\
         campaign weekly { to signed_up <= now  every day at 07:00  send welcome  valid for 3 hours }\n",
    );
    project.run("2026-03-01T21:30");
    assert!(project.mails().is_empty(), "what is due at night is held");
    let held = explain(&project, &["--customer", "1", "--trigger", "welcome"]);
    assert!(held.out.contains("welcome is held until 2026-03-02 08:00"), "{}", held.out);
    project.run("2026-03-02T07:00");
    assert!(project.mails().is_empty());
    project.run("2026-03-02T08:00");
    let mut to: Vec<String> = project.mails().into_iter().map(|mail| mail.to).collect();
    to.sort();
    assert_eq!(
        to,
        ["ada@example.com", "ben@example.com"],
        "one each: the campaign's is over the cap, or the flow's"
    );
    project.run("2026-03-03T09:00");
    assert_eq!(project.mails().len(), 2, "the cap counts what runs before sent");
    let capped = explain(&project, &["--customer", "1", "--campaign", "weekly"]);
    assert!(capped.out.contains("1 of at most 1 per 2 days before"), "{}", capped.out);
}
