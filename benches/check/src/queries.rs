//! Segments compiled to SQL, one by one.

use std::path::Path;
use std::time::{Duration, Instant};

use persona_plan::lower::Profiles;
use persona_sql::{Options, Target};

/// How long a segment takes from the model to SQL, on average over the project's, and the SQL of the first.
pub fn segments(folder: &Path) -> (Duration, String) {
    let model = persona_model::load(folder).model.expect("the project has a model");
    let options = Options { schema: vec!["store".into()], ..Options::default() };
    let sql = |name: &str| {
        let plan = Profiles::segment(&model, name);
        persona_sql::query(&plan, Target::DuckDb, &options).expect("it has a place in SQL")
    };
    let first = sql("shoes_segment_0");
    let start = Instant::now();
    for segment in &model.segments {
        sql(&segment.name);
    }
    (start.elapsed() / model.segments.len() as u32, first)
}
