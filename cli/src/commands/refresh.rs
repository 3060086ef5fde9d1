//! `persona refresh`

use std::path::Path;

use persona_model::Model;
use persona_refresh::{Asked, Audience, Error, Mode, Report};
use serde_json::json;

use super::run::{set_aside, stale};
use super::table::{Table, count, thousands};
use super::{Failure, Outcome, instant, load, print};
use crate::progress::Shown;
use crate::{Format, output};

/// Refreshes a project and prints what changed. `dry`: nothing is kept; `full`: everybody is looked at.
pub fn refresh(
    project: &Path,
    at: Option<&str>,
    target: Option<&str>,
    (dry, full): (bool, bool),
    format: Format,
) -> Outcome {
    let (loaded, model) = load(project, persona_run::Asked::Tables)?;
    let at = instant(at, &model)?.unwrap_or_else(jiff::Timestamp::now);
    let asked = Asked { target, at, dry, full };
    match persona_refresh::refresh(&model, project, &asked, &mut Shown::new()) {
        Ok(mut report) => {
            persona_syntax::allow_more(&mut report.small, &loaded.sources);
            output::problems(&report.small, &loaded.sources, project, format, output::Stream::Err);
            match format {
                Format::Json => print(&lines(&report)),
                _ => print(&told(&report, &model)),
            }
        }
        Err(Error::Target(persona_target::Error::Program(problems))) => {
            output::problems(&problems, &loaded.sources, project, format, output::Stream::Err);
            Err(Failure::program())
        }
        Err(
            error @ (Error::Past { .. }
            | Error::NotOurs { .. }
            | Error::Newer { .. }
            | Error::NotWhole(_)
            | Error::Target(persona_target::Error::NoTarget(_))),
        ) => Err(Failure::usage(error.to_string())),
        Err(error) => Err(Failure::world(error.to_string())),
    }
}

/// The report as a page of text.
fn told(report: &Report, model: &Model) -> String {
    let zone = &model.project.zone;
    let local = |t: jiff::Timestamp| t.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let size = |n: i64| usize::try_from(n).unwrap_or(0);
    let mut page = format!(
        "\n{} at {} ({}), {}\n\n",
        model.project.name,
        local(report.at),
        model.project.timezone,
        count(size(report.customers), "customer")
    );
    let mut table = Table::new(&["audience", "size", "entered", "left", ""]);
    for row in &report.audiences {
        let why = match row.cause.as_deref() {
            Some("first") => "new: nobody came or went",
            Some("redefined") => "redefined: nobody came or went",
            Some("removed") => "no longer in the program",
            _ => "",
        };
        table.row(&[
            &name(row),
            &thousands(size(row.size)),
            &thousands(size(row.entered)),
            &thousands(size(row.left)),
            why,
        ]);
    }
    page.push_str(&table.text());
    page.push_str(&set_aside(&report.set_aside));
    page.push_str(&stale(&report.stale, local));
    let seconds = report.milliseconds as f64 / 1000.0;
    let kept = if report.dry { "nothing was kept" } else { "kept" };
    let whom = match &report.mode {
        Mode::Full { because } => format!("looked at everybody ({because})"),
        Mode::Incremental { examined } => {
            format!("looked at {} of {}", thousands(size(*examined)), thousands(size(report.customers)))
        }
    };
    let rows = usize::try_from(report.written.rows()).unwrap_or(usize::MAX);
    page.push_str(&format!("\n{whom}; {} written; {kept}, in {seconds:.1} s\n", count(rows, "row")));
    page
}

fn name(row: &Audience) -> String {
    match &row.stage {
        Some(stage) => format!("{} {stage}", row.name),
        None => format!("{} {}", row.kind, row.name),
    }
}

/// The report as an object a line: each audience, then the whole.
fn lines(report: &Report) -> String {
    let mut lines: Vec<serde_json::Value> = report
        .audiences
        .iter()
        .map(|a| {
            json!({
                "type": "audience", "kind": &*a.kind, "name": &*a.name, "stage": a.stage.as_deref(), "size": a.size,
                "entered": a.entered, "left": a.left, "cause": a.cause.as_deref(),
            })
        })
        .collect();
    lines.extend(report.set_aside.iter().map(|aside| {
        json!({
            "type": "set_aside", "source": &*aside.source, "field": aside.field, "rows": aside.rows,
            "example": aside.example,
        })
    }));
    lines.extend(report.stale.iter().map(|stale| {
        json!({ "type": "stale", "source": &*stale.source, "newest": stale.newest.map(|t| t.to_string()) })
    }));
    let written = report.written.0.iter();
    lines.extend(written.map(|(table, rows)| json!({ "type": "written", "table": &**table, "rows": rows })));
    let (entered, left) = report.moves();
    let because = match &report.mode {
        Mode::Full { because } => Some(because),
        Mode::Incremental { .. } => None,
    };
    lines.push(json!({
        "type": "refresh", "at": report.at.to_string(), "last": report.last.map(|t| t.to_string()), "kept": !report.dry,
        "program": report.program, "mode": report.mode.word(), "because": because, "customers": report.customers,
        "examined": report.examined(), "entered": entered, "left": left,
        "milliseconds": report.milliseconds,
    }));
    lines.iter().map(|line| format!("{line}\n")).collect()
}
