//! `persona build`

use std::path::{Path, PathBuf};

use persona_model::Model;
use persona_plan::Plan;
use persona_plan::lower::{Profiles, staging, trait_table};
use persona_run::Asked;
use persona_sql::{Options, Target};
use persona_value::Type;

use super::sql::{bug, comment};
use super::{Failure, Outcome, load, print};
use crate::output;

/// A file of SQL: its path below the target's folder and its text.
type Files = Vec<(PathBuf, String)>;

/// Writes a target's SQL into `build/TARGET`: all of it, or nothing.
pub fn build(project: &Path, target: &str) -> Outcome {
    let (_, model) = load(project, Asked::Queries)?;
    let declared =
        persona_run::choose(&model.project, Some(target)).map_err(|e| Failure::usage(e.to_string()))?;
    let dialect = persona_run::dialect(&declared);
    let options = Options { schema: persona_run::schema(Some(&declared)), at: None };
    let files = Writer { model: &model, dialect, options }.files(target).map_err(bug)?;
    let folder = project.join("build").join(target);
    let failed = |e: std::io::Error| Failure::world(format!("cannot write {}: {e}", folder.display()));
    replace(&folder, &files).map_err(failed)?;
    print(&format!("{} of {dialect} SQL in {}\n", output::many(files.len() - 1, "file"), folder.display()))
}

/// Puts a folder in the place of an older one, whole.
fn replace(folder: &Path, files: &Files) -> std::io::Result<()> {
    let draft = folder.with_extension("new");
    let old = folder.with_extension("old");
    for left in [&draft, &old] {
        if left.exists() {
            std::fs::remove_dir_all(left)?;
        }
    }
    for (path, text) in files {
        let path = draft.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    if folder.exists() {
        std::fs::rename(folder, &old)?;
    }
    std::fs::rename(&draft, folder)?;
    if old.exists() { std::fs::remove_dir_all(old) } else { Ok(()) }
}

struct Writer<'m> {
    model: &'m Model,
    dialect: Target,
    options: Options,
}

impl Writer<'_> {
    fn files(&self, target: &str) -> Result<Files, persona_sql::Unsupported> {
        let mut files = Files::new();
        let mut refresh = vec![];
        let mut listed = vec![];
        let schema = persona_sql::create_schema(self.dialect, &self.options);
        refresh.extend(schema.map(|sql| format!("{sql};\n")));

        // Sources become persona's own tables.
        for (i, staged) in staging(self.model).iter().enumerate() {
            let title = format!("Table `{}`, from its sources.", staged.table);
            let text = self.table(&staged.table, &title, &staged.docs, &staged.plan)?;
            let path = PathBuf::from(format!("tables/{:02}_{}.sql", i + 1, staged.table));
            listed.push(json("table", &staged.table, &path));
            refresh.push(text.clone());
            files.push((path, text));
        }
        // Everything that is known of every customer, in one pass.
        let title = "Everything that is known of every customer: traits, segments, stages, consents.";
        let profile = self.table("profile", title, &[], &Profiles::everything(self.model, &[]))?;
        refresh.push(profile.clone());
        listed.push(json("profile", "profile", Path::new("profile.sql")));
        files.push(("profile.sql".into(), profile));
        for t in self.model.traits.iter().filter(|t| matches!(t.value.ty, Type::List(_))) {
            let title = format!("Trait `{}` of every customer: a row an item.", t.name);
            let plan = Profiles::trait_(self.model, &t.name);
            refresh.push(self.table(&trait_table(&t.name), &title, &t.docs, &plan)?);
        }

        // Each declaration by itself, for reading and for other tools.
        for t in &self.model.traits {
            let title = format!("Trait `{}` of every customer.", t.name);
            let plan = Profiles::trait_(self.model, &t.name);
            self.query(&mut files, &mut listed, "trait", &t.name, &title, &t.docs, &plan)?;
        }
        for s in &self.model.segments {
            let title = format!("Segment `{}` \"{}\": the customers in it.", s.name, s.label);
            let plan = Profiles::segment(self.model, &s.name);
            self.query(&mut files, &mut listed, "segment", &s.name, &title, &s.docs, &plan)?;
        }
        for l in &self.model.lifecycles {
            let title = format!("Lifecycle `{}`: the stage of every customer.", l.name);
            let plan = Profiles::lifecycle(self.model, &l.name);
            self.query(&mut files, &mut listed, "lifecycle", &l.name, &title, &l.docs, &plan)?;
        }
        files.push(("refresh.sql".into(), refresh.join("\n")));
        let manifest = serde_json::json!({
            "persona": env!("CARGO_PKG_VERSION"),
            "project": self.model.project.name,
            "target": target,
            "dialect": self.dialect.to_string(),
            "schema": self.options.schema.join("."),
            "refresh": "refresh.sql",
            "declarations": listed,
        });
        files.push(("manifest.json".into(), format!("{manifest:#}\n")));
        Ok(files)
    }

    fn table(
        &self,
        name: &str,
        title: &str,
        docs: &[String],
        plan: &Plan,
    ) -> Result<String, persona_sql::Unsupported> {
        let statements = persona_sql::create_table(name, plan, self.dialect, &self.options)?;
        let statements: String = statements.iter().map(|sql| format!("{sql};\n")).collect();
        Ok(format!("{}{statements}", comment(title, docs)))
    }

    #[allow(clippy::too_many_arguments)] // one line of the manifest
    fn query(
        &self,
        files: &mut Files,
        listed: &mut Vec<serde_json::Value>,
        kind: &str,
        name: &str,
        title: &str,
        docs: &[String],
        plan: &Plan,
    ) -> Result<(), persona_sql::Unsupported> {
        let sql = persona_sql::query(plan, self.dialect, &self.options)?;
        let path = PathBuf::from(format!("{kind}s/{name}.sql"));
        listed.push(json(kind, name, &path));
        files.push((path, format!("{}{sql};\n", comment(title, docs))));
        Ok(())
    }
}

fn json(kind: &str, name: &str, path: &Path) -> serde_json::Value {
    serde_json::json!({ "kind": kind, "name": name, "file": path.to_string_lossy() })
}
