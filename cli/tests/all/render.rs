//! What is shown of a message is what is sent.

use std::fs;

use crate::help::{Project, Told, persona, told};

const AT: &str = "2024-06-12T20:00";

fn render(project: &Project, email: &str, customer: &str, more: &[&str]) -> Told {
    let folder = project.folder.to_str().unwrap();
    let start = ["render", email, "--customer", customer, "--at", AT, "--project", folder];
    told(persona(&[&start[..], more].concat()))
}

/// A message without its id, and what its parts are kept apart by: all else is the customer's.
fn without_id(message: &str) -> String {
    let header = |name: &str| message.lines().find(|line| line.starts_with(name)).unwrap();
    let id = header("Message-ID: ").split(['<', '@']).nth(1).unwrap();
    message.replace(id, "ID").replace(&id[..12], "ID")
}

#[test]
fn it_is_byte_for_byte_what_is_sent() {
    let project = Project::example("cart");
    project.replace("layouts/base.html", "</head>", "<style>strong { top: 0 }</style></head>");
    let shown = render(&project, "cart_reminder", "ivy", &["--part", "message"]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(project.outbox().is_empty(), "nothing is sent");
    project.run(AT);
    let to = shown.out.lines().find(|line| line.starts_with("To: ")).unwrap();
    let sent = project.outbox();
    let sent = sent.values().map(|bytes| String::from_utf8(bytes.clone()).unwrap());
    let sent = sent.filter(|message| message.lines().any(|line| line == to)).collect::<Vec<_>>();
    assert_eq!(sent.iter().map(|m| without_id(m)).collect::<Vec<_>>(), [without_id(&shown.out)]);
    let html = render(&project, "cart_reminder", "ivy", &["--part", "html"]).out;
    assert!(html.contains("<strong style=\"top: 0\">"), "{html}");
    // After the run as before it.
    let again = render(&project, "cart_reminder", "ivy", &["--part", "message"]);
    assert_eq!(again.out, shown.out);
}

#[test]
fn what_is_read() {
    let project = Project::example("cart");
    let shown = render(&project, "cart_reminder", "ivy", &[]);
    insta::assert_snapshot!(shown.out);
    let html = render(&project, "cart_reminder", "ivy", &["--part", "html"]);
    assert!(html.out.contains("</html>"), "{html:?}");
    let text = render(&project, "cart_reminder", "ivy", &["--part", "text"]);
    assert!(shown.out.contains(text.out.trim_end()), "{text:?}");
    // Somebody who would not get it is shown what they would have got.
    let withheld = render(&project, "cart_reminder", "user_0121", &[]);
    assert!(withheld.err.contains("it would be withheld now: no consent to marketing"), "{withheld:?}");
    assert!(withheld.out.contains("Glass vase"), "{withheld:?}");
}

#[test]
fn what_is_not_there_is_named() {
    let project = Project::example("cart");
    let misspelt = render(&project, "cart_remindr", "ivy", &[]);
    assert_eq!(misspelt.code, Some(2));
    assert!(
        misspelt.err.contains("there is no e-mail `cart_remindr`: did you mean `cart_reminder`?"),
        "{misspelt:?}"
    );
    let nobody = render(&project, "cart_reminder", "nobody", &[]);
    assert_eq!((nobody.code, nobody.out.as_str()), (Some(2), ""));
    assert!(nobody.err.contains("there is no customer `nobody`"), "{nobody:?}");
}

/// As `persona run` does: before anything is reached.
#[test]
fn a_target_that_runs_nothing_is_refused() {
    let project = Project::example("cart");
    project.replace("persona.toml", "[delivery]", "[targets.cloud]\ndialect = \"snowflake\"\n\n[delivery]");
    let refused = render(&project, "cart_reminder", "ivy", &["--target", "cloud"]);
    assert_eq!((refused.code, refused.out.as_str()), (Some(3), ""), "{refused:?}");
    assert!(
        refused.err.contains("persona runs on DuckDB and PostgreSQL, and Snowflake is neither"),
        "{refused:?}"
    );
}

#[test]
fn plain_liquid_needs_no_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let write = |name: &str, text: &str| fs::write(path(name), text).unwrap();
    write("mail.liquid", "Hi {{ user.name | default: 'friend' }},{% render 'foot', year: 2026 %}");
    write("foot.liquid", " {{ year }}");
    write("data.json", r#"{"user": {"name": "Ada"}}"#);
    write("list.json", "[1]");
    write("broken.liquid", "{% if user %}");
    let run = |more: &[&str]| told(persona(&[&["render"], more].concat()));
    let template = path("mail.liquid");
    let ada = run(&["--template", &template, "--data", &path("data.json")]);
    assert_eq!(ada.out, "Hi Ada, 2026", "{ada:?}");
    assert_eq!(run(&["--template", &template]).out, "Hi friend, 2026");
    for (arguments, code, words) in [
        (vec!["--template", &path("broken.liquid")], 1, "broken.liquid: "),
        (vec!["--template", &template, "--data", &path("list.json")], 2, "must be a JSON object"),
        (vec!["--template", &template, "--data", &path("mail.liquid")], 2, "is no JSON"),
        (vec!["--template", &path("none.liquid")], 2, "cannot read"),
        (vec![], 2, "required arguments"),
    ] {
        let failed = run(&arguments);
        assert_eq!(failed.code, Some(code), "{failed:?}");
        assert!(failed.err.contains(words), "{failed:?}");
    }
}
