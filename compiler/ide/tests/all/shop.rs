//! A shop in four files.

use std::path::Path;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_ide::{Analysis, Cursor, Workspace};

pub const DATA: &str = r#"/// Someone with an account.
customer {
  id:     string key
  email:  email
  /// What friends call them.
  name:   string? pii
  tier:   enum { bronze < silver < gold }
}

entity product { sku: string key  title: string }
record line { sku: product  quantity: int }
event purchase { order_id: string unique  total: money  lines: list<line> }
event visit { page: string  sku: product }
event activity = purchase or visit
consent marketing "News" { covers email }
brand { from "Shop <a@shop.example>"  postal_address "1 High Street" }
"#;

pub const AUDIENCE: &str = r#"/// All they ever spent.
trait spend = sum(purchase.total)
trait seen = list(visit)
trait last_page = last(visit).page

segment vip "High-Value" {
  when tier >= gold and spend > 100 GBP
}

lifecycle {
  stage best when in vip
  stage other otherwise
}
"#;

pub const FLOWS: &str = r#"content hero { when in vip """Hello {{ name | default: "you" }}"""  otherwise """""" }
layout base { body html """{% block content %}{{ unsubscribe_url }}""" }
email hello {
  consent marketing
  layout  base
  subject "{{ name | default: "You" }} 🎉 spent {{ spend }}"
  body html file "content/hello.html"
}
trigger welcome { on purchase  send hello  exit on visit }
"#;

pub const TEMPLATE: &str = r#"{% render "hero" %}
{% for line in event.lines %}{{ line.quantity }}{% endfor %}
{% if tier == gold %}{{ name | default: "friend" }}{% endif %}
"#;

/// The shop on disk, and in an editor.
pub struct Shop {
    _folder: tempfile::TempDir,
    pub workspace: Workspace,
}

impl Shop {
    pub fn new() -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("persona.toml", "[project]\nname = \"shop\"\ncurrency = \"GBP\"\n");
        write("data.persona", DATA);
        write("audience.persona", AUDIENCE);
        write("flows.persona", FLOWS);
        write("content/hello.html", TEMPLATE);
        let workspace = Workspace::new(folder.path());
        Shop { _folder: folder, workspace }
    }

    pub fn analysis(&mut self) -> Arc<Analysis> {
        self.workspace.analysis()
    }

    /// Shows a file in the editor; the cursor stands at `¦`.
    pub fn edit(&mut self, path: &str, text: &str) -> Cursor {
        let offset = text.find('¦').unwrap_or(text.len());
        self.workspace.edit(Path::new(path), text.replace('¦', ""));
        let file = self.analysis().file(Path::new(path)).unwrap();
        Cursor { file, offset: offset as u32 }
    }

    /// A cursor in a file as it is, at `¦` in this excerpt of it.
    #[track_caller]
    pub fn at(&mut self, path: &str, excerpt: &str) -> Cursor {
        let analysis = self.analysis();
        let file = analysis.file(Path::new(path)).unwrap();
        let text = &analysis.sources.file(file).text;
        let place = text.find(&excerpt.replace('¦', "")).unwrap_or_else(|| panic!("{excerpt} in {path}"));
        Cursor { file, offset: (place + excerpt.find('¦').unwrap()) as u32 }
    }

    /// `flows.persona:3 purchase` for a place.
    pub fn say(&mut self, at: Span) -> String {
        let analysis = self.analysis();
        let file = analysis.sources.file(at.file);
        format!("{}:{} {}", file.path.display(), file.locate(at.start).line, analysis.sources.text(at))
    }

    pub fn say_all(&mut self, places: Vec<Span>) -> Vec<String> {
        places.into_iter().map(|at| self.say(at)).collect()
    }

    /// The headlines of what is wrong.
    pub fn told(&mut self) -> Vec<String> {
        self.analysis().problems.iter().map(|t| t.headline.clone()).collect()
    }
}
