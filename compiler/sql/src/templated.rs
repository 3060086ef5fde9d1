//! Queries as templates of dbt: tables by `ref` and `source`, everything else escaped.

use sqlparser::ast::{Ident, ObjectName};

/// What begins something in Jinja.
const OPENINGS: [&str; 3] = ["{{", "{%", "{#"];

/// One of persona's own tables: a model of the same name.
pub fn own(name: &str) -> ObjectName {
    ObjectName::from(vec![Ident::new(format!("{{{{ ref('{}') }}}}", quoted(name)))])
}

/// A user's table: declared as a source.
pub fn users(name: &str) -> ObjectName {
    let (source, table) = source(name);
    let text = format!("{{{{ source('{}', '{}') }}}}", quoted(&source), quoted(&table));
    ObjectName::from(vec![Ident::new(text)])
}

/// The source that a user's table is of, and its name there.
pub fn source(name: &str) -> (String, String) {
    match name.rsplit_once('.') {
        Some((schema, table)) => (schema.replace('.', "_").to_lowercase(), table.to_string()),
        None => ("raw".to_string(), name.to_string()),
    }
}

/// A name of a table inside a string of Jinja.
fn quoted(name: &str) -> String {
    name.replace('\\', "\\\\").replace('\'', "\\'")
}

/// A laid out query with what would begin something in Jinja escaped, but for the names of tables. These cannot be
/// confused with text of the user's: inside an SQL string a quote is never a lone one.
pub fn escaped(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    loop {
        let next = OPENINGS.iter().filter_map(|o| rest.find(o).map(|at| (at, *o))).min();
        let Some((at, opening)) = next else { break };
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(length) = table(rest) {
            out.push_str(&rest[..length]);
            rest = &rest[length..];
        } else {
            out.push_str(&format!("{{{{ '{opening}' }}}}"));
            rest = &rest[opening.len()..];
        }
    }
    out + rest
}

/// The length of the name of a table that the text begins with, if it does.
fn table(text: &str) -> Option<usize> {
    let arguments = text.strip_prefix("{{ ref(").or_else(|| text.strip_prefix("{{ source("))?;
    let inside = arguments.strip_prefix('\'')?;
    // In a string of SQL the quote would be doubled or escaped.
    if inside.starts_with('\'') || text[..text.len() - arguments.len()].ends_with('\\') {
        return None;
    }
    text.find(") }}").map(|end| end + ") }}".len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_tables_are_kept_and_all_else_is_escaped() {
        let sql = "SELECT '{{ x }} {% y', '{# {{ ref(''t'') }}' FROM {{ ref('event_purchase') }} JOIN {{ source('raw', 'o') }}";
        assert_eq!(
            escaped(sql),
            "SELECT '{{ '{{' }} x }} {{ '{%' }} y', '{{ '{#' }} {{ '{{' }} ref(''t'') }}' FROM \
             {{ ref('event_purchase') }} JOIN {{ source('raw', 'o') }}"
        );
    }

    #[test]
    fn a_table_is_of_the_source_that_its_schema_names() {
        assert_eq!(source("raw.invoices"), ("raw".into(), "invoices".into()));
        assert_eq!(source("SHOP.RAW.INVOICES"), ("shop_raw".into(), "INVOICES".into()));
        assert_eq!(source("invoices"), ("raw".into(), "invoices".into()));
    }
}
