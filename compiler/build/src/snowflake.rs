//! Dynamic tables of Snowflake's, which keep themselves up to date.
//!
//! A dynamic table is refreshed when what it reads has changed, and not because time has passed; so the clock is a table,
//! too, which a task sets. Whatever depends on time reads it there: members come and go as time passes, and all tables
//! of one refresh have one instant. Every table says `REFRESH_MODE = FULL`, since their queries ask questions (does
//! anything exist, which is the first) that Snowflake does not answer incrementally, and would refuse or silently
//! make full.

use std::borrow::Cow;

use persona_model::Model;
use persona_plan::Plan;
use persona_plan::lower::{OwnTable, own_tables};
use persona_sql::{Clock, Dynamic, Target, Unsupported};

use crate::{Files, Options, comment, members, schedule, title};

/// Snowflake's own shortest lag.
const LEAST: i64 = 60;

pub fn files(model: &Model, warehouse: &str, options: &Options) -> Result<Files, Unsupported> {
    let own = |clock| persona_sql::Options { schema: options.schema.clone(), clock, ..Default::default() };
    let sql = own(Clock::Table(persona_sql::CLOCK.into()));
    // A table is behind by its lag and the clock's: half of the shortest span each.
    let tick = (schedule::shortest(model) / 2).max(LEAST);
    let mut files = Files::new();
    let mut script: Vec<String> = vec![];
    let schema = persona_sql::create_schema(Target::Snowflake, &sql);
    script.extend(schema.map(|sql| format!("{sql};\n")));
    let clock = persona_sql::create_clock(Target::Snowflake, &own(Clock::Engine));
    script.push(format!("{}{clock};\n", comment("What time it is for all these tables.", &[])));

    let lag = |staleness: i64| schedule::words((staleness - tick).max(LEAST));
    let made = own_tables(model, &[]);
    let mut tables: Vec<Made> = made.iter().map(Made::from).collect();
    for segment in &model.segments {
        tables.push(Made {
            name: format!("segment_{}", segment.name),
            title: format!("Segment `{}` \"{}\": the customers in it.", segment.name, segment.label),
            docs: &segment.docs,
            plan: Cow::Owned(members(model, &made, &segment.name)),
            lag: Some(lag(schedule::staleness(segment))),
        });
    }
    // What no other reads would never be refreshed if it waited for one that does.
    let queries: Vec<String> = tables
        .iter()
        .map(|table| persona_sql::query(&table.plan, Target::Snowflake, &sql))
        .collect::<Result<_, _>>()?;
    let mut listed: Vec<(String, String)> = vec![];
    for table in tables {
        let own = persona_sql::own_name(&table.name, Target::Snowflake, &sql);
        let read = queries.iter().any(|query| query.contains(&own));
        let lag = table.lag.or_else(|| (!read).then(|| lag(schedule::shortest(model))));
        let dynamic = Dynamic { lag: lag.as_deref(), warehouse };
        let statement = persona_sql::create_dynamic_table(&table.name, &table.plan, &dynamic, &sql)?;
        listed.push((table.name, format!("{}{statement};\n", comment(&table.title, table.docs))));
    }
    for (at, (name, text)) in listed.into_iter().enumerate() {
        script.push(text.clone());
        files.push((format!("tables/{:02}_{name}.sql", at + 1).into(), text));
    }
    let minutes = (tick / 60).max(1);
    let ticking = persona_sql::tick_clock(warehouse, minutes, &own(Clock::Engine));
    let ticking: String = ticking.iter().map(|sql| format!("{sql};\n")).collect();
    let every = schedule::words(tick);
    script.push(format!("{}{ticking}", comment(&format!("Sets the clock every {every}."), &[])));
    files.push(("create.sql".into(), script.join("\n")));
    Ok(files)
}

/// A table that is to be.
struct Made<'m> {
    name: String,
    title: String,
    docs: &'m [String],
    plan: Cow<'m, Plan>,
    lag: Option<String>,
}

impl<'m> From<&'m OwnTable> for Made<'m> {
    fn from(table: &'m OwnTable) -> Made<'m> {
        Made {
            name: table.name.to_string(),
            title: title(table),
            docs: &table.docs,
            plan: Cow::Borrowed(&table.plan),
            lag: None,
        }
    }
}
