//! CSV files, read without guessing.
//!
//! DuckDB's sniffer settles quietly for a wrong reading: a ragged file becomes one column of text, `01/02/2026` the second of
//! January or the first of February, a number of twenty digits a rounded double. So the header line says what separates cells,
//! every cell is read as text, and a column has a type only where all of its cells have that type's plain form.

use std::path::Path;

use persona_value::Value;

use crate::error::{Error, between};
use crate::session::Session;
use crate::sql::{file, literal, name};

/// The query that reads the file, its columns in their types.
pub(crate) fn select(session: &mut Session, path: &Path) -> Result<String, Error> {
    let header = header(session, path)?;
    let source = source(&header, path)?;
    let types = types(session, &header.columns, &source, path)?;
    let columns: Vec<String> = header
        .columns
        .iter()
        .zip(types)
        .map(|(column, ty)| format!("{} AS {}", ty.cast(column), name(column)))
        .collect();
    Ok(format!("SELECT {} FROM {source}", columns.join(", ")))
}

/// What the first line says.
#[derive(Debug, PartialEq)]
struct Header {
    separator: char,
    columns: Vec<String>,
}

fn header(session: &mut Session, path: &Path) -> Result<Header, Error> {
    // U+0001 separates nothing, so each line is one cell; the engine opens the file, compressed or not, as it will later.
    let sql = format!(
        "SELECT line FROM read_csv({}, auto_detect = false, header = false, quote = '', escape = '', delim = '\u{1}', \
         columns = {{'line': 'VARCHAR'}}) LIMIT 1",
        file(path)?
    );
    let rows = session.query(&sql).map_err(|error| unreadable(path, error))?.rows;
    let refuse = |detail: String| Error::FileUnreadable { path: path.to_path_buf(), line: Some(1), detail };
    let line = match rows.first().and_then(|row| row.first()) {
        Some(Value::Text(line)) => line.clone(),
        _ => return Err(refuse("there is no header line".into())),
    };
    parse_header(&line).map_err(refuse)
}

fn parse_header(line: &str) -> Result<Header, String> {
    let outside_quotes = |separator: char| {
        let mut quoted = false;
        line.chars().filter(|c| (quoted ^= *c == '"', !quoted && *c == separator).1).count()
    };
    // The first of equals: a header without any of them is one column.
    let separator = [',', ';', '\t', '|'].into_iter().rev().max_by_key(|s| outside_quotes(*s)).unwrap_or(',');
    let mut columns: Vec<String> = Vec::new();
    for (index, cell) in cells(line, separator)?.into_iter().enumerate() {
        let cell = if cell.is_empty() { format!("column{}", index + 1) } else { cell };
        // DuckDB's names do not tell capitals apart.
        if columns.iter().any(|before| before.to_lowercase() == cell.to_lowercase()) {
            return Err(format!("the header has two columns of the name `{cell}`"));
        }
        columns.push(cell);
    }
    Ok(Header { separator, columns })
}

fn cells(line: &str, separator: char) -> Result<Vec<String>, String> {
    let mut cells = vec![String::new()];
    let mut letters = line.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        let Some(cell) = cells.last_mut() else { break };
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if quoted || cell.trim().is_empty() => quoted = !quoted,
            _ if letter == separator && !quoted => cells.push(String::new()),
            _ => cell.push(letter),
        }
    }
    if quoted {
        return Err("a quote in the header line is not closed".into());
    }
    Ok(cells.into_iter().map(|cell| cell.trim().to_string()).collect())
}

fn source(header: &Header, path: &Path) -> Result<String, Error> {
    let columns: Vec<String> =
        header.columns.iter().map(|column| format!("{}: 'VARCHAR'", literal(column))).collect();
    Ok(format!(
        "read_csv({}, auto_detect = false, header = true, delim = {}, quote = '\"', escape = '\"', nullstr = '', \
         strict_mode = true, columns = {{{}}})",
        file(path)?,
        literal(&header.separator.to_string()),
        columns.join(", ")
    ))
}

/// What a column is loaded as.
#[derive(Clone, Copy, Debug, PartialEq)]
enum ColumnType {
    Text,
    Plain(&'static str),
    Decimal,
    Zoned,
}

impl ColumnType {
    fn cast(self, column: &str) -> String {
        let cell = name(column);
        match self {
            ColumnType::Text => cell,
            ColumnType::Plain(ty) => format!("CAST({cell} AS {ty})"),
            // DuckDB reads digits into 128 bits thirty times slower than into 64, where most numbers fit.
            ColumnType::Decimal => {
                format!(
                    "coalesce(CAST(TRY_CAST({cell} AS DECIMAL(18,9)) AS DECIMAL(38,9)), CAST({cell} AS DECIMAL(38,9)))"
                )
            }
            // An instant, in the form all instants have here: naive, in UTC.
            ColumnType::Zoned => format!("CAST(CAST({cell} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS TIMESTAMP)"),
        }
    }
}

/// The plain form of each kind of cell. A cell is of the first kind whose form it has, if it can also be cast to the type
/// beside it: not every `\d{4}-\d{2}-\d{2}` is a day.
const KINDS: &[(&str, &str, Option<&str>)] = &[
    ("int", r"-?(0|[1-9]\d{0,18})", Some("BIGINT")),
    ("decimal", r"-?(0|[1-9]\d{0,28})(\.\d{1,9})?|-?\.\d{1,9}", None),
    ("double", r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", Some("DOUBLE")),
    ("bool", r"(?i)true|false", None),
    ("date", r"\d{4}-\d{2}-\d{2}", Some("DATE")),
    ("time", r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?", Some("TIME")),
    ("instant", r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?", Some("TIMESTAMP")),
    (
        "zoned",
        r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z| UTC|[+-]\d{2}(:?\d{2})?)",
        Some("TIMESTAMPTZ"),
    ),
];

/// The kind of all other cells.
const TEXT: &str = "text";

/// The types that hold several kinds at once, narrowest first.
const TYPES: &[(&[&str], ColumnType)] = &[
    (&["int"], ColumnType::Plain("BIGINT")),
    (&["int", "decimal"], ColumnType::Decimal),
    (&["int", "decimal", "double"], ColumnType::Plain("DOUBLE")),
    (&["bool"], ColumnType::Plain("BOOLEAN")),
    (&["date"], ColumnType::Plain("DATE")),
    (&["time"], ColumnType::Plain("TIME")),
    (&["date", "instant"], ColumnType::Plain("TIMESTAMP")),
    (&["date", "instant", "zoned"], ColumnType::Zoned),
];

/// How many rows are looked at first.
const SAMPLE: u32 = 10_000;

/// The columns' types, by every cell. Most of the work is spared by a look at the first rows: a column with a text in them is
/// text, and for the others what was seen there is tried first.
fn types(
    session: &mut Session,
    columns: &[String],
    source: &str,
    path: &Path,
) -> Result<Vec<ColumnType>, Error> {
    let first = format!("(SELECT * FROM {source} LIMIT {SAMPLE})");
    let lists = columns.iter().map(|column| kinds_of(&name(column), &[])).collect();
    let seen = kinds(session, lists, &first, path)?;
    let look_again = |(column, seen): (&String, &Vec<String>)| match seen.iter().any(|kind| kind == TEXT) {
        true => format!("[{}]", literal(TEXT)),
        false => kinds_of(&name(column), seen),
    };
    let lists = columns.iter().zip(&seen).map(look_again).collect();
    Ok(kinds(session, lists, source, path)?.iter().map(|kinds| holding(kinds)).collect())
}

/// What each of these lists of kinds is over the source's rows.
fn kinds(
    session: &mut Session,
    lists: Vec<String>,
    source: &str,
    path: &Path,
) -> Result<Vec<Vec<String>>, Error> {
    // The count makes one row of it also where every list is a constant.
    let sql = format!("SELECT {}, count(*) FROM {source}", lists.join(", "));
    let mut rows = session.query(&sql).map_err(|error| unreadable(path, error))?.rows;
    let kinds = |list| match list {
        Value::List(kinds) => kinds.iter().filter_map(Value::as_text).map(str::to_string).collect(),
        _ => Vec::new(),
    };
    Ok(rows.pop().unwrap_or_default().into_iter().take(lists.len()).map(kinds).collect())
}

/// The set of kinds of a column's cells, as a list. The kinds in `first` are tried before the others: a whole number may then
/// count as a decimal, but only where decimals were seen.
fn kinds_of(cell: &str, first: &[String]) -> String {
    let (before, after): (Vec<_>, Vec<_>) =
        KINDS.iter().partition(|(kind, _, _)| first.iter().any(|seen| seen == kind));
    let cases: Vec<String> = before
        .into_iter()
        .chain(after)
        .map(|(kind, form, ty)| {
            let cast = ty.map_or(String::new(), |ty| format!(" AND TRY_CAST({cell} AS {ty}) IS NOT NULL"));
            format!("WHEN regexp_full_match(trim({cell}), {}){cast} THEN '{kind}'", literal(form))
        })
        .collect();
    format!("list(DISTINCT CASE {} ELSE '{TEXT}' END) FILTER ({cell} IS NOT NULL)", cases.join(" "))
}

fn holding(kinds: &[String]) -> ColumnType {
    if kinds.is_empty() {
        return ColumnType::Text;
    }
    let holds = |held: &[&str]| kinds.iter().all(|kind| held.contains(&kind.as_str()));
    TYPES.iter().find(|(held, _)| holds(held)).map_or(ColumnType::Text, |(_, ty)| *ty)
}

/// What the engine says about a file, in our words where it is about a line.
pub(crate) fn unreadable(path: &Path, error: Error) -> Error {
    let Error::Statement { sql, detail } = error else { return error };
    let about_the_file =
        ["Invalid Input Error", "Invalid Error", "IO Error", "Conversion Error", "Serialization Error"];
    if !about_the_file.iter().any(|kind| detail.starts_with(kind)) {
        return Error::Statement { sql, detail };
    }
    let line = between(&detail, "CSV Error on Line: ", "\n").and_then(|line| line.trim().parse().ok());
    let expected = between(&detail, "Expected Number of Columns: ", " Found: ");
    let found = between(&detail, " Found: ", "\n");
    let told = if let (Some(expected), Some(found)) = (expected, found) {
        format!("the header has {expected} columns, this line has {found}")
    } else if detail.contains("unterminated quote") {
        "a quote is opened and not closed, or closed within a cell".into()
    } else if detail.contains("not utf-8 encoded") {
        "the text is not UTF-8".into()
    } else if detail.contains("Maximum line size") {
        "the line is longer than 2 MB".into()
    } else if detail.contains("state machine reached an invalid state") {
        "this is not CSV, or its lines end in different ways (some with a carriage return, some without)"
            .into()
    } else {
        // The first line says what is wrong; the rest are the engine's options.
        let first = detail.lines().next().unwrap_or(&detail);
        first.split_once(": ").map_or(first, |(_, words)| words).to_string()
    };
    Error::FileUnreadable { path: path.to_path_buf(), line, detail: told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_says_what_separates() {
        let read = |line| parse_header(line).map(|header| (header.separator, header.columns.join("/")));
        assert_eq!(read("id,name"), Ok((',', "id/name".into())));
        assert_eq!(read("id;amount, gross;at"), Ok((';', "id/amount, gross/at".into())));
        assert_eq!(read("\"a,b\"\t\"say \"\"hi\"\"\""), Ok(('\t', "a,b/say \"hi\"".into())));
        assert_eq!(read("only"), Ok((',', "only".into())));
        assert_eq!(read(",x,"), Ok((',', "column1/x/column3".into())));
        assert_eq!(read("id,ID"), Err("the header has two columns of the name `ID`".into()));
        assert_eq!(read("id,\"na"), Err("a quote in the header line is not closed".into()));
    }
}
