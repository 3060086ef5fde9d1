//! SQL in files: a statement for every table, a query for every declaration, and one script.

use std::path::{Path, PathBuf};

use persona_model::Model;
use persona_plan::Plan;
use persona_plan::lower::{Origin, PROFILE, Profiles, own_tables};
use persona_plan::refresh::{script, views};
use persona_sql::Unsupported;

use crate::{Files, Options, comment, title};

pub fn files(model: &Model, options: &Options) -> Result<Files, Unsupported> {
    let sql = persona_sql::Options { schema: options.schema.clone(), ..Default::default() };
    let mut writer = Writer { options, sql, files: Files::new(), listed: vec![] };
    let mut refresh = vec![];
    let schema = persona_sql::create_schema(options.dialect, &writer.sql);
    refresh.extend(schema.map(|sql| format!("{sql};\n")));
    for (i, table) in own_tables(model, &[]).iter().enumerate() {
        let statements = persona_sql::create_table(&table.name, &table.plan, options.dialect, &writer.sql)?;
        let statements: String = statements.iter().map(|sql| format!("{sql};\n")).collect();
        let text = format!("{}{statements}", comment(&title(table), &table.docs));
        refresh.push(text.clone());
        match table.origin {
            Origin::Sources(_) => {
                let path = PathBuf::from(format!("tables/{:02}_{}.sql", i + 1, table.name));
                writer.list("table", &table.name, path, text);
            }
            Origin::Values => writer.list("profile", PROFILE, "profile.sql".into(), text),
            // Its query is listed as the trait's.
            Origin::List(_) => {}
        }
    }

    refresh.push(
        "-- From here on: who is in which segment and stage, since when, and who came and went.\n".into(),
    );
    for deed in script(model) {
        let statements = persona_sql::deed(&deed, options.dialect, &writer.sql)?;
        let statements: String = statements.iter().map(|sql| format!("{sql};\n")).collect();
        refresh.push(format!("{}{statements}", comment(&deed.title, &[])));
    }
    for view in views(model) {
        let statements = persona_sql::create_view(view.name, &view.plan, options.dialect, &writer.sql)?;
        let statements: String = statements.iter().map(|sql| format!("{sql};\n")).collect();
        let text = format!("{}{statements}", comment(view.title, &[]));
        refresh.push(text.clone());
        writer.list("view", view.name, format!("views/{}.sql", view.name).into(), text);
    }

    // Each declaration by itself, for reading and for other tools.
    for t in &model.traits {
        let title = format!("Trait `{}` of every customer.", t.name);
        writer.query("trait", &t.name, &title, &t.docs, &Profiles::trait_(model, &t.name))?;
    }
    for s in &model.segments {
        let title = format!("Segment `{}` \"{}\": the customers in it.", s.name, s.label);
        writer.query("segment", &s.name, &title, &s.docs, &Profiles::segment(model, &s.name))?;
    }
    for l in &model.lifecycles {
        let title = format!("Lifecycle `{}`: the stage of every customer.", l.name);
        writer.query("lifecycle", &l.name, &title, &l.docs, &Profiles::lifecycle(model, &l.name))?;
    }
    let Writer { mut files, listed, .. } = writer;
    files.push(("refresh.sql".into(), refresh.join("\n")));
    let manifest = serde_json::json!({
        "persona": env!("CARGO_PKG_VERSION"),
        "project": model.project.name,
        "target": options.target,
        "dialect": options.dialect.to_string(),
        "schema": options.schema.join("."),
        "refresh": "refresh.sql",
        "declarations": listed,
    });
    files.push(("manifest.json".into(), format!("{manifest:#}\n")));
    Ok(files)
}

struct Writer<'o> {
    options: &'o Options,
    sql: persona_sql::Options,
    files: Files,
    listed: Vec<serde_json::Value>,
}

impl Writer<'_> {
    fn list(&mut self, kind: &str, name: &str, path: PathBuf, text: String) {
        let file = path_of(&path);
        self.listed.push(serde_json::json!({ "kind": kind, "name": name, "file": file }));
        self.files.push((path, text));
    }

    fn query(
        &mut self,
        kind: &str,
        name: &str,
        title: &str,
        docs: &[String],
        plan: &Plan,
    ) -> Result<(), Unsupported> {
        let sql = persona_sql::query(plan, self.options.dialect, &self.sql)?;
        let path = PathBuf::from(format!("{kind}s/{name}.sql"));
        self.list(kind, name, path, format!("{}{sql};\n", comment(title, docs)));
        Ok(())
    }
}

fn path_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
