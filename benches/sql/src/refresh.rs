//! What a refresh costs that goes on from the one before, beside one of everybody: the whole of `persona refresh` in DuckDB,
//! from the tables of sources to the log of who came and went.
//!
//! The shop's events lie in tables of its own, and are refreshed once. Then so many come as do in a day and a half, and the
//! clock goes on by as much; again and again. At the end a refresh of everybody at the last instant must find nothing that
//! the others left out.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use persona_model::Model;
use persona_refresh::{Asked, Mode, Report, refresh_in};
use persona_target::{Progress, Session};
use persona_warehouse::Warehouse;

use crate::data::{self, NOW, Size};
use crate::time::processor_time;
use crate::{persona, segments};

/// How many segments the program has.
const SEGMENTS: usize = 20;
/// How often new events come.
const TIMES: u64 = 3;

/// Measures and prints.
pub fn measure(folder: &Path, size: Size, seed: u64) {
    let kept = data::database(folder, size, seed, "raw");
    // What is refreshed is another each time.
    let path = kept.with_extension("refreshed");
    std::fs::copy(&kept, &path).expect("the folder has room for a second shop");
    let mut warehouse = data::open(&path);
    let program = format!("{}\n{SOURCES}", segments::program(&segments::segments(SEGMENTS, seed)));
    let model = persona::model(&program);
    let new = size.events / 500;
    // As long as so many events take to come.
    let hours = SignedDuration::from_secs(i64::try_from(730 * 86_400 * new / size.events).expect("days"));
    let mut at: Timestamp = NOW.parse().expect("an instant");
    println!("\n{SEGMENTS} segments, {new} new events each time; processor time and time on the clock");
    let first = refresh(&mut *warehouse, &model, at, false, "the first");
    assert!(matches!(first.mode, Mode::Full { .. }));
    let mut some = Vec::new();
    for time in 0..TIMES {
        data::more(&mut *warehouse, size, seed, "raw", time * new..(time + 1) * new);
        at += hours;
        let used = processor_time();
        let report = refresh(&mut *warehouse, &model, at, false, "goes on");
        some.push((processor_time() - used).as_secs_f64());
        assert!(matches!(report.mode, Mode::Incremental { .. }), "{:?}", report.mode);
    }
    let used = processor_time();
    let whole = refresh(&mut *warehouse, &model, at, true, "everybody");
    let full = (processor_time() - used).as_secs_f64();
    assert_eq!(whole.moves(), (0, 0), "nothing was left out");
    some.sort_by(f64::total_cmp);
    let median = some[some.len() / 2];
    println!("one that goes on takes {:.2} % of one of everybody", 100.0 * median / full);
    drop(warehouse);
    let _ = std::fs::remove_file(&path);
}

fn refresh(warehouse: &mut dyn Warehouse, model: &Model, at: Timestamp, full: bool, what: &str) -> Report {
    let options = persona_sql::Options { schema: vec!["persona".into()], at: Some(at), ..Default::default() };
    let session =
        Session { model, folder: Path::new("."), warehouse, dialect: persona_sql::Target::DuckDb, options };
    let (begun, used) = (Instant::now(), processor_time());
    let mut stretches = Stretches { since: used, found: vec![] };
    let asked = Asked { target: None, at, dry: false, full };
    let report = refresh_in(session, &asked, &mut stretches).unwrap_or_else(|e| panic!("{e}"));
    let (came, went) = report.moves();
    println!(
        "{what:<10}{:>8.2} s {:>8.2} s   looked at {} of {}; {came} came, {went} went",
        (processor_time() - used).as_secs_f64(),
        begun.elapsed().as_secs_f64(),
        report.examined(),
        report.customers
    );
    stretches.end_of("the rest");
    for (what, took) in stretches.found.iter().filter(|(_, took)| *took > Duration::from_millis(20)) {
        println!("{:>10}{:>8.2} s   {what}", "", took.as_secs_f64());
    }
    report
}

/// Processor time, stretch by stretch.
struct Stretches {
    since: Duration,
    found: Vec<(String, Duration)>,
}

impl Stretches {
    fn end_of(&mut self, what: &str) {
        let now = processor_time();
        self.found.push((what.to_string(), now - self.since));
        self.since = now;
    }
}

impl Progress for Stretches {
    fn start(&mut self, what: &str, _: u64) {
        self.end_of(&format!("before {what}"));
    }
    fn step(&mut self, name: &str) {
        self.end_of(name);
    }
    fn end(&mut self) {}
}

const SOURCES: &str = r#"
source people { table "raw.customer" feeds customer { id = id  email = email  country = country  signed_up = signed_up } }
source views { table "raw.event_view" feeds view { customer = customer  at = at  received = received  id = id  category = category } }
source carts { table "raw.event_cart_add" feeds cart_add { customer = customer  at = at  received = received  id = id  sku = sku } }
source purchases {
  table "raw.event_purchase"
  feeds purchase { customer = customer  at = at  received = received  id = id  total = money(total, GBP) }
}
source opens { table "raw.event_email_open" feeds email_open { customer = customer  at = at  received = received  id = id } }
source clicks { table "raw.event_email_click" feeds email_click { customer = customer  at = at  received = received  id = id } }
"#;
