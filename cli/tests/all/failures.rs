//! What goes wrong in the world: each failure names the thing, has its exit code, and leaves nothing half-written.

use std::fs;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::help::{AT, Project, Told, persona, repository, told};

/// Runs the project, which has to fail with this exit code; what it says. Nothing was sent and nothing decided: once the
/// cause is gone the same run does all there is to do.
fn fails(project: &Project, code: i32) -> String {
    said(project, told(project.command("run", &["--at", AT])), code)
}

fn said(project: &Project, run: Told, code: i32) -> String {
    assert_eq!((run.code, &*run.out), (Some(code), ""), "{run:?}");
    assert!(project.outbox().is_empty(), "nothing is sent");
    words(project, &run)
}

/// What a command said beside its progress.
fn words(project: &Project, run: &Told) -> String {
    let progress = ["loading files", "reading sources", "computing", "reading customers", "rendering"];
    let lines = run.err.lines().filter(|line| !progress.iter().any(|p| line.starts_with(p)));
    let text: String = lines.map(|line| format!("{}\n", line.trim_end())).collect();
    let text = project.without_paths(&text);
    assert!(!text.contains("panicked"), "{text}");
    text.trim().to_string()
}

/// The project is well, and has lost nothing.
fn works(project: &Project) {
    project.run(AT);
    assert_eq!(project.outbox().len(), 2);
}

// The program

/// `check` takes the whole language; `run` says what of it this version cannot carry out, before it does anything.
#[test]
fn a_program_that_asks_for_more_than_this_version_does() {
    let project = Project::new();
    let program = fs::read_to_string(project.path("shop.persona")).unwrap();
    let more = "\nsource site { track  feeds purchase }\nretain purchase 10 years\n";
    fs::write(project.path("shop.persona"), program.clone() + more).unwrap();
    assert_eq!(told(project.command("check", &[])).code, Some(0));
    let run = fails(&project, 1);
    assert!(run.contains("does not carry out `track` yet"), "{run}");
    assert!(run.contains("`retain` has no effect in this version"), "{run}");
    assert!(!project.path(".persona").exists(), "nothing is begun");
    // What is harmless is told, and the job is done.
    fs::write(project.path("shop.persona"), program + "\nretain purchase 10 years\n").unwrap();
    works(&project);
}

// The data

#[test]
fn a_data_file_that_is_missing() {
    let project = Project::new();
    fs::rename(project.path("data/orders.csv"), project.path("orders.csv")).unwrap();
    assert_snapshot!(fails(&project, 1), @r#"
    [file-not-found] Error: cannot read the file `data/orders.csv`
        ╭─[ shop.persona:27:9 ]
        │
     27 │   file "data/orders.csv"
        │         ───────┬───────
        │                ╰───────── there is no such file
        │
        │ Note: paths are relative to the project's folder, HOME/shop
    ────╯

    1 error in 1 file
"#);
    fs::rename(project.path("orders.csv"), project.path("data/orders.csv")).unwrap();
    works(&project);
}

#[test]
fn a_column_that_is_not_there() {
    let project = Project::new();
    project.replace("shop.persona", "local(ordered_at", "local(orderd_at");
    assert_snapshot!(fails(&project, 1), @r#"
    [unknown-column] Error: `data/orders.csv` has no column `orderd_at`
        ╭─[ shop.persona:30:22 ]
        │
     30 │     at       = local(orderd_at, "Europe/London")
        │                      ────┬────
        │                          ╰────── no column of this name
        │
        │ Help: did you mean `ordered_at`?
    ────╯
"#);
    project.replace("shop.persona", "local(orderd_at", "local(ordered_at");
    works(&project);
}

#[test]
fn a_table_that_is_not_there() {
    let project = Project::new();
    project.replace("shop.persona", "file \"data/orders.csv\"", "table \"raw.orders\"");
    assert_snapshot!(fails(&project, 1), @r#"
    [unknown-table] Error: the target has no table `raw.orders`
        ╭─[ shop.persona:27:9 ]
        │
     27 │   table "raw.orders"
        │         ──────┬─────
        │               ╰─────── neither a table nor a view of this name can be read
        │
        │ Help: make it there, or let whom `persona.toml` connects as read it
    ────╯
"#);
}

#[test]
fn values_that_cannot_be_read_are_set_aside_and_the_run_goes_on() {
    let project = Project::new();
    project.replace("data/orders.csv", "24.50", "a lot");
    project.replace("data/orders.csv", "2026-01-14 19:45", "the 14th");
    project.replace("data/customers.csv", "2025-11-20 09:05", "");
    let run = project.run(AT);
    assert_snapshot!(project.without_paths(&run.out), @"

    shop at 2026-03-02 09:00 (Europe/London), 3 customers

      audience       size   share  entered  left
      segment loyal     0   0.0 %        –     –
      stage new         2  66.7 %        –     –
      stage loyal       0   0.0 %        –     –
      stage lapsed      0   0.0 %        –     –
      stage active      1  33.3 %        –     –
      under 1 customer, too few to compare: segment loyal, stage loyal, stage lapsed

      e-mail   messages
      welcome         2  sent
                      1  withheld: no address

    rows set aside
      1 row of `customers`: `signed_up` cannot be used, it is missing
      1 row of `orders`: `at` cannot be used, such as `the 14th`
      1 row of `orders`: `total` cannot be used, such as `a lot`

    2 messages in HOME/shop/outbox
");
    assert_eq!(project.outbox().len(), 2);
}

#[test]
fn a_csv_file_that_cannot_be_read() {
    let project = Project::new();
    project.replace("data/orders.csv", "1002,2,", "1002,2,2,2,");
    assert_snapshot!(fails(&project, 3), @"error: HOME/shop/data/orders.csv, line 3: the header has 4 columns, this line has 5");
    fs::write(
        project.path("data/orders.csv"),
        b"order_id,customer_id,ordered_at,total\n1,2,2026-02-22 08:30,\xff\n",
    )
    .unwrap();
    assert_snapshot!(fails(&project, 3), @"error: HOME/shop/data/orders.csv, line 2: the text is not UTF-8");
    project.write("data/orders.csv", "");
    assert_snapshot!(fails(&project, 3), @"error: HOME/shop/data/orders.csv: it is empty");
}

#[test]
fn a_parquet_file_that_cannot_be_read() {
    let project = Project::new();
    project.replace("shop.persona", "data/orders.csv", "data/orders.parquet");
    project.write("data/orders.parquet", "PAR1 and then no more");
    assert_snapshot!(fails(&project, 3), @"error: HOME/shop/data/orders.parquet: No magic bytes found at end of file 'HOME/shop/data/orders.parquet'");
}

// The database

#[test]
fn a_database_that_another_process_has_open() {
    let project = Project::new();
    let open = project.duckdb(Some("shop.duckdb"));
    let said = fails(&project, 3).replace(&std::process::id().to_string(), "PID");
    assert_snapshot!(said, @"error: the database HOME/shop/shop.duckdb is open in another process (process PID); close it there first");
    drop(open);
    works(&project);
}

#[test]
fn a_database_file_that_is_none() {
    let project = Project::new();
    project.write("shop.duckdb", &"This is a letter, not a database. ".repeat(500));
    assert_snapshot!(fails(&project, 3), @r#"error: HOME/shop/shop.duckdb is not a DuckDB database, or is damaged: IO Error: The file "HOME/shop/shop.duckdb" exists, but it is not a valid DuckDB database file!"#);
    fs::remove_file(project.path("shop.duckdb")).unwrap();
    works(&project);
}

#[test]
fn a_database_without_its_library() {
    let project = Project::new();
    let with = |library: &str| {
        let mut run = project.command("run", &["--at", AT]);
        run.env("PERSONA_DUCKDB", library);
        said(&project, told(run), 3)
    };
    assert_snapshot!(with("/nowhere/libduckdb.so"), @"error: the library /nowhere/libduckdb.so cannot be loaded: PERSONA_DUCKDB names it, but there is no such file");
    project.write("libduckdb.so", "no library");
    assert_snapshot!(with(project.path("libduckdb.so").to_str().unwrap()), @"error: the library HOME/shop/libduckdb.so cannot be loaded: Error with dynamic library: HOME/shop/libduckdb.so: file too short");
    works(&project);
}

#[test]
fn a_disk_that_takes_no_more() {
    let project = Project::new();
    // No file may have more than so many blocks of 1,024 bytes: to a program a disk that is full.
    let limited = |blocks: u32| {
        let mut shell = Command::new("bash");
        shell.args([
            "-c",
            &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_persona"),
            "run",
        ]);
        shell.arg(&project.folder).args(["--at", AT]).current_dir(repository());
        said(&project, told(shell), 3)
    };
    assert_snapshot!(limited(40), @"error: HOME/shop/.persona/state.db: disk I/O error");
    assert_snapshot!(limited(80), @"error: HOME/shop/.persona/state.db: disk I/O error");
    works(&project);
}

// The state

#[test]
fn a_state_that_is_damaged() {
    let project = Project::new();
    fs::create_dir(project.path(".persona")).unwrap();
    project.write(".persona/state.db", &"This is a letter, not a database. ".repeat(500));
    assert_snapshot!(fails(&project, 3), @"error: HOME/shop/.persona/state.db does not hold persona's state; it was left as it is");
    assert!(fs::read_to_string(project.path(".persona/state.db")).unwrap().starts_with("This is a letter"));
}

#[test]
fn a_state_in_use_by_another_program() {
    let project = Project::new();
    fs::create_dir(project.path(".persona")).unwrap();
    let other = rusqlite::Connection::open(project.path(".persona/state.db")).unwrap();
    other.execute_batch("begin exclusive").unwrap();
    assert_snapshot!(fails(&project, 3), @"error: HOME/shop/.persona/state.db is in use by another program; close it there first");
    other.execute_batch("rollback").unwrap();
    drop(other);
    works(&project);
}

#[test]
fn a_file_in_the_place_of_the_state() {
    let project = Project::new();
    project.write(".persona", "");
    assert_snapshot!(fails(&project, 3), @"error: cannot make the folder HOME/shop/.persona: File exists (os error 17)");
}

// The outbox

#[test]
fn an_outbox_that_is_a_file() {
    let project = Project::new();
    project.write("outbox", "");
    assert_snapshot!(fails(&project, 3), @"error: the outbox HOME/shop/outbox cannot be used: it is not a folder");
    fs::remove_file(project.path("outbox")).unwrap();
    works(&project);
}

#[test]
fn an_outbox_in_a_folder_that_is_not_there() {
    let project = Project::new();
    project.replace("persona.toml", "outbox    = \"outbox\"", "outbox    = \"mail/out\"");
    assert_snapshot!(fails(&project, 3), @"error: the outbox HOME/shop/mail/out cannot be used: there is no folder HOME/shop/mail");
}

#[test]
fn an_outbox_that_holds_another_message_of_that_name() {
    let project = Project::new();
    works(&project);
    let mut files = project.outbox();
    let (name, _) = files.pop_first().unwrap();
    for kept in project.outbox().keys() {
        fs::remove_file(project.path("outbox").join(kept)).unwrap();
    }
    fs::remove_dir_all(project.path(".persona")).unwrap();
    project.write(&format!("outbox/{name}"), "mine");
    let run = told(project.command("run", &["--at", AT]));
    assert_eq!(run.code, Some(3), "{run:?}");
    assert_snapshot!(words(&project, &run).replace(&name, "NAME"), @"
    error: HOME/shop/outbox/NAME holds another message already; it was left as it is
    what was decided is kept: the next run delivers it
");
    assert_eq!(project.outbox()[&name], b"mine");
    // Out of the way, the rest is delivered, each once.
    fs::remove_file(project.path("outbox").join(&name)).unwrap();
    works(&project);
}

// The project and the command line

#[test]
fn targets_that_cannot_be_reached() {
    let project = Project::new();
    let on = |target: &str, code| {
        said(&project, told(project.command("run", &["--at", AT, "--target", target])), code)
    };
    assert_snapshot!(on("deV", 2), @"error: `persona.toml` has no target `deV`: did you mean `dev`?");
    let toml = fs::read_to_string(project.path("persona.toml")).unwrap();
    project.write("persona.toml", &format!("{toml}\n[targets.prod]\ndialect = \"postgres\"\n\n[targets.cloud]\ndialect = \"postgres\"\nuri = \"${{PERSONA_NO_SUCH_VARIABLE}}\"\n\n[targets.flake]\ndialect = \"snowflake\"\n"));
    assert_snapshot!(on("prod", 3), @"error: this target has no `uri` in `persona.toml`, so it cannot be reached");
    assert_snapshot!(on("cloud", 3), @"error: `persona.toml` asks for the environment's `PERSONA_NO_SUCH_VARIABLE`, which is not set");
    assert_snapshot!(on("flake", 3), @"error: persona runs on DuckDB and PostgreSQL, and Snowflake is neither: its SQL is written by `persona build`");
    let build = told(project.command("build", &["--target", "deV"]));
    assert_eq!(build.code, Some(2));
    assert_snapshot!(words(&project, &build), @"error: `persona.toml` has no target `deV`: did you mean `dev`?");
    works(&project);
}

#[test]
fn instants_that_are_none() {
    let project = Project::new();
    let at = |at: &str| said(&project, told(project.command("run", &["--at", at])), 2);
    assert_snapshot!(at("yesterday"), @"error: `yesterday` is no instant: write it as 2011-12-01T09:00, by the clock of Europe/London");
    assert_snapshot!(at("2026-02-30T09:00"), @"error: `2026-02-30T09:00` is no instant: write it as 2011-12-01T09:00, by the clock of Europe/London");
}

#[test]
fn an_instant_before_the_last_run() {
    let project = Project::new();
    works(&project);
    let earlier = told(project.command("run", &["--at", "2026-03-01T09:00"]));
    assert_eq!((earlier.code, &*earlier.out), (Some(2), ""));
    assert_snapshot!(words(&project, &earlier), @"error: this project has already decided up to 2026-03-02T09:00:00Z, which is after 2026-03-01T09:00:00Z: what was sent stays sent. To look at the past, copy the project without its `.persona` folder");
    works(&project);
}

#[test]
fn folders_that_are_no_project() {
    let project = Project::new();
    let check = |folder: &str| {
        let check = told(persona(&["run", project.path(folder).to_str().unwrap()]));
        assert_eq!((check.code, &*check.out), (Some(1), ""), "{check:?}");
        words(&project, &check)
    };
    assert_snapshot!(check("nowhere"), @"
    [project-file] Error: there is no `persona.toml` in `HOME/shop/nowhere`
      Help: go to a project's folder, or make one with `persona init NAME`
      Note: there is no such file

    1 error
");
    assert_snapshot!(check("data"), @"
    [project-file] Error: there is no `persona.toml` in `HOME/shop/data`
      Help: go to a project's folder, or make one with `persona init NAME`
      Note: there is no such file

    1 error
");
}

#[test]
fn a_persona_toml_that_is_broken() {
    let project = Project::new();
    project.replace("persona.toml", "currency     = \"GBP\"", "currency     = GBP");
    assert_snapshot!(fails(&project, 1), @"
    [project-file] Error: `persona.toml` cannot be read as it is
       ╭─[ persona.toml:4:16 ]
       │
     4 │ currency     = GBP             # what `money` is in
       │                ─┬─
       │                 ╰─── string values must be quoted, expected literal string
    ───╯

    1 error
");
    project.replace("persona.toml", "currency     = GBP", "currency     = \"GBP\"");
    project.replace("persona.toml", "Europe/London", "Europe/Londn");
    assert_snapshot!(fails(&project, 1), @r#"
    [project-file] Error: there is no time zone `Europe/Londn`
       ╭─[ persona.toml:3:16 ]
       │
     3 │ timezone     = "Europe/Londn"   # the wall clock of the program
       │                ───────┬──────
       │                       ╰──────── unknown
       │
       │ Help: did you mean `Europe/London`?
    ───╯

    1 error
"#);
}

#[test]
fn a_new_project_where_something_is() {
    let project = Project::new();
    let init = |path: &str| {
        let init = told(persona(&["init", project.path(path).to_str().unwrap()]));
        assert_eq!(init.out, "");
        (init.code.unwrap(), words(&project, &init))
    };
    project.write("mine.txt", "mine");
    let (code, said) = init("mine.txt");
    assert_eq!(code, 2);
    assert_snapshot!(said, @"error: `HOME/shop/mine.txt` cannot name a project: use letters, digits, `-` and `_`");
    let (code, said) = init("data");
    assert_eq!(code, 2);
    assert_snapshot!(said, @"error: HOME/shop/data is there already; nothing was changed");
    let (code, said) = init("mine.txt/shop");
    assert_eq!(code, 3);
    assert_snapshot!(said, @"error: cannot write HOME/shop/mine.txt/shop: Not a directory (os error 20)");
    let (code, said) = init("my shop");
    assert_eq!(code, 2);
    assert_snapshot!(said, @"error: `HOME/shop/my shop` cannot name a project: use letters, digits, `-` and `_`");
    assert_eq!(fs::read_to_string(project.path("mine.txt")).unwrap(), "mine");
    assert_eq!(fs::read_dir(&project.folder).unwrap().count(), 7 + 1, "and nothing else is there");
}

#[test]
fn a_reader_that_goes_away() {
    let project = Project::new();
    // Nobody reads what these say: each does its work all the same, and does not fail for it.
    let unheard = |mut command: Command| {
        let mut running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop((running.stdout.take(), running.stderr.take()));
        running.wait().unwrap().code()
    };
    assert_eq!(unheard(persona(&["sql", "purchase", "--project", "examples/retail"])), Some(0));
    assert_eq!(unheard(project.command("check", &[])), Some(0));
    assert_eq!(unheard(project.command("run", &["--at", AT])), Some(0));
    assert_eq!(project.outbox().len(), 2);
    project.replace("shop.persona", "segment loyal", "segmnt loyal");
    assert_eq!(unheard(project.command("check", &[])), Some(1));
}
