//! What the SQL of a refresh costs beside what an expert writes by hand: over a shop of a million customers and fifty
//! million events in DuckDB, everybody's membership in 1, 5, 20 and 50 segments, by persona's SQL, by one query for all of
//! them, and by one query for each. `scripts/bench sql` runs it.
//!
//!   persona-bench-sql FOLDER [--small]
//!
//! FOLDER keeps the shop (700 MB; `--small`: a tenth of it). `PERSONA_SEED` chooses another one. Before anything is timed,
//! all three must find the same customers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a measurement that cannot be made ends here

mod data;
mod expert;
mod persona;
mod segments;
mod time;

use std::path::PathBuf;

use persona_warehouse::Warehouse;

use segments::Segment;
use time::Cost;

/// How many segments a program has, one measurement each.
const COUNTS: [usize; 4] = [1, 5, 20, 50];
/// How often each way is timed; the median counts.
const ROUNDS: usize = 5;

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let small = arguments.iter().position(|a| a == "--small").map(|at| arguments.remove(at)).is_some();
    let show = arguments.iter().position(|a| a == "--show").map(|at| arguments.remove(at)).is_some();
    let [folder] = &arguments[..] else { panic!("usage: persona-bench-sql FOLDER [--small]") };
    let seed = std::env::var("PERSONA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let size = if small { data::SMALL } else { data::WHOLE };
    let path = data::database(&PathBuf::from(folder), size, seed);
    println!("seed {seed}: {} customers, {} events, {} MB", size.customers, size.events, megabytes(&path));

    let mut warehouse = data::open(&path);
    // What is made while measuring lies in memory: the shop stays as it is.
    warehouse.execute("ATTACH ':memory:' AS made").unwrap();
    println!("{:<10}{:>24}{:>24}{:>24}", "segments", "persona", "expert, one query", "expert, one each");
    for count in COUNTS {
        let segments = segments::segments(count, seed);
        let ways = [
            persona::tables(&segments),
            vec![("made.together".into(), expert::together(&segments))],
            each(&segments),
        ];
        if show {
            println!(
                "{}\n\n{};\n",
                segments::program(&segments),
                ways[0].iter().map(|(_, s)| s.as_str()).collect::<Vec<_>>().join(";\n\n")
            );
            println!("{};\n", ways[1][0].1);
        }
        ways.iter().for_each(|way| make(&mut *warehouse, way));
        same(&mut *warehouse, &segments, &persona::members_of(&segments));
        let costs = time::medians(
            ROUNDS,
            &ways.map(|way| move |w: &mut dyn Warehouse| make(w, &way)),
            &mut *warehouse,
        );
        println!("{count:<10}{}", costs.iter().map(Cost::to_string).collect::<String>());
    }
}

/// Statements as tables: the name of each and its query.
type Tables = Vec<(String, String)>;

fn each(segments: &[Segment]) -> Tables {
    segments.iter().map(|s| (format!("made.each_{}", s.name), expert::alone(s))).collect()
}

fn make(warehouse: &mut dyn Warehouse, tables: &Tables) {
    for (name, query) in tables {
        let sql = format!("CREATE OR REPLACE TABLE {name} AS {query}");
        warehouse.execute(&sql).unwrap_or_else(|e| panic!("{e}\n{sql}"));
    }
}

/// Fails unless all ways have found the same members of each segment.
fn same(warehouse: &mut dyn Warehouse, segments: &[Segment], persona: &[String]) {
    let mut total = 0;
    for (segment, ours) in segments.iter().zip(persona) {
        let name = &segment.name;
        let together = format!("SELECT id FROM made.together WHERE in_{name}");
        let alone = format!("SELECT id FROM made.each_{name}");
        let mut count = |sql: String| {
            let rows = warehouse.query(&sql).unwrap_or_else(|e| panic!("{e}\n{sql}")).rows;
            match rows[0][0] {
                persona_value::Value::Int(n) => n,
                ref other => panic!("{other:?} is no count"),
            }
        };
        let members = count(format!("SELECT count(*) FROM ({ours})"));
        for (what, theirs) in [("one query", &together), ("one each", &alone)] {
            let differ = count(format!(
                "SELECT count(*) FROM ((({ours}) EXCEPT ALL ({theirs})) UNION ALL (({theirs}) EXCEPT ALL ({ours})))"
            ));
            assert_eq!(differ, 0, "{name}, {what}: {differ} customers differ: {:?}", segment.all);
        }
        assert!(members > 0, "nobody is in {name}: {:?}", segment.all);
        total += members;
    }
    println!("          {total} memberships, the same by all three");
}

fn megabytes(path: &std::path::Path) -> u64 {
    path.metadata().map_or(0, |m| m.len() / 1_000_000)
}
