//! The tables that a refresh keeps: their names and columns, each said here and nowhere else.

use std::sync::Arc;

use persona_model::Model;
use persona_value::{Type, Value};

use super::merge::fingerprint;
use super::{Act, Deed};
use crate::lower::{PROFILE, Profiles, own_tables};
use crate::{Aggregate, Column, Place, Plan, Rel, Scalar, Table};

/// The version of these tables' form. A change of it is a migration.
pub const VERSION: i64 = 1;

/// Of which form the tables are: one row, `version`.
pub const STATE_VERSION: &str = "state_version";
/// The tables and views that are persona's: what is not listed is not touched.
pub const OWN_TABLE: &str = "own_table";
/// A row a refresh.
pub const HISTORY: &str = "refresh_history";
/// Every segment and lifecycle of the program, and what it was defined as at the last refresh.
pub const AUDIENCE: &str = "audience_definition";
/// Who is in which segment and stage, and since when.
pub const MEMBERSHIP: &str = "membership";
/// Who entered, left or moved, and when. Rows are only ever added.
pub const LOG: &str = "membership_log";
/// How many were in each segment and stage at each refresh.
pub const AUDIENCE_SIZE: &str = "audience_size";
/// What became of each e-mail on each day.
pub const EMAIL_DAY: &str = "email_day";
/// How far each table of others was read by the last refresh.
pub const SOURCE_MARK: &str = "source_mark";
/// What a refresh changes while it is at work; gone when it is done.
pub const CHANGE: &str = "refresh_change";

/// A table that is kept from refresh to refresh.
#[derive(Clone, Debug)]
pub struct StateTable {
    /// What it holds.
    pub title: &'static str,
    /// It, with all its columns.
    pub table: Table,
}

/// What an audience is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A customer is in it or not.
    Segment,
    /// A customer is in at most one of its stages.
    Lifecycle,
}

impl Kind {
    /// As the tables write it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Segment => "segment",
            Kind::Lifecycle => "lifecycle",
        }
    }
}

fn state(title: &'static str, name: &str, columns: &[(&str, Type, bool)]) -> StateTable {
    let columns = columns.iter().map(|(name, ty, optional)| Column::new(*name, ty.clone(), *optional));
    StateTable { title, table: Table { place: Place::Own(name.into()), schema: columns.collect() } }
}

/// Every table that is kept, the version first.
pub fn state_tables() -> Vec<StateTable> {
    use Type::{Date, Int, Text, Timestamp};
    vec![
        state("Of which form these tables are.", STATE_VERSION, &[("version", Int, false)]),
        state("Tables and views that are persona's own.", OWN_TABLE, &[("name", Text, false)]),
        state(
            "A row a refresh.",
            HISTORY,
            &[
                ("refreshed_at", Timestamp, false),
                ("program", Text, false),
                ("mode", Text, false),
                ("customers", Int, true),
                ("examined", Int, true),
                ("entered", Int, true),
                ("exited", Int, true),
                ("milliseconds", Int, true),
            ],
        ),
        state(
            "Every segment and lifecycle, and what it was defined as.",
            AUDIENCE,
            &[("kind", Text, false), ("audience", Text, false), ("definition", Text, false)],
        ),
        state(
            "Who is in which segment and stage, and since when.",
            MEMBERSHIP,
            &[
                ("kind", Text, false),
                ("audience", Text, false),
                ("stage", Text, true),
                ("customer", Text, false),
                ("since", Timestamp, false),
            ],
        ),
        state(
            "Who entered, left or moved, and when. Rows are only ever added.",
            LOG,
            &[
                ("refreshed_at", Timestamp, false),
                ("kind", Text, false),
                ("audience", Text, false),
                ("customer", Text, false),
                ("change", Text, false),
                ("from_stage", Text, true),
                ("to_stage", Text, true),
                ("cause", Text, false),
            ],
        ),
        state(
            "How many were in each segment and stage at each refresh.",
            AUDIENCE_SIZE,
            &[
                ("refreshed_at", Timestamp, false),
                ("kind", Text, false),
                ("audience", Text, false),
                ("stage", Text, true),
                ("size", Int, false),
            ],
        ),
        state(
            "What became of each e-mail on each day.",
            EMAIL_DAY,
            &[
                ("email", Text, true),
                ("day", Date, false),
                ("sent", Int, false),
                ("opened", Int, false),
                ("clicked", Int, false),
            ],
        ),
        state(
            "How far each table of others was read: what is not as it says is read from the start.",
            SOURCE_MARK,
            &[
                ("program", Text, false),
                ("refreshed_at", Timestamp, false),
                ("source", Text, false),
                ("read_columns", Text, false),
                ("read_rows", Int, false),
                ("mark", Text, false),
            ],
        ),
    ]
}

/// Nobody knows any more how far tables of others were read: whoever makes persona's own tables by other means says so.
pub(super) fn forgotten() -> Deed {
    let marks = kept(SOURCE_MARK).project(vec![("source".into(), Scalar::column("source"))]);
    let act = Act::Delete(vec!["source".into()], Plan { steps: vec![], result: marks });
    Deed::new("The next refresh by persona itself reads everything.", SOURCE_MARK, act)
}

/// What makes the kept tables where there are none, for who has only SQL: `persona refresh` also migrates.
pub(super) fn made() -> Vec<Deed> {
    let mut deeds: Vec<Deed> = state_tables()
        .into_iter()
        .filter_map(|state| match state.table.place {
            Place::Own(name) => Some(Deed::new(state.title, &name, Act::Make(state.table.schema))),
            Place::Users(_) => None,
        })
        .collect();
    let version = |rel: Rel| Plan { steps: vec![], result: rel };
    let old = kept(STATE_VERSION);
    let now = constants(vec![("version".into(), Scalar::int(VERSION))]);
    let on = vec!["version".into()];
    deeds.push(Deed::new("The form of these tables.", STATE_VERSION, Act::Delete(on, version(old))));
    deeds.push(Deed::new("The form of these tables.", STATE_VERSION, Act::Insert(version(now))));
    deeds
}

/// That it was refreshed, as far as SQL by itself knows.
pub(super) fn noted(model: &Model) -> Deed {
    let row = constants(vec![
        ("refreshed_at".into(), Scalar::Now),
        ("program".into(), Scalar::text(program(model))),
        ("mode".into(), Scalar::text("script")),
    ]);
    Deed::new("That it was refreshed.", HISTORY, Act::Insert(Plan { steps: vec![], result: row }))
}

/// A fingerprint of all that is computed.
pub fn program(model: &Model) -> String {
    let plans =
        own_tables(model, &[]).iter().map(|t| format!("{}: {}\n", t.name, t.plan)).collect::<String>();
    fingerprint(&plans)
}

/// A kept table as a relation.
pub(super) fn kept(name: &str) -> Rel {
    let own = Place::Own(name.into());
    let found = state_tables().into_iter().find(|t| t.table.place == own);
    found.map_or(Rel::Union(vec![]), |t| Rel::Table(t.table))
}

/// One row of constants. Own tables are all there is to select from, so it is a row about one of them.
pub(super) fn constants(columns: Vec<(Arc<str>, Scalar)>) -> Rel {
    let one = Rel::Aggregate {
        input: Box::new(kept(STATE_VERSION)),
        keys: vec![],
        values: vec![("rows".into(), Aggregate::Count)],
    };
    one.project(columns)
}

/// The segments and lifecycles of a program with a fingerprint of what each means, also through what it reads.
pub fn declared(model: &Model) -> Vec<(Kind, Arc<str>, String)> {
    let segments = model.segments.iter().map(|s| {
        let plan = Profiles::segment(model, &s.name);
        (Kind::Segment, s.name.clone(), fingerprint(&plan.to_string()))
    });
    let lifecycles = model.lifecycles.iter().map(|l| {
        let plan = Profiles::lifecycle(model, &l.name);
        (Kind::Lifecycle, l.name.clone(), fingerprint(&plan.to_string()))
    });
    segments.chain(lifecycles).collect()
}

/// Who is where now, as the profile says: `kind`, `audience`, `stage`, `customer`.
pub(super) fn present(model: &Model, profile: &Rel) -> Rel {
    let key = Scalar::column(model.customer.key());
    let missing = || Scalar::literal(Value::Missing, Type::Text);
    let row = |kind: Kind, name: &Arc<str>, stage: Scalar| {
        vec![
            (Arc::from("kind"), Scalar::text(kind.word())),
            ("audience".into(), Scalar::text(name.clone())),
            ("stage".into(), stage),
            ("customer".into(), key.clone()),
        ]
    };
    let segments = model.segments.iter().map(|s| {
        let inside = profile.clone().filter(Scalar::column(format!("in_{}", s.name)));
        inside.project(row(Kind::Segment, &s.name, missing()))
    });
    let lifecycles = model.lifecycles.iter().map(|l| {
        let stage = || Scalar::Column(l.name.clone());
        let placed = Scalar::Not(Box::new(Scalar::IsMissing(Box::new(stage()))));
        // A stage is a value of its lifecycle's enum; the table holds those of all lifecycles.
        let text = Scalar::call(crate::Function::Concat, vec![stage(), Scalar::text("")]);
        profile.clone().filter(placed).project(row(Kind::Lifecycle, &l.name, text))
    });
    let parts: Vec<Rel> = segments.chain(lifecycles).collect();
    if parts.is_empty() {
        let nobody = kept(MEMBERSHIP).filter(Scalar::Or(vec![]));
        return nobody.project(
            ["kind", "audience", "stage", "customer"].map(|c| (c.into(), Scalar::column(c))).to_vec(),
        );
    }
    Rel::Union(parts)
}

/// The profile, as a relation of what is stored.
pub fn profile(model: &Model) -> Rel {
    let schema = Profiles::everything(model, &[]).result.schema();
    Rel::Table(Table { place: Place::Own(PROFILE.into()), schema })
}
