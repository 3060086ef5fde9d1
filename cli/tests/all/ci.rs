//! What runs in CI: the action, the hooks and the formats that other programs read, each by its own validator, which
//! `scripts/setup --tests` installs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::help::{Project, Told, repository};

/// A program that judges a file.
fn validator(module: &str) -> Command {
    let python = repository().join(".tools/venv-formats/bin/python");
    assert!(python.exists(), "{} is not there: run scripts/setup --tests", python.display());
    let mut command = Command::new(python);
    command.args(["-m", module]).current_dir(repository());
    command
}

#[track_caller]
fn valid(mut command: Command) {
    let told = told_by(&mut command);
    assert_eq!(told.code, Some(0), "{told:?}");
}

fn told_by(command: &mut Command) -> Told {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Told { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The shell of one step of the action.
fn step(name: &str) -> String {
    let action = std::fs::read_to_string(repository().join("action.yml")).unwrap();
    let step = action.split("- name: ").find(|step| step.starts_with(&format!("{name}\n"))).unwrap();
    let (_, script) = step.split_once("run: |\n").unwrap();
    let lines = script.lines().take_while(|line| line.is_empty() || line.starts_with("        "));
    lines.map(|line| format!("{}\n", line.trim())).collect()
}

/// Runs a step as GitHub does, where persona is installed.
fn run(step: &str, folder: &Path, inputs: &[(&str, &str)]) -> Told {
    let binaries = Path::new(env!("CARGO_BIN_EXE_persona")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step])
        .current_dir(folder)
        .env("PATH", path);
    for name in ["PROJECT", "DENY", "SARIF"] {
        let value = inputs.iter().find(|(input, _)| *input == name).map_or("", |(_, value)| value);
        bash.env(name, value);
    }
    told_by(&mut bash)
}

/// A checkout with a project in a folder of its own; two warnings and, if `wrong`, an error in it.
fn checkout(wrong: bool) -> (Project, PathBuf) {
    let project = Project::new();
    let when = if wrong { "contry" } else { "country" };
    project.write(
        "shop.persona",
        &format!(
            "customer {{ id: string key  email: email  country: string }}\nsegment x {{ when {when} == \"ü, 100%: x\" }}\n\
             content hi {{ otherwise \"\"\"{{% if true %}}A{{% else %}}B{{% else %}}C{{% endif %}}\"\"\" }}\n\
             // persona: allow unreachable-branch, B and C are not written yet\n\
             content ho {{ otherwise \"\"\"{{% if true %}}A{{% else %}}B{{% else %}}C{{% endif %}}\"\"\" }}\n"
        ),
    );
    let checkout = project.folder.parent().unwrap().to_path_buf();
    (project, checkout)
}

#[test]
fn the_action_and_the_hooks_are_well_formed() {
    let mut action = validator("check_jsonschema");
    action.args(["--builtin-schema", "vendor.github-actions", "action.yml"]);
    valid(action);
    let mut hooks = validator("pre_commit");
    hooks.args(["validate-manifest", ".pre-commit-hooks.yaml"]);
    valid(hooks);
}

#[test]
fn the_action_annotates_files_of_the_checkout() {
    let check = step("Check");
    let (project, folder) = checkout(true);
    let told = run(&check, &folder, &[("PROJECT", "shop"), ("SARIF", "out.sarif")]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.out.starts_with("::error file=shop/shop.persona,line=2,endLine=2,col=18,"), "{}", told.out);
    let sarif = std::fs::read_to_string(folder.join("out.sarif")).unwrap();
    assert!(sarif.contains("\"uri\": \"shop/shop.persona\""), "{sarif}");
    drop(project);

    let (_project, folder) = checkout(false);
    let code = |inputs: &[(&str, &str)]| run(&check, &folder, inputs).code;
    assert_eq!(code(&[("PROJECT", "shop")]), Some(0));
    assert_eq!(code(&[("PROJECT", "shop"), ("DENY", "always-true")]), Some(0));
    assert_eq!(code(&[("PROJECT", "shop"), ("DENY", "always-true unreachable-branch")]), Some(1));
}

#[test]
fn a_manifest_is_what_its_schema_says() {
    let project = Project::new();
    let program = "source orders { table \"raw.orders\"  fresh within 1 hour  feeds purchase { customer = c  at = t  order_id = o } }\n\
         customer { id: string key }\nevent purchase { order_id: string unique }\n\
         trait orders_30d = count(purchase in last 30 days)\nsegment busy { when orders_30d > 3  refresh every 2 hours }\n";
    project.write("shop.persona", program);
    project.write("persona.toml", "[project]\nname = \"shop\"\n[targets.dev]\ndialect = \"duckdb\"\n");
    let told = told_by(&mut project.command("build", &["--target", "dev"]));
    assert_eq!(told.code, Some(0), "{told:?}");
    let manifest = project.folder.join("build/dev/manifest.json");
    let mut schema = validator("check_jsonschema");
    schema.args(["--schemafile", "docs/reference/manifest.schema.json"]).arg(&manifest);
    valid(schema);
    let text = std::fs::read_to_string(&manifest).unwrap();
    assert!(
        text.contains("\"tests/orders_is_fresh_with_purchase.sql\"") && text.contains("\"2 hours\""),
        "{text}"
    );

    // And the schema says something: without its files it is refused.
    std::fs::write(&manifest, text.replace("\"file\"", "\"path\"")).unwrap();
    let mut schema = validator("check_jsonschema");
    schema.args(["--schemafile", "docs/reference/manifest.schema.json"]).arg(&manifest);
    assert_eq!(told_by(&mut schema).code, Some(1));
}

#[test]
fn sarif_is_what_its_schema_says() {
    let (_project, folder) = checkout(true);
    let told = run("persona check shop --format sarif > out.sarif || true", &folder, &[]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let mut sarif = validator("check_jsonschema");
    // One of its patterns is none to stricter readers of patterns.
    sarif
        .args(["--regex-variant", "python", "--schemafile", "tests/formats/sarif-2.1.0.json"])
        .arg(folder.join("out.sarif"));
    valid(sarif);
    let text = std::fs::read_to_string(folder.join("out.sarif")).unwrap();
    assert!(text.contains("\"suppressions\"") && text.contains("\"fixes\""), "{text}");
}

/// The hooks as pre-commit runs them, in a repository of their own.
#[test]
fn the_hooks_run() {
    let hooks = std::fs::read_to_string(repository().join(".pre-commit-hooks.yaml")).unwrap();
    for (wrong, code) in [(true, 1), (false, 0)] {
        let (_project, folder) = checkout(wrong);
        for hook in hooks.lines().filter_map(|line| line.trim().strip_prefix("entry: ")) {
            if hook == "persona check" {
                assert_eq!(run(&format!("{hook} shop"), &folder, &[]).code, Some(code), "{hook}");
            } else {
                assert_eq!(run(&format!("{hook} shop"), &folder, &[]).code, Some(0), "{hook}");
            }
        }
    }
}
