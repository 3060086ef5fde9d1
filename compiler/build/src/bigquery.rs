//! Scheduled queries of BigQuery's: configurations as the Data Transfer Service takes them, and the commands that give
//! them to it. All statements of a run are evaluated at the run's own instant, `@run_time`.

use persona_model::{Model, Segment};
use persona_plan::Plan;
use persona_plan::lower::own_tables;
use persona_sql::{Clock, Target, Unsupported};
use serde_json::json;

use crate::{Files, Options, comment, members, schedule, title};

/// The shortest span of the service.
const LEAST: i64 = 300;

pub fn files(model: &Model, options: &Options) -> Result<Files, Unsupported> {
    let sql = persona_sql::Options {
        schema: options.schema.clone(),
        clock: Clock::Parameter("run_time".into()),
        ..Default::default()
    };
    let made = own_tables(model, &[]);
    let text = |name: &str, plan: &Plan, title: &str, docs: &[String]| -> Result<String, Unsupported> {
        let statements = persona_sql::create_table(name, plan, Target::BigQuery, &sql)?;
        let statements: String = statements.iter().map(|sql| format!("{sql};\n")).collect();
        Ok(format!("{}{statements}", comment(title, docs)))
    };
    let segment = |segment: &Segment| {
        let title = format!("Segment `{}` \"{}\": the customers in it.", segment.name, segment.label);
        let plan = members(model, &made, &segment.name);
        text(&format!("segment_{}", segment.name), &plan, &title, &segment.docs)
    };
    let mut files = Files::new();
    let mut commands = vec![COMMANDS.to_string()];
    for (at, (span, segments)) in schedule::by_span(model, LEAST).into_iter().enumerate() {
        let mut script: Vec<String> = vec![];
        // Those that come most often also make what all others read.
        if at == 0 {
            script.extend(persona_sql::create_schema(Target::BigQuery, &sql).map(|sql| format!("{sql};\n")));
            for table in &made {
                script.push(text(&table.name, &table.plan, &title(table), &table.docs)?);
            }
        }
        for one in segments {
            script.push(segment(one)?);
        }
        let every = schedule::words(span);
        let name = format!("every_{}", every.replace(' ', "_"));
        let query = script.join("\n");
        let configuration = json!({
            "displayName": format!("persona {}: every {every}", model.project.name),
            "dataSourceId": "scheduled_query",
            "schedule": spoken(span),
            "params": { "query": query },
        });
        commands.push(command(&name, &configuration));
        let params = json!({ "query": query });
        files.push((format!("{name}.sql").into(), query));
        files.push((format!("{name}.json").into(), format!("{configuration:#}\n")));
        files.push((format!("{name}.params.json").into(), format!("{params}\n")));
    }
    files.push(("create.sh".into(), commands.join("\n")));
    Ok(files)
}

const COMMANDS: &str = "#!/bin/sh
# Creates the scheduled queries of this folder: sh create.sh, with the place of the dataset in BIGQUERY_LOCATION.
set -eu
cd \"$(dirname \"$0\")\"
: \"${BIGQUERY_LOCATION:?where the dataset lies, as EU or us-east1}\"
";

/// The command that creates one.
fn command(name: &str, configuration: &serde_json::Value) -> String {
    let quoted = |field: &str| {
        format!("'{}'", configuration[field].as_str().unwrap_or_default().replace('\'', "'\\''"))
    };
    format!(
        "bq mk --transfer_config --location=\"$BIGQUERY_LOCATION\" \\\n  --data_source=scheduled_query \\\n  \
         --display_name={} \\\n  --schedule={} \\\n  --params=\"$(cat {name}.params.json)\"\n",
        quoted("displayName"),
        quoted("schedule"),
    )
}

/// A span as the service takes it.
fn spoken(seconds: i64) -> String {
    let minutes = (seconds / 60).max(1);
    if minutes % 60 == 0 {
        format!("every {} hours", minutes / 60)
    } else {
        format!("every {minutes} minutes")
    }
}
