//! Which customers a refresh looks at: those of whom something new is known, and those for whom a window ends or an instant
//! has come. What cannot be known so is looked at as a whole.

use jiff::Timestamp;
use persona_model::Model;
use persona_plan::lower::{CUSTOMER, Staged, staging};
use persona_plan::refresh::Deed;
use persona_plan::refresh::examine::{self, Made, compiled, made_of, over};
use persona_plan::{Place, Plan};
use persona_target::{Progress, Session, SetAside, check_columns, rows_set_aside, whole};
use persona_value::Value;

use crate::mark::{self, Looked, Mark, Since};
use crate::{Asked, Error, Mode};

/// Where new rows of the sources lie while a refresh is at work.
pub(crate) fn new_rows(at: usize) -> String {
    format!("refresh_source_{}", at + 1)
}

/// The sources, as they are, and what was known of them.
pub(crate) struct Sources {
    pub program: String,
    pub looked: Vec<Looked>,
    known: Vec<Mark>,
}

/// Looks how far each source was read, and what became of it.
pub(crate) fn look(session: &mut Session, last: Option<Timestamp>) -> Result<Sources, Error> {
    check_columns(session)?;
    let program = compiled(session.model);
    let known = match last {
        Some(last) => mark::known(session, &program, &Value::Instant(last))?,
        None => vec![],
    };
    let looked = examine::read(session.model);
    let looked: Result<Vec<Looked>, Error> =
        looked.iter().map(|table| mark::look(session, table, &known)).collect();
    Ok(Sources { program, looked: looked?, known })
}

impl Sources {
    /// Why everything must be read again, if it must.
    pub fn because(&self, model: &Model, asked: &Asked, last: Option<Timestamp>) -> Option<String> {
        match last {
            _ if asked.full => return Some("it was asked for".into()),
            None => return Some("it is the first refresh here".into()),
            Some(last) if last > asked.at => {
                return Some("it is of an instant before the last refresh".into());
            }
            Some(_) if self.known.is_empty() => {
                return Some("the program or the tables are not those of the last refresh".into());
            }
            Some(_) => {}
        }
        staging(model).iter().find_map(|table| {
            let worst = self.inputs(table).into_iter().max_by_key(|l| l.since as u8)?;
            match (made_of(model, &table.table), worst.since) {
                (Made::State, _) | (_, Since::Same) | (Made::Rows(_), Since::More) => None,
                (_, Since::Other) => {
                    Some(format!("`{}` changed otherwise than by new rows", worst.mark.source))
                }
                (Made::Groups, Since::More) => Some(format!(
                    "`{}` has new rows, and `{}` is made of several rows each",
                    worst.mark.source, table.table
                )),
            }
        })
    }

    /// What a staged table is made of.
    fn inputs(&self, table: &Staged) -> Vec<&Looked> {
        let plans = table.set_aside.iter().map(|(_, plan)| plan).chain([&table.plan]);
        let places: Vec<&Place> = plans.flat_map(Plan::tables).map(|table| &table.place).collect();
        self.looked.iter().filter(|looked| places.contains(&&looked.place)).collect()
    }

    /// A plan over the new rows of these sources alone.
    fn over_new(&self, plan: &Plan) -> Plan {
        over(plan, &|place| {
            let at = self.looked.iter().position(|looked| looked.place == *place)?;
            let new = || Place::Own(new_rows(at).into());
            Some((self.looked[at].since == Since::More).then(new))
        })
    }
}

/// Brings persona's own tables of customers, events and entities up to date, and notes who is looked at. Says why it is
/// everybody, if it is.
pub(crate) fn stage(
    session: &mut Session,
    sources: &Sources,
    (then, now): (Timestamp, Timestamp),
    progress: &mut dyn Progress,
) -> Result<(Vec<SetAside>, Mode), Error> {
    let model = session.model;
    let staged = staging(model);
    progress.start("reading what is new", staged.len() as u64);
    crate::run(session, &examine::begin())?;
    for (at, looked) in sources.looked.iter().enumerate().filter(|(_, l)| l.since == Since::More) {
        mark::copy_new(session, looked, &new_rows(at))?;
    }
    let mut everybody = examine::ranks(model).then(|| "customers are ranked among each other".to_string());
    let mut aside = Vec::new();
    for table in &staged {
        if sources.inputs(table).iter().all(|looked| looked.since == Since::Same) {
            continue;
        }
        match made_of(model, &table.table) {
            Made::Rows(event) => {
                let plans = table.set_aside.iter();
                let plans = plans.map(|(source, plan)| (source.clone(), sources.over_new(plan)));
                aside.extend(rows_set_aside(session, &plans.collect::<Vec<_>>(), |_| true)?);
                all(session, &examine::join_events(event, sources.over_new(&table.plan)))?;
            }
            _ => {
                aside.extend(rows_set_aside(session, &table.set_aside, |_| true)?);
                all(session, &examine::make_anew(model, table))?;
                if examine::reads_entity(model, &table.table)
                    && number(session, &examine::how_many_differ(table))? > 0
                {
                    everybody = Some(format!("rows of `{}` changed", table.table));
                }
            }
        }
        progress.step(&table.table);
    }
    for at in 0..sources.looked.len() {
        let sql = persona_sql::drop_table(&new_rows(at), session.dialect, &session.options);
        session.warehouse.execute(&sql)?;
    }
    match examine::time_passed(model, then, now) {
        Some(deeds) if everybody.is_none() => all(session, &deeds)?,
        Some(_) => {}
        None => everybody = Some("time may have changed something for anybody".into()),
    }
    progress.end();
    aside.sort_by(|a, b| (&a.source, &a.field).cmp(&(&b.source, &b.field)));
    aside.dedup();
    let found = number(session, &examine::how_many(model))?;
    let of = crate::count(session, CUSTOMER)?;
    let mode = match everybody {
        Some(because) => Mode::Full { because },
        None if found * 2 > of => Mode::Full { because: "that is most customers".into() },
        None => Mode::Incremental { examined: found },
    };
    Ok((aside, mode))
}

pub(crate) fn all(session: &mut Session, deeds: &[Deed]) -> Result<(), Error> {
    deeds.iter().try_for_each(|deed| crate::run(session, deed).map(drop))
}

fn number(session: &mut Session, plan: &Plan) -> Result<i64, Error> {
    let rows = session.query(plan)?.rows;
    Ok(rows.first().and_then(|row| row.first()).map_or(0, whole))
}
