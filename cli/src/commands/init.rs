//! `persona init`

use std::path::Path;

use super::{Failure, Outcome, print};

/// The files of a new project; `NAME` stands for its name.
const FILES: &[(&str, &str)] = &[
    ("persona.toml", include_str!("../../project/persona.toml")),
    ("shop.persona", include_str!("../../project/shop.persona")),
    ("layouts/base.html", include_str!("../../project/layouts/base.html")),
    ("content/welcome.html", include_str!("../../project/content/welcome.html")),
    ("data/customers.csv", include_str!("../../project/data/customers.csv")),
    ("data/orders.csv", include_str!("../../project/data/orders.csv")),
    ("data/consents.csv", include_str!("../../project/data/consents.csv")),
    ("README.md", include_str!("../../project/README.md")),
    (".gitignore", "/.persona\n/build\n/keys\n/outbox\n*.duckdb\n*.duckdb.wal\n"),
];

/// Makes a small project in a folder that is not there yet.
pub fn init(folder: &Path) -> Outcome {
    let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || !name.chars().all(good) {
        return Err(Failure::usage(format!(
            "`{}` cannot name a project: use letters, digits, `-` and `_`",
            folder.display()
        )));
    }
    if folder.exists() {
        return Err(Failure::usage(format!("{} is there already; nothing was changed", folder.display())));
    }
    // All files appear together, or none does.
    let draft = folder.with_file_name(format!(".{name}.persona-init"));
    let written = write(&draft, name).and_then(|()| std::fs::rename(&draft, folder));
    if let Err(error) = written {
        // What is left of the draft is of no use to anybody.
        let _ = std::fs::remove_dir_all(&draft);
        return Err(Failure::world(format!("cannot write {}: {error}", folder.display())));
    }
    print(&format!(
        "made {0}\n\nnext:\n  persona check {0}\n  persona run {0} --at 2026-03-02T09:00\n",
        folder.display()
    ))
}

fn write(folder: &Path, name: &str) -> std::io::Result<()> {
    for (path, text) in FILES {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text.replace("NAME", name))?;
    }
    Ok(())
}
