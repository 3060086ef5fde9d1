//! A dbt project of as many models as persona has declarations: staging models over sources, and models that read one
//! to three others, each with its description.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use fastrand::Rng;

/// The files of a project with so many models.
pub fn project(seed: u64, models: usize) -> BTreeMap<PathBuf, String> {
    let mut rng = Rng::with_seed(seed);
    let mut files = BTreeMap::new();
    let mut add = |path: String, text: String| drop(files.insert(PathBuf::from(path), text));
    add("dbt_project.yml".into(), PROJECT.into());
    add("profiles.yml".into(), PROFILES.into());
    let sources = models / 20;
    let mut listed = String::from("version: 2\nsources:\n  - name: raw\n    tables:\n");
    for i in 0..sources {
        let _ = writeln!(listed, "      - name: t{i}");
    }
    add("models/sources.yml".into(), listed);
    for folder in 0..models.div_ceil(25) {
        let mut described = String::from("version: 2\nmodels:\n");
        for i in folder * 25..models.min(folder * 25 + 25) {
            let _ = writeln!(described, "  - name: m{i}\n    description: \"Group {i} of the customers.\"");
            let model = if i < sources { staging(i) } else { audience(i, &mut rng) };
            add(format!("models/f{folder}/m{i}.sql"), model);
        }
        add(format!("models/f{folder}/schema.yml"), described);
    }
    files
}

fn staging(i: usize) -> String {
    format!(
        "select customer_id, cast(at as timestamp) as at, order_id, cast(total as decimal(38, 9)) as total\nfrom {{{{ source('raw', 't{i}') }}}}\nwhere customer_id is not null\n"
    )
}

fn audience(i: usize, rng: &mut Rng) -> String {
    let from = rng.usize(..i);
    let days = [7, 14, 30, 60, 90, 365][rng.usize(..6)];
    let (n, amount) = (rng.u32(1..9), rng.u32(2..60) * 10);
    let mut text = format!(
        "select customer_id, max(at) as at, min(order_id) as order_id, sum(total) as total\nfrom {{{{ ref('m{from}') }}}}\nwhere at > current_timestamp - interval '{days} days'\n"
    );
    for _ in 0..rng.usize(..3) {
        let _ = writeln!(
            text,
            "  and customer_id in (select customer_id from {{{{ ref('m{}') }}}})",
            rng.usize(..i)
        );
    }
    let _ = writeln!(text, "group by customer_id\nhaving count(*) > {n} and avg(total) > {amount}");
    text
}

const PROJECT: &str = r#"name: store
version: "1.0"
config-version: 2
profile: store
model-paths: ["models"]
flags:
  send_anonymous_usage_stats: false
"#;

const PROFILES: &str = r#"store:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: store.duckdb
      threads: 2
"#;
