//! An editor talks to `persona lsp`, byte by byte as editors do.

mod client;

use serde_json::{Value, json};

use client::{Client, position};

const PROGRAM: &str = r#"/// Someone with an account.
customer { id: string key  email: email  name: string?  tier: enum { bronze < gold } }
event purchase { order_id: string unique  total: money }
consent marketing "🎉 News" { covers email }
brand { from "Shop <a@shop.example>"  postal_address "1 High Street" }
"#;

const AUDIENCE: &str = r#"/// All they ever spent.
trait spend = sum(purchase.total)
segment vip { when tier >= gold and spend > 100 GBP }
email hello {
  consent marketing
  subject "🎉 {{ name | default: "you" }}, {{ spend }}"
  body html file "content/hello.html"
}
trigger welcome { on purchase  send hello }
"#;

const TEMPLATE: &str =
    "<p>🎉 {{ name | default: \"friend\" }} {{ spend }} {{ event.total }}</p>\n{{ unsubscribe_url }}\n";

/// A client in a project with these three files, and no problem.
fn shop() -> Client {
    let mut client = Client::start();
    client.write("persona.toml", "[project]\nname = \"shop\"\ncurrency = \"GBP\"\n");
    client.write("data.persona", PROGRAM);
    client.write("audience.persona", AUDIENCE);
    client.write("content/hello.html", TEMPLATE);
    client.initialize();
    client.open("audience.persona", AUDIENCE);
    client
}

#[test]
fn a_broken_edit_is_told_and_taken_back() {
    let mut client = shop();
    client.open("data.persona", PROGRAM);
    let at = position(AUDIENCE, "tier >=");
    // `tier` becomes `teir`, letter by letter.
    client.change("audience.persona", at.clone(), 2, "te");
    let told = client.problems("audience.persona");
    let message = told[0]["message"].as_str().unwrap();
    assert!(message.starts_with("there is no attribute or trait called `teer`"), "{message}");
    assert_eq!(told[0]["range"]["start"], at);
    assert_eq!((told[0]["severity"].as_i64(), told[0]["code"].as_str()), (Some(1), Some("unknown-name")));
    let other = &told[0]["relatedInformation"][0]["location"]["uri"];
    assert!(other.as_str().unwrap().ends_with("/data.persona"), "{told:#?}");

    let fix = client.ask("textDocument/codeAction", json!({
        "textDocument": client.document("audience.persona"), "range": told[0]["range"], "context": {"diagnostics": []},
    }));
    assert_eq!(fix[0]["title"], "Replace `teer` by `tier`");
    let edits = fix[0]["edit"]["changes"].as_object().unwrap().values().next().unwrap();
    assert_eq!((edits[0]["newText"].as_str(), &edits[0]["range"]), (Some("tier"), &told[0]["range"]));

    client.change("audience.persona", at, 2, "ti");
    assert_eq!(client.problems("audience.persona"), [] as [Value; 0]);
}

#[test]
fn names_lead_across_files_and_into_templates() {
    let mut client = shop();
    client.open("content/hello.html", TEMPLATE);
    let hover = client.at("textDocument/hover", "content/hello.html", TEMPLATE, "spend }}");
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("trait spend: money<GBP>") && text.contains("All they ever spent."), "{text}");
    assert_eq!(hover["range"]["start"], position(TEMPLATE, "spend }}"), "an emoji stands before it");

    let found = client.at("textDocument/definition", "content/hello.html", TEMPLATE, "spend }}");
    assert_eq!(client.places(&found), ["audience.persona 1:6"]);
    let found = client.at("textDocument/definition", "content/hello.html", TEMPLATE, "total }}");
    assert_eq!(client.places(&found), ["data.persona 2:42"]);
    let found = client.at("textDocument/definition", "audience.persona", AUDIENCE, "hello }");
    assert_eq!(client.places(&found), ["audience.persona 3:6"]);

    let params = json!({
        "textDocument": client.document("audience.persona"), "position": position(AUDIENCE, "spend ="),
        "context": {"includeDeclaration": false},
    });
    let found = client.ask("textDocument/references", params);
    let uses = ["audience.persona 2:36", "audience.persona 5:46", "content/hello.html 0:40"];
    assert_eq!(client.places(&found), uses);
}

#[test]
fn completion_knows_what_may_stand_there() {
    let mut client = shop();
    let mut offered = |text: &str| -> Vec<String> {
        let whole = format!("{AUDIENCE}{text}");
        client.replace("audience.persona", &whole);
        let end = json!({"line": whole.lines().count() - 1, "character": text.encode_utf16().count()});
        let params = json!({"textDocument": client.document("audience.persona"), "position": end});
        let items = client.ask("textDocument/completion", params);
        items.as_array().unwrap().iter().map(|i| i["label"].as_str().unwrap().to_string()).collect()
    };
    assert_eq!(offered("segment x { when in "), ["vip", "x"]);
    assert_eq!(offered("segment x { when tier == ")[..2], ["bronze", "gold"]);
    assert!(offered("trait x = count(").contains(&"purchase".to_string()));
    assert!(offered("trigger x { on purchase  send ").contains(&"hello".to_string()));
    assert!(offered("email x { subject \"🎉 {{ name | ").contains(&"default".to_string()));
    assert!(offered("email x { subject \"🎉 {{ ").contains(&"spend".to_string()));
}

#[test]
fn a_new_name_reaches_every_file_or_is_refused() {
    let mut client = shop();
    let rename = |client: &mut Client, new: &str| {
        let params = json!({
            "textDocument": client.document("audience.persona"), "position": position(AUDIENCE, "spend ="),
            "newName": new,
        });
        client.request("textDocument/rename", params)
    };
    let answer = rename(&mut client, "spent");
    let changes = answer["result"]["changes"].as_object().unwrap();
    let mut counts: Vec<(String, usize)> =
        changes.iter().map(|(uri, edits)| (client.name(uri), edits.as_array().unwrap().len())).collect();
    counts.sort();
    assert_eq!(counts, [("audience.persona".to_string(), 3), ("content/hello.html".to_string(), 1)]);
    let refused = rename(&mut client, "tier");
    assert!(refused["error"]["message"].as_str().unwrap().starts_with("this would be an error"), "{refused}");
    let at = client.at("textDocument/prepareRename", "audience.persona", AUDIENCE, "spend =");
    assert_eq!(at["start"], position(AUDIENCE, "spend ="));
}

#[test]
fn layout_outline_colours_and_hints() {
    let mut client = shop();
    client.replace("audience.persona", &AUDIENCE.replace("trait spend =", "trait  spend   ="));
    let params = json!({
        "textDocument": client.document("audience.persona"), "options": {"tabSize": 2, "insertSpaces": true},
    });
    let edits = client.ask("textDocument/formatting", params);
    assert_eq!(edits.as_array().unwrap().len(), 1);
    client.replace("audience.persona", AUDIENCE);

    let params = json!({"textDocument": client.document("audience.persona")});
    let outline = client.ask("textDocument/documentSymbol", params.clone());
    let names: Vec<&str> = outline.as_array().unwrap().iter().map(|e| e["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["spend", "vip", "hello", "welcome"]);

    let tokens = client.ask("textDocument/semanticTokens/full", params);
    let data: Vec<u64> = tokens["data"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
    assert_eq!(data[..5], [0, 0, 24, 1, 0], "the comment");
    assert_eq!(data[5..15], [1, 0, 5, 0, 0, 0, 6, 5, 6, 1], "`trait`, and `spend` declared");
    let hints = client.ask(
        "textDocument/inlayHint",
        json!({
            "textDocument": client.document("audience.persona"),
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}},
        }),
    );
    assert_eq!(
        (&hints[0]["label"], &hints[0]["position"]),
        (&json!(": money<GBP>"), &json!({"line": 1, "character": 11}))
    );
    let found = client.ask("workspace/symbol", json!({"query": "purch"}));
    assert_eq!(found[0]["name"], "purchase");
}

#[test]
fn problems_of_templates_appear_in_templates() {
    let mut client = shop();
    client.open("content/hello.html", TEMPLATE);
    client.change("content/hello.html", position(TEMPLATE, " | default"), 20, "");
    let told = client.problems("content/hello.html");
    assert_eq!(told[0]["code"], "missing-fallback", "{told:#?}");
    assert_eq!(told[0]["range"]["start"]["line"], 0);
    // Closed without saving: the file on disk is fine.
    client.close("content/hello.html");
    assert_eq!(client.problems("content/hello.html"), [] as [Value; 0]);
}

#[test]
fn what_only_the_whole_program_shows_is_told_when_nobody_types() {
    let mut client = shop();
    let nobody = "segment nobody { when tier == gold and tier == bronze }\n";
    client.replace("audience.persona", &format!("{AUDIENCE}{nobody}"));
    let told = client.until(|m| m["params"]["diagnostics"].as_array().is_some_and(|d| !d.is_empty()));
    let line = &told["params"]["diagnostics"][0]["range"]["start"]["line"];
    assert_eq!(*line, json!(AUDIENCE.lines().count()), "{told:#}");
    client.replace("audience.persona", AUDIENCE);
    assert_eq!(client.problems("audience.persona"), [] as [Value; 0]);
}

#[test]
fn files_that_change_on_disk_count() {
    let mut client = shop();
    assert_eq!(client.problems("audience.persona"), [] as [Value; 0]);
    client.write("data.persona", &PROGRAM.replace("total: money", "sum: money"));
    client.watched("data.persona", 2);
    assert_ne!(client.problems("audience.persona"), [] as [Value; 0]);
    client.write("data.persona", PROGRAM);
    client.watched("data.persona", 2);
    assert_eq!(client.problems("audience.persona"), [] as [Value; 0]);
}

#[test]
fn nonsense_is_answered_and_ends_nothing() {
    let mut client = shop();
    let complaint = |client: &mut Client, bytes: &[u8]| {
        client.bytes(bytes);
        let answer = client.until(|m| m.get("error").is_some());
        // It goes on; and a stretch of nonsense is complained of once.
        client.ask("workspace/symbol", json!({"query": "vip"}));
        (answer["id"].clone(), answer["error"]["code"].as_i64().unwrap())
    };
    assert_eq!(complaint(&mut client, b"Content-Length: 9\r\n\r\n{\"no json"), (Value::Null, -32700));
    assert_eq!(complaint(&mut client, b"Content-Length: many\r\n\r\n"), (Value::Null, -32700));
    assert_eq!(complaint(&mut client, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), (Value::Null, -32700));
    assert_eq!(complaint(&mut client, b"Content-Length: 99999999999999\r\n\r\n"), (Value::Null, -32700));
    assert_eq!(complaint(&mut client, b"Content-Length: 2\r\n\r\n{}"), (Value::Null, -32700));
    let code = |answer: Value| answer["error"]["code"].as_i64().unwrap();
    assert_eq!(code(client.request("textDocument/telepathy", json!({}))), -32601);
    assert_eq!(code(client.request("textDocument/hover", json!({"position": 7}))), -32602);
    assert_eq!(code(client.request("initialize", json!({"capabilities": {}}))), -32600);
    // Places that are none, and files that are not open.
    let mut beyond = json!({"textDocument": client.document("audience.persona")});
    beyond["position"] = json!({"line": 9999, "character": 9999});
    assert_eq!(client.ask("textDocument/hover", beyond), Value::Null);
    let mut closed = json!({"textDocument": client.document("nowhere.persona")});
    closed["position"] = json!({"line": 0, "character": 0});
    assert_eq!(client.ask("textDocument/hover", closed), Value::Null);
    client.note("textDocument/didChange", json!({"textDocument": 7}));
    client.note("made/up", json!({}));
    let hover = client.at("textDocument/hover", "audience.persona", AUDIENCE, "spend =");
    assert!(hover["contents"]["value"].as_str().unwrap().contains("trait spend"), "it goes on");
    assert_eq!(client.end(), Some(0));
}

#[test]
fn a_file_outside_of_any_project_is_told_to_be() {
    let mut client = Client::start();
    client.initialize();
    client.open("alone.persona", "trait x = 1\n");
    let told = client.problems("alone.persona");
    assert!(told[0]["message"].as_str().unwrap().starts_with("this file lies in no project"), "{told:?}");
    assert_eq!(client.at("textDocument/hover", "alone.persona", "trait x = 1\n", "x ="), Value::Null);
    // A project made around it is found.
    client.write("persona.toml", "[project]\nname = \"shop\"\n");
    client.watched("persona.toml", 1);
    let hover = client.at("textDocument/hover", "alone.persona", "trait x = 1\n", "x =");
    assert!(hover["contents"]["value"].as_str().unwrap().contains("trait x: int"));
    assert_eq!(client.end(), Some(0));
}

#[test]
fn the_conversation_has_an_order() {
    let mut client = Client::start();
    let early = client.request("textDocument/hover", json!({}));
    assert_eq!(early["error"]["code"], -32002);
    let answer = client.initialize();
    assert_eq!(answer["capabilities"]["textDocumentSync"]["change"], 2, "{answer:#}");
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(client.request("shutdown", Value::Null)["result"], Value::Null);
    let late = client.request("textDocument/hover", json!({}));
    assert_eq!(late["error"]["code"], -32600);
    assert_eq!(client.end(), Some(0));
    let mut client = Client::start();
    client.initialize();
    assert_eq!(client.leave(), Some(1), "without a `shutdown`");
}
