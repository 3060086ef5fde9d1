//! The live page: what it is told is what is sent, and it follows the project's files.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::help::{Project, persona, told};

const AT: &str = "2024-06-12T20:00";

/// `persona preview`, stopped when the test is over.
struct Page {
    child: Child,
    host: String,
}

impl Page {
    fn of(project: &Project) -> Page {
        let mut command = project.command("preview", &["--port", "0", "--at", AT]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let host = address.trim().trim_start_matches("http://").trim_end_matches('/').to_string();
        Page { child, host }
    }

    /// The head and the body of an answer.
    fn get(&self, path: &str, host: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_string(), body.to_string())
    }

    fn text(&self, path: &str) -> String {
        self.get(path, &self.host).1
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.text(path)).unwrap()
    }

    /// The project as read after this reading.
    fn after(&self, reading: u64) -> Value {
        let begun = Instant::now();
        loop {
            let project = self.json("/api/project");
            if project["reading"].as_u64().unwrap() > reading && project["changed"] == false {
                return project;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "it is not read again: {project}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_is_shown_is_what_is_sent() {
    let project = Project::example("cart");
    project.replace("layouts/base.html", "</head>", "<style>strong { top: 0 }</style></head>");
    let page = Page::of(&project);
    let there = page.json("/api/project");
    assert_eq!((&there["name"], &there["customers"]), (&"cart".into(), &267.into()));
    assert_eq!(
        there["emails"],
        serde_json::json!([{ "name": "cart_reminder", "leave": "consent marketing" }])
    );
    let found = page.json("/api/customers?segment=&like=IVY%40example");
    assert_eq!(found, serde_json::json!([{ "id": "ivy", "address": "ivy@example.com" }]));

    let message = page.json("/api/message?email=cart_reminder&customer=ivy");
    assert_eq!(message["subject"], "Hello, you left something behind");
    assert_eq!(message["fallbacks"], serde_json::json!([{ "name": "first_name", "to": "Hello" }]));
    assert_eq!(message["withheld"], Value::Null);
    let unwilling = page.json("/api/message?email=cart_reminder&customer=user_0121");
    assert_eq!(unwilling["withheld"], "no consent to marketing");
    let nobody = page.json("/api/message?email=cart_reminder&customer=nobody");
    assert_eq!(nobody["unshown"], "there is no customer `nobody`");

    let (head, html) = page.get("/html?email=cart_reminder&customer=ivy&images=off", &page.host);
    assert!(head.contains("img-src 'none'") && head.contains("sandbox"), "{head}");
    assert!(html.contains("<strong style=\"top: 0\">"), "{html}");
    let shown = page.text("/message.eml?email=cart_reminder&customer=ivy");
    drop(page);
    let folder = project.folder.to_str().unwrap();
    let part = |part: &str| {
        let of =
            ["render", "cart_reminder", "--customer", "ivy", "--at", AT, "--project", folder, "--part", part];
        told(persona(&of)).out
    };
    assert_eq!((shown, html), (part("message"), part("html")));
    assert!(project.outbox().is_empty());
}

#[test]
fn it_follows_the_files() {
    let project = Project::new();
    let page = Page::of(&project);
    let first = page.json("/api/project")["reading"].as_u64().unwrap();
    let customer = page.json("/api/customers")[0]["id"].as_str().unwrap().to_string();
    let message = |page: &Page| page.json(&format!("/api/message?email=welcome&customer={customer}"));
    assert!(message(&page)["subject"].as_str().unwrap().starts_with("Welcome"), "{}", message(&page));
    project.replace("shop.persona", "subject", "subject // as it was:");
    let broken = page.after(first);
    assert!(broken["broken"].as_str().unwrap().contains("shop.persona"), "{broken}");
    assert!(page.get("/html?email=welcome", &page.host).0.starts_with("HTTP/1.0 409"), "nothing to show");
    project.replace("shop.persona", "subject // as it was:", "subject");
    project.replace("shop.persona", "Welcome", "Good to see you");
    let reading = broken["reading"].as_u64().unwrap();
    assert_eq!(page.after(reading)["broken"], Value::Null);
    assert!(message(&page)["subject"].as_str().unwrap().starts_with("Good to see you"));
}

#[test]
fn it_is_for_this_machine_alone() {
    let project = Project::new();
    let page = Page::of(&project);
    let (head, _) = page.get("/api/customers", "shop.example");
    assert!(head.starts_with("HTTP/1.0 403"), "{head}");
    let (head, _) = page.get("/", &page.host);
    assert!(head.contains("default-src 'none'"), "{head}");
    let taken = page.host.rsplit_once(':').unwrap().1;
    let second = told(project.command("preview", &["--port", taken]));
    assert_eq!(second.code, Some(3));
    assert!(second.err.contains(&format!("cannot listen on port {taken}")), "{second:?}");
}
