//! `persona run`

use std::path::Path;

use persona_model::Audience;
use persona_run::{Asked, Error, Report, SetAside, Stale};

use super::table::{Table, count, thousands};
use super::{Failure, Outcome, instant, load, print};
use crate::progress::Shown;
use crate::{Format, output};

/// Runs a project once and prints what it did.
pub fn run(project: &Path, at: Option<&str>, target: Option<&str>) -> Outcome {
    let (loaded, model) = load(project, Asked::Run)?;
    let at = instant(at, &model)?.unwrap_or_else(jiff::Timestamp::now);
    match persona_run::run(&model, project, target, at, &mut Shown::new()) {
        Ok(report) => {
            print(&told(&report, &model))?;
            match report.broken() {
                0 => Ok(()),
                n => Err(Failure::world(format!(
                    "{} could not be made; the table above says why",
                    output::many(n, "message")
                ))),
            }
        }
        Err(Error::Program(problems)) => {
            output::problems(&problems, &loaded.sources, project, Format::Human, output::Stream::Err);
            Err(Failure::program())
        }
        Err(error @ (Error::Past { .. } | Error::NoTarget(_))) => Err(Failure::usage(error.to_string())),
        Err(error) => Err(Failure::world(error.to_string())),
    }
}

/// The report as a page of text.
fn told(report: &Report, model: &persona_model::Model) -> String {
    let mut page = String::new();
    let zone = &model.project.zone;
    let local = |t: jiff::Timestamp| t.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    page.push_str(&format!(
        "\n{} at {} ({}), {}\n\n",
        model.project.name,
        local(report.at),
        model.project.timezone,
        count(report.customers, "customer")
    ));
    page.push_str(&audiences(report, model));
    page.push_str(&messages(report));
    page.push_str(&set_aside(&report.set_aside));
    page.push_str(&stale(&report.stale, local));
    page.push('\n');
    if report.waiting() > 0 {
        let wait = if report.waiting() == 1 { "waits" } else { "wait" };
        page.push_str(&format!("{} {wait} for a later run\n", output::many(report.waiting(), "flow")));
    }
    match report.delivered {
        0 => page.push_str("nothing new to deliver\n"),
        n => {
            let messages = output::many(usize::try_from(n).unwrap_or(usize::MAX), "message");
            page.push_str(&format!("{messages} in {}\n", report.outbox.display()));
        }
    }
    page
}

/// Rows that could not be used.
pub fn set_aside(all: &[SetAside]) -> String {
    let mut text = String::new();
    for aside in all {
        if text.is_empty() {
            text.push_str("\nrows set aside\n");
        }
        let example =
            aside.example.as_deref().map_or("it is missing".to_string(), |e| format!("such as `{e}`"));
        let rows = output::many(usize::try_from(aside.rows).unwrap_or(0), "row");
        text.push_str(&format!(
            "  {rows} of `{}`: `{}` cannot be used, {example}\n",
            aside.source, aside.field
        ));
    }
    text
}

/// Sources that are older than they say they may be.
pub fn stale(all: &[Stale], local: impl Fn(jiff::Timestamp) -> String) -> String {
    let mut text = String::new();
    for stale in all {
        if text.is_empty() {
            text.push_str("\nsources that are not fresh\n");
        }
        let newest = stale
            .newest
            .map_or("it has no events".to_string(), |t| format!("its newest event is of {}", local(t)));
        text.push_str(&format!("  `{}`: {newest}\n", stale.source));
    }
    text
}

fn audiences(report: &Report, model: &persona_model::Model) -> String {
    let mut table = Table::new(&["audience", "size", "share", "entered", "left"]);
    let mut small = Vec::new();
    for row in &report.audiences {
        let (kind, name) = match &row.audience {
            Audience::Segment(name) => ("segment".to_string(), name),
            Audience::Stage { lifecycle, stage } => (lifecycle.to_string(), stage),
        };
        let share = match report.customers {
            0 => "–".to_string(),
            all => format!("{:.1} %", 100.0 * row.size as f64 / all as f64),
        };
        let known = |n: Option<usize>| n.map_or("–".to_string(), thousands);
        table.row(&[
            &format!("{kind} {name}"),
            &thousands(row.size),
            &share,
            &known(row.entered),
            &known(row.left),
        ]);
        if (row.size as u64) < model.project.min_audience {
            small.push(format!("{kind} {name}"));
        }
    }
    let mut text = table.text();
    if !small.is_empty() {
        let least = model.project.min_audience;
        let least = output::many(usize::try_from(least).unwrap_or(usize::MAX), "customer");
        text.push_str(&format!("  under {least}, too few to compare: {}\n", small.join(", ")));
    }
    text
}

fn messages(report: &Report) -> String {
    let (sent, withheld) = (report.sent(), report.withheld());
    if sent.is_empty() && withheld.is_empty() {
        return "\nno message was due\n".to_string();
    }
    let mut table = Table::new(&["e-mail", "messages", ""]);
    let mut emails: Vec<_> = sent.keys().chain(withheld.keys().map(|(email, _)| email)).collect();
    emails.sort();
    emails.dedup();
    for email in emails {
        let n = sent.get(email).copied().unwrap_or(0);
        table.row(&[email, &thousands(n), "sent"]);
        for ((_, reason), n) in withheld.iter().filter(|((e, _), _)| e == email) {
            table.row(&["", &thousands(*n), &format!("withheld: {reason}")]);
        }
    }
    format!("\n{}", table.text())
}
