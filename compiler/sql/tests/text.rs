//! What the SQL looks like, and that each dialect's own parser reads it back to the letter.

mod plans;

use persona_plan::{Column, Place, Plan, Rel, Scalar, Table};
use persona_sql::{Options, Target, create_schema, create_table, create_view, own_name, query, users_name};
use persona_value::Type;
use sqlparser::dialect::{
    BigQueryDialect, DatabricksDialect, Dialect, DuckDbDialect, PostgreSqlDialect, SnowflakeDialect,
};
use sqlparser::parser::{Parser, ParserError, ParserOptions};

fn parser(target: Target) -> Box<dyn Dialect> {
    match target {
        Target::DuckDb => Box::new(DuckDbDialect {}),
        Target::Postgres => Box::new(PostgreSqlDialect {}),
        Target::Snowflake => Box::new(SnowflakeDialect {}),
        Target::BigQuery => Box::new(BigQueryDialect {}),
        Target::Databricks => Box::new(DatabricksDialect {}),
    }
}

/// The statements as the dialect's parser reads and prints them. Literals stay as written: what they stand for is
/// the engines' tests' business.
fn read_back(sql: &str, target: Target) -> Result<Vec<String>, ParserError> {
    let dialect = parser(target);
    let options = ParserOptions::new().with_unescape(false);
    let statements = Parser::new(&*dialect).with_options(options).try_with_sql(sql)?.parse_statements()?;
    Ok(statements.iter().map(|s| one_line(&s.to_string())).collect())
}

/// Without the layout.
fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(").replace(" )", ")")
}

fn options() -> Options {
    Options { schema: vec!["shop".into(), "persona".into()], at: None, ..Default::default() }
}

#[test]
fn every_statement_is_read_back_to_the_letter() {
    for (name, plan) in plans::all() {
        for target in Target::ALL {
            for at in [None, Some("2026-03-01T10:00:00.5Z".parse().unwrap())] {
                let options = Options { at, ..options() };
                let sql = query(&plan, target, &options).unwrap();
                assert_eq!(read_back(&sql, target), Ok(vec![one_line(&sql)]), "{name} {target}");
                let tables = create_table(name, &plan, target, &options).unwrap();
                let views = create_view(name, &plan, target, &options).unwrap();
                let schema = create_schema(target, &options);
                for sql in tables.into_iter().chain(views).chain(schema) {
                    assert_eq!(read_back(&sql, target), Ok(vec![one_line(&sql)]), "{name} {target}");
                }
            }
        }
    }
}

/// In DuckDB, whole; what it reads like is the point.
#[test]
fn duckdb() {
    for (name, plan) in plans::all() {
        insta::assert_snapshot!(format!("duckdb_{name}"), query(&plan, Target::DuckDb, &options()).unwrap());
    }
}

/// In the others, the plans that show most of what differs.
#[test]
fn the_other_dialects() {
    for target in [Target::Postgres, Target::Snowflake, Target::BigQuery, Target::Databricks] {
        for (name, plan) in plans::all() {
            if ["frequent_buyers", "high_value", "last_order", "not_gold_or_abroad", "buckets"]
                .contains(&name)
            {
                insta::assert_snapshot!(
                    format!("{target}_{name}"),
                    query(&plan, target, &options()).unwrap()
                );
            }
        }
    }
}

#[test]
fn names_are_quoted_and_nothing_gets_out_of_them() {
    let names = |name: &str| Target::ALL.map(|t| users_name(name, t));
    assert_eq!(
        names("raw.Invoices"),
        [
            r#""raw"."Invoices""#,
            r#""raw"."Invoices""#,
            r#""RAW"."INVOICES""#,
            "`raw`.`Invoices`",
            "`raw`.`Invoices`"
        ]
    );
    assert_eq!(
        names(r#"a"; DROP TABLE b; --`\"#),
        [
            r#""a""; DROP TABLE b; --`\""#,
            r#""a""; DROP TABLE b; --`\""#,
            r#""A""; DROP TABLE B; --`\""#,
            r#"`a"; DROP TABLE b; --\`\\`"#,
            r#"`a"; DROP TABLE b; --``\`"#
        ]
    );
    assert_eq!(
        own_name("event_purchase", Target::Snowflake, &options()),
        r#""SHOP"."PERSONA"."EVENT_PURCHASE""#
    );
    assert_eq!(own_name("t", Target::DuckDb, &Options::default()), r#""t""#);
    assert_eq!(create_schema(Target::DuckDb, &Options::default()), None);
    assert_eq!(
        create_schema(Target::BigQuery, &options()).as_deref(),
        Some("CREATE SCHEMA IF NOT EXISTS `shop`.`persona`")
    );
}

#[test]
fn targets_are_named_as_in_the_project_file() {
    for target in Target::ALL {
        assert_eq!(target.to_string().parse(), Ok(target));
    }
    assert_eq!(
        "oracle".parse::<Target>(),
        Err("`oracle` is none of duckdb, postgres, snowflake, bigquery, databricks".into())
    );
}

/// Lists lie in tables of their own: one as a column is a mistake of the compiler, and said to be.
#[test]
fn a_list_is_no_column() {
    let mut plan = plans::buckets();
    let skus = Column::new("skus", Type::List(Box::new(Type::Text)), false);
    let schema = [skus].into_iter().collect();
    plan.result = Rel::Table(Table { place: Place::Own("cart".into()), schema });
    let refused = query(&plan, Target::DuckDb, &options()).unwrap_err();
    let told = "internal error: `skus` of type list<string> cannot be written as SQL";
    assert_eq!(refused.to_string(), told);
}

/// The clock is read once, and the same for a whole statement; or it is given.
#[test]
fn now_is_the_engines_or_given() {
    let given = Options { at: Some("2026-03-01T10:00:00.5Z".parse().unwrap()), ..Options::default() };
    let now = |target, options: &Options| {
        let rel = plans::customer().project(vec![("now".into(), Scalar::Now)]);
        let sql = query(&Plan { steps: vec![], result: rel }, target, options).unwrap();
        sql.lines().next().unwrap_or_default().to_owned()
    };
    let told = |options: &Options| Target::ALL.map(|t| now(t, options));
    assert_eq!(
        told(&Options::default()),
        [
            r#"SELECT TIMEZONE('UTC', NOW()) AS "now""#,
            r#"SELECT NOW() AT TIME ZONE 'UTC' AS "now""#,
            r#"SELECT CAST(CONVERT_TIMEZONE('UTC', CURRENT_TIMESTAMP()) AS TIMESTAMP_NTZ(6)) AS "NOW""#,
            "SELECT CURRENT_TIMESTAMP() AS `now`",
            "SELECT TIMESTAMPADD(MICROSECOND, UNIX_MICROS(CURRENT_TIMESTAMP()), TIMESTAMP_NTZ '1970-01-01 00:00:00') AS `now`",
        ]
    );
    assert_eq!(
        told(&given),
        [
            r#"SELECT TIMESTAMP '2026-03-01 10:00:00.5' AS "now""#,
            r#"SELECT TIMESTAMP '2026-03-01 10:00:00.5' AS "now""#,
            r#"SELECT CAST('2026-03-01 10:00:00.5' AS TIMESTAMP_NTZ(6)) AS "NOW""#,
            "SELECT TIMESTAMP '2026-03-01 10:00:00.5+00' AS `now`",
            "SELECT TIMESTAMP_NTZ '2026-03-01 10:00:00.5' AS `now`",
        ]
    );
}
