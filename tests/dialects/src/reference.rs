//! A case by the reference evaluator.

use std::sync::Arc;

use persona_model::Model;
use persona_plan::{Place, Rows, Tables, check, evaluate, prune};

use crate::plans::{self, Named};
use crate::{Answer, Case, Raw};

/// The answer that counts. Fails, in words, where a plan breaks the rules of the algebra.
pub fn answer(model: &Model, case: &Case) -> Result<Answer, String> {
    let mut tables = Tables::new();
    for table in &case.tables {
        tables.insert(table.place.clone(), table.as_rows());
    }
    let mut answer = Answer::default();
    let mut run = |named: Named, tables: &mut Tables| -> Result<(), String> {
        check(&named.plan).map_err(|e| format!("{}: {e}\n{}", named.name, named.plan))?;
        // What nobody reads costs the evaluator most of its time; of all else it is given the plan as it was lowered.
        let rows = evaluate(&prune(named.plan.clone()), tables, case.now)
            .map_err(|e| format!("{}: {e}\n{}", named.name, named.plan))?;
        let columns = rows.schema.columns.iter().map(|c| c.name.to_string()).collect();
        answer.add(&named.name, columns, rows.rows.clone());
        if let Some(table) = &named.table {
            tables.insert(Place::Own(Arc::from(table.as_str())), rows);
        }
        Ok(())
    };
    for named in plans::tables(model) {
        run(named, &mut tables)?;
    }
    if case.each {
        for named in plans::declarations(model, case.from()) {
            run(named, &mut tables)?;
        }
    }
    Ok(answer)
}

impl crate::RawTable {
    /// As the evaluator takes them: columns of no type.
    pub fn as_rows(&self) -> Rows {
        let column = |(name, _): &(String, Raw)| {
            persona_plan::Column::new(name.as_str(), persona_value::Type::Raw, true)
        };
        Rows::new(self.columns.iter().map(column).collect(), self.rows.clone())
    }
}
