//! What the SQL of a refresh costs beside what an expert writes by hand: over a shop of a million customers and fifty
//! million events in DuckDB, everybody's membership in 1, 5, 20 and 50 segments, by persona's SQL, by one query for all of
//! them, and by one query for each. `scripts/bench sql` runs it.
//!
//!   persona-bench-sql FOLDER [--small] [--show] [--refresh]
//!
//! FOLDER keeps the shop (800 MB; `--small`: a tenth of it), of which `PERSONA_SEED` chooses another; `--show` prints
//! programs and queries. `--refresh` measures whole refreshes instead, of everybody and of those of whom something is new, and
//! needs three times the room. Before anything is timed, all three ways must find the same customers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a measurement that cannot be made ends here

mod data;
mod expert;
mod persona;
mod refresh;
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
    let refresh = arguments.iter().position(|a| a == "--refresh").map(|at| arguments.remove(at)).is_some();
    let show = arguments.iter().position(|a| a == "--show").map(|at| arguments.remove(at)).is_some();
    let [folder] = &arguments[..] else {
        panic!("usage: persona-bench-sql FOLDER [--small] [--show] [--refresh]")
    };
    let seed = std::env::var("PERSONA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let size = if small { data::SMALL } else { data::WHOLE };
    if refresh {
        println!("seed {seed}: {} customers, {} events", size.customers, size.events);
        return refresh::measure(&PathBuf::from(folder), size, seed);
    }
    let path = data::database(&PathBuf::from(folder), size, seed, "persona");
    println!("seed {seed}: {} customers, {} events, {} MB", size.customers, size.events, megabytes(&path));

    let mut warehouse = data::open(&path);
    // What is made while measuring lies in memory: the shop stays as it is.
    warehouse.execute("ATTACH ':memory:' AS made").unwrap();
    for (what, alike) in [("such as a shop has", false), ("much alike", true)] {
        println!("\nsegments {what}; processor time and time on the clock");
        println!("{:<10}{:>24}{:>24}{:>24}", "", "persona", "expert, one query", "expert, one each");
        for count in COUNTS {
            let segments = if alike { segments::alike(count, seed) } else { segments::segments(count, seed) };
            measure(&mut *warehouse, &segments, show);
        }
    }
}

/// One line of a table, once all three ways have found the same.
fn measure(warehouse: &mut dyn Warehouse, segments: &[Segment], show: bool) {
    let ways = [
        persona::tables(segments),
        vec![("made.together".into(), expert::together(segments))],
        segments.iter().map(|s| (format!("made.each_{}", s.name), expert::alone(s))).collect(),
    ];
    if show {
        println!("{}", segments::program(segments));
        ways.iter().flatten().for_each(|(name, query)| println!("-- {name}\n{query};\n"));
    }
    ways.iter().for_each(|way| make(warehouse, way));
    let members = same(warehouse, segments, &persona::members_of(segments));
    let costs = time::medians(ROUNDS, &ways.map(|way| move |w: &mut dyn Warehouse| make(w, &way)), warehouse);
    let times = |a: &Cost, b: &Cost| a.processor.as_secs_f64() / b.processor.as_secs_f64();
    println!(
        "{:<10}{}   {:.2} of one query, {:.1} times one each; {members} memberships",
        segments.len(),
        costs.iter().map(Cost::to_string).collect::<String>(),
        times(&costs[0], &costs[1]),
        times(&costs[2], &costs[0]),
    );
}

/// Statements as tables: the name of each and its query.
type Tables = Vec<(String, String)>;

fn make(warehouse: &mut dyn Warehouse, tables: &Tables) {
    for (name, query) in tables {
        let sql = format!("CREATE OR REPLACE TABLE {name} AS {query}");
        warehouse.execute(&sql).unwrap_or_else(|e| panic!("{e}\n{sql}"));
    }
}

/// How many members there are in all. Fails unless all ways have found the same ones of each segment.
fn same(warehouse: &mut dyn Warehouse, segments: &[Segment], persona: &[String]) -> i64 {
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
    total
}

fn megabytes(path: &std::path::Path) -> u64 {
    path.metadata().map_or(0, |m| m.len() / 1_000_000)
}
