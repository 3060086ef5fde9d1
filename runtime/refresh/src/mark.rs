//! How far a table of others was read, and what became of it since: nothing, new rows and no other change, or anything.
//!
//! Nothing is taken on trust. DuckDB numbers rows as they come; the rows up to the last one that was read are counted, and
//! hashed in the columns that are read, and must be what they were. PostgreSQL knows which transaction wrote each version of
//! a row: of those that the last refresh could see none may be gone. Rows of a view have neither; it is as it was, or it is
//! another.

use persona_plan::refresh::SOURCE_MARK;
use persona_plan::{Place, Table};
use persona_sql::Target;
use persona_target::{Session, whole};
use persona_value::Value;
use persona_warehouse::Rows;

use crate::Error;

/// How far a table was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Which table.
    pub source: String,
    /// The columns that are read, with their types.
    columns: String,
    rows: i64,
    /// The engine's own word on these rows: up to where they go, and what they hold.
    until: String,
    holds: String,
}

/// What became of a table since it was marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// Nothing.
    Same,
    /// It has new rows, and the old ones.
    More,
    /// Anything else.
    Other,
}

/// A table of others, as it is.
#[derive(Clone, Debug)]
pub(crate) struct Looked {
    pub place: Place,
    pub mark: Mark,
    pub since: Since,
    /// The mark before.
    known: Option<Mark>,
}

/// Everything the last refresh noted, if it was of this program.
pub(crate) fn known(session: &mut Session, program: &str, last: &Value) -> Result<Vec<Mark>, Error> {
    let table = session.own(SOURCE_MARK);
    let rows = session.warehouse.query(&format!(
        "SELECT program, refreshed_at, source, read_columns, read_rows, mark FROM {table}"
    ))?;
    let text = |value: &Value| value.as_text().unwrap_or_default().to_string();
    let ours = rows.rows.iter().filter(|row| text(&row[0]) == program && row[1] == *last);
    let marks = ours.map(|row| {
        let mark = text(&row[5]);
        let (until, holds) = mark.split_once('|').unwrap_or_default();
        let (until, holds) = (until.to_string(), holds.to_string());
        Mark { source: text(&row[2]), columns: text(&row[3]), rows: whole(&row[4]), until, holds }
    });
    Ok(marks.collect())
}

/// Notes how far each table was read, in the place of what was noted before.
pub(crate) fn note(
    session: &mut Session,
    program: &str,
    at: jiff::Timestamp,
    looked: &[Looked],
) -> Result<(), Error> {
    let table = session.own(SOURCE_MARK);
    session.warehouse.execute(&format!("DELETE FROM {table}"))?;
    let rows = looked.iter().map(|looked| {
        let mark = &looked.mark;
        vec![
            Value::text(program),
            Value::Instant(at),
            Value::text(&*mark.source),
            Value::text(&*mark.columns),
            Value::Int(mark.rows),
            Value::text(format!("{}|{}", mark.until, mark.holds)),
        ]
    });
    let columns = ["program", "refreshed_at", "source", "read_columns", "read_rows", "mark"];
    let rows = Rows { columns: columns.map(String::from).to_vec(), rows: rows.collect() };
    Ok(session.warehouse.insert(&table, &rows)?)
}

/// What became of a table.
pub(crate) fn look(session: &mut Session, table: &Table, known: &[Mark]) -> Result<Looked, Error> {
    let name = name(session, &table.place);
    let source = table.place.to_string();
    let types = session.warehouse.columns(&name)?.unwrap_or_default();
    let strict = session.dialect == Target::Postgres;
    let columns = table.schema.columns.iter().filter_map(|column| {
        let same =
            |name: &str| if strict { name == &*column.name } else { name.eq_ignore_ascii_case(&column.name) };
        types.iter().find(|c| same(&c.name))
    });
    let columns: Vec<(String, String)> = columns.map(|c| (quoted(&c.name), c.type_name.clone())).collect();
    let read = columns.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>().join(", ");
    let read = if read.is_empty() { "1".to_string() } else { read };
    let columns = columns.iter().map(|(name, ty)| format!("{name} {ty}")).collect::<Vec<_>>().join(", ");
    let known = known.iter().find(|k| k.source == source && k.columns == columns).cloned();
    let numbered = is_numbered(session, &table.place, &name)?;
    let row = match session.dialect {
        Target::Postgres if numbered => session.warehouse.query(&by_transactions(&name, known.as_ref()))?,
        Target::Postgres => {
            let hash = format!("SUM(HASHTEXTEXTENDED(ROW({read})::text, 0)::numeric)");
            session.warehouse.query(&by_content(&name, &hash))?
        }
        _ if numbered => session.warehouse.query(&by_numbers(&name, &read, known.as_ref()))?,
        _ => session.warehouse.query(&by_content(&name, &format!("SUM(hash({read}))")))?,
    };
    let row = row.rows.into_iter().next().unwrap_or_default();
    let text = |at: usize| row.get(at).and_then(Value::as_text).unwrap_or_default().to_string();
    let number = |at: usize| row.get(at).map_or(0, whole);
    let mark = Mark { source, columns, rows: number(0), until: text(1), holds: text(2) };
    let since = match &known {
        None => Since::Other,
        Some(known) if known.until.is_empty() || mark.until.is_empty() => {
            if *known == mark {
                Since::Same
            } else {
                Since::Other
            }
        }
        Some(known) if number(3) != known.rows || text(4) != known.holds => Since::Other,
        Some(known) if mark.rows == known.rows => Since::Same,
        Some(_) => Since::More,
    };
    Ok(Looked { place: table.place.clone(), mark, since, known })
}

/// Copies what is new of a table that has [`Since::More`].
pub(crate) fn copy_new(session: &mut Session, looked: &Looked, into: &str) -> Result<(), Error> {
    let Some(known) = &looked.known else { return Ok(()) };
    let (from, into) = (name(session, &looked.place), session.own(into));
    let new = match session.dialect {
        Target::Postgres => {
            format!("NOT {} AND {}", visible(&known.until), visible(&looked.mark.until))
        }
        _ => format!("rowid > {}", number(&known.until)),
    };
    session.warehouse.execute(&format!("DROP TABLE IF EXISTS {into}"))?;
    session.warehouse.execute(&format!("CREATE TABLE {into} AS SELECT * FROM {from} WHERE {new}"))?;
    Ok(())
}

fn name(session: &Session, place: &Place) -> String {
    match place {
        Place::Users(path) => persona_sql::users_name(path, session.dialect),
        Place::Own(name) => session.own(name),
    }
}

/// Whether the engine can tell new rows of this table from old ones: a view has none of its own.
fn is_numbered(session: &mut Session, place: &Place, name: &str) -> Result<bool, Error> {
    let Place::Users(path) = place else { return Ok(true) };
    let sql = match session.dialect {
        Target::Postgres => format!(
            "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass({}) AND relkind IN ('r', 'p', 'm')",
            literal(name)
        ),
        // A view of that name anywhere is reason enough to doubt.
        _ => {
            let last = path.rsplit('.').next().unwrap_or(path).trim_matches('"');
            format!(
                "SELECT 1 - LEAST(1, COUNT(*)) FROM duckdb_views() WHERE lower(view_name) = lower({})",
                literal(last)
            )
        }
    };
    let rows = session.warehouse.query(&sql)?.rows;
    Ok(rows.first().and_then(|row| row.first()).is_some_and(|n| whole(n) > 0))
}

fn by_content(name: &str, hash: &str) -> String {
    format!("SELECT COUNT(*), '' AS until, CAST(COALESCE({hash}, 0) AS VARCHAR) AS holds FROM {name}")
}

fn by_numbers(name: &str, read: &str, known: Option<&Mark>) -> String {
    let old = format!("FILTER (WHERE rowid <= {})", known.map_or(-1, |known| number(&known.until)));
    let hash = |which: &str| format!("CAST(COALESCE(SUM(hash({read})) {which}, 0) AS VARCHAR)");
    format!(
        "SELECT COUNT(*), CAST(COALESCE(MAX(rowid), -1) AS VARCHAR) AS until, {} AS holds, COUNT(*) {old}, {} AS held \
         FROM {name}",
        hash(""),
        hash(&old)
    )
}

fn by_transactions(name: &str, known: Option<&Mark>) -> String {
    let old = match known {
        Some(known) => visible(&known.until),
        None => "FALSE".into(),
    };
    let sum = |which: &str| format!("COALESCE(SUM({XID}) {which}, 0)::text");
    format!(
        "SELECT COUNT(*), pg_current_snapshot()::text AS until, {} AS holds, COUNT(*) FILTER (WHERE {old}), {} AS held \
         FROM {name}",
        sum(""),
        sum(&format!("FILTER (WHERE {old})"))
    )
}

/// The number of the transaction that wrote a version of a row, with its epoch: that of the present, or the one before.
const XID: &str = "(xmin::text::bigint + (pg_snapshot_xmax(pg_current_snapshot())::text::bigint >> 32 << 32) \
    - CASE WHEN xmin::text::bigint > (pg_snapshot_xmax(pg_current_snapshot())::text::bigint & 4294967295) \
    THEN 4294967296 ELSE 0 END)";

/// Whether a snapshot shows a version of a row.
fn visible(snapshot: &str) -> String {
    format!("pg_visible_in_snapshot(GREATEST({XID}, 0)::text::xid8, {}::pg_snapshot)", literal(snapshot))
}

fn number(text: &str) -> i64 {
    text.parse().unwrap_or(-1)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
