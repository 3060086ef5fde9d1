//! The `persona` command: arguments in, exit code out.
//!
//! Exit codes: 0 fine, 1 the program has errors, 2 wrong use, 3 a target or the machine failed.

mod commands;
mod files;
mod fixing;
mod output;
mod progress;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use commands::check::{Deny, Fixing};

/// The compiler asks for small pieces of memory all the time, and gives most of them back soon.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Campaigns as code: a language for personal e-mail.
#[derive(Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// How problems are told.
#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    /// With excerpts, for people.
    Human,
    /// A line each.
    Concise,
    /// An object a line.
    Json,
    /// One SARIF document, for code scanners.
    Sarif,
    /// Annotations of a pull request on GitHub.
    Github,
}

/// What `build` makes beside files of SQL.
#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// A project of dbt's, in `build/TARGET-dbt`: models, sources, tests, documentation, exposures.
    Dbt,
    /// For Snowflake, in `build/TARGET-dynamic-tables`: tables that keep themselves up to date.
    SnowflakeDynamicTables,
    /// For BigQuery, in `build/TARGET-scheduled-queries`: configurations of the Data Transfer Service.
    BigqueryScheduledQueries,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a small project that checks, builds and runs at once.
    Init {
        /// The new folder; its last part is the project's name.
        name: PathBuf,
    },
    /// Tells every mistake of a program: names, types, units, missing values, consent.
    Check {
        /// The project's folder.
        #[arg(default_value = ".")]
        project: PathBuf,
        /// A target of `persona.toml`: compares the sources with its tables, columns, types and rows, too. Writes nothing.
        #[arg(long, conflicts_with = "fix")]
        target: Option<String>,
        /// How problems are told.
        #[arg(long, value_enum, default_value = "human")]
        format: Format,
        /// Also fails on `warnings`, or on those of one name. Can be given several times.
        #[arg(long, value_name = "WHAT")]
        deny: Vec<Deny>,
        /// Mends what can be mended in one way only, in programs and templates, and tells what remains.
        #[arg(long)]
        fix: bool,
        /// With `--fix`: changes nothing, and prints the changes as a patch.
        #[arg(long, requires = "fix")]
        dry_run: bool,
    },
    /// Gives every program of a project the one layout; comments are kept.
    Fmt {
        /// The project's folder, or one file.
        #[arg(default_value = ".")]
        project: PathBuf,
        /// Changes nothing; lists the files that would change, and fails if there are any.
        #[arg(long)]
        check: bool,
    },
    /// Writes a target's SQL into `build/TARGET`.
    Build {
        /// The project's folder.
        #[arg(default_value = ".")]
        project: PathBuf,
        /// A target of `persona.toml`.
        #[arg(long)]
        target: String,
        /// Another tool's project instead of files of SQL.
        #[arg(long = "as", value_enum)]
        form: Option<Form>,
    },
    /// Prints one declaration's SQL.
    Sql {
        /// A segment, trait, lifecycle, event, entity, or `customer`.
        name: String,
        /// Whose SQL: duckdb, postgres, snowflake, bigquery or databricks.
        #[arg(long, default_value = "duckdb")]
        dialect: persona_sql::Target,
        /// Evaluate at this instant, by the project's clock, instead of the engine's now: 2011-12-01T09:00.
        #[arg(long)]
        at: Option<String>,
        /// The project's folder.
        #[arg(long, default_value = ".")]
        project: PathBuf,
    },
    /// Does the whole job once: loads, computes, decides what is due, renders and delivers.
    Run {
        /// The project's folder.
        #[arg(default_value = ".")]
        project: PathBuf,
        /// The instant to decide for, by the project's clock: 2011-12-01T09:00. Default: now.
        #[arg(long)]
        at: Option<String>,
        /// A target of `persona.toml`; by default the embedded one.
        #[arg(long)]
        target: Option<String>,
    },
    /// Brings traits, segments and stages up to date, and writes down who came and went; sends nothing.
    Refresh {
        /// The project's folder.
        #[arg(default_value = ".")]
        project: PathBuf,
        /// The instant to refresh for, by the project's clock: 2011-12-01T09:00. Default: now.
        #[arg(long)]
        at: Option<String>,
        /// A target of `persona.toml`; by default the embedded one.
        #[arg(long)]
        target: Option<String>,
        /// Keeps nothing, and tells what would be.
        #[arg(long)]
        dry_run: bool,
        /// Reads everything and looks at everybody, as the first refresh does.
        #[arg(long)]
        full: bool,
        /// How it is told: `json` is an object a line.
        #[arg(long, value_enum, default_value = "human")]
        format: Format,
    },
    /// Shows every e-mail as each customer would get it, on a page that follows the project's files.
    Preview {
        /// The project's folder.
        #[arg(default_value = ".")]
        project: PathBuf,
        /// The port of this machine to show it on; 0 is any that is free.
        #[arg(long, default_value_t = 4321)]
        port: u16,
        /// The instant it is about, by the project's clock: 2011-12-01T09:00. Default: now.
        #[arg(long)]
        at: Option<String>,
        /// A target of `persona.toml`; by default the embedded one.
        #[arg(long)]
        target: Option<String>,
    },
    /// Prints one message as a customer would get it, and sends nothing; or renders a template of plain Liquid.
    Render(commands::render::What),
    /// Runs the program's own tests, on a virtual clock.
    Test {
        /// The project's folder.
        #[arg(default_value = ".")]
        project: PathBuf,
        /// Only tests whose names hold this.
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        /// How failures are told.
        #[arg(long, value_enum, default_value = "human")]
        format: Format,
    },
    /// Shows the page of a problem: what it means and how it is mended. `explain send`: why a customer got something, or not.
    Explain {
        /// Its name, as in `[missing-fallback]`, or `send`. Without one: all problems.
        problem: Option<String>,
        #[command(flatten)]
        about: commands::explain_send::About,
    },
    /// Prints the grammar or one rule of it; with `--check` lets it judge a file.
    Grammar {
        /// A rule: `segment`.
        rule: Option<String>,
        /// A file to judge.
        #[arg(long)]
        check: Option<PathBuf>,
    },
    /// Answers an editor: the language server protocol on standard input and output.
    Lsp {
        /// What editors say by habit; it is spoken anyway.
        #[arg(long, hide = true)]
        stdio: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Init { name } => commands::init::init(&name),
        Command::Check { project, target, format, deny, fix, dry_run } => {
            let fixing = match (fix, dry_run) {
                (false, _) => Fixing::Off,
                (true, false) => Fixing::Write,
                (true, true) => Fixing::Show,
            };
            commands::check::check(&project, target.as_deref(), format, &deny, fixing)
        }
        Command::Fmt { project, check } => commands::fmt::fmt(&project, check),
        Command::Build { project, target, form } => {
            let form = form.map_or(persona_build::Form::Plain, |form| match form {
                Form::Dbt => persona_build::Form::Dbt,
                Form::SnowflakeDynamicTables => persona_build::Form::DynamicTables,
                Form::BigqueryScheduledQueries => persona_build::Form::ScheduledQueries,
            });
            commands::build::build(&project, &target, form)
        }
        Command::Sql { name, dialect, at, project } => {
            commands::sql::sql(&name, dialect, at.as_deref(), &project)
        }
        Command::Run { project, at, target } => {
            commands::run::run(&project, at.as_deref(), target.as_deref())
        }
        Command::Refresh { project, at, target, dry_run, full, format } => {
            let target = target.as_deref();
            commands::refresh::refresh(&project, at.as_deref(), target, (dry_run, full), format)
        }
        Command::Preview { project, port, at, target } => {
            commands::preview::preview(&project, port, at.as_deref(), target.as_deref())
        }
        Command::Render(what) => commands::render::render(&what),
        Command::Test { project, name, format } => commands::test::test(&project, format, name.as_deref()),
        Command::Explain { problem, about } => match problem.as_deref() {
            Some("send") => commands::explain_send::explain_send(&about),
            problem => commands::explain::explain(problem),
        },
        Command::Lsp { .. } => commands::lsp::lsp(),
        Command::Grammar { rule, check } => commands::grammar::grammar(rule.as_deref(), check.as_deref()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = failure.message {
                output::error(&message);
            }
            ExitCode::from(failure.code)
        }
    }
}
