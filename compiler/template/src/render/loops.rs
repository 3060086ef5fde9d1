//! Loops, tables and cycles.

use persona_diagnostics::Span;
use persona_value::Value;

use super::{Ended, MOST_ROUNDS, Renderer, Round, failed};
use crate::cell::Cell;
use crate::code::{Code, Group, Loop, Print};
use crate::data::Stop;

impl Renderer<'_> {
    /// The items a loop goes through.
    fn items(&mut self, head: &Loop) -> Result<Vec<Value>, Stop> {
        let list = self.value(&head.list)?;
        let size = list.size();
        if matches!(list, Cell::Range(..)) && size > MOST_ROUNDS {
            return Err(failed(head.span, format!("a range of {size} numbers is too long to go through")));
        }
        let mut items = match list {
            Cell::Value(Value::List(items)) => items,
            Cell::Value(Value::Text(text)) if text.is_empty() => Vec::new(),
            list if head.lone && !matches!(list, Cell::Range(..)) => vec![list.into_value()],
            Cell::Value(Value::Record(fields)) => fields
                .iter()
                .map(|(name, value)| Value::List(vec![Value::Text(name.clone()), value.clone()]))
                .collect(),
            list @ (Cell::Value(Value::Text(_)) | Cell::Markup(_) | Cell::Range(..)) => list.items(),
            _ => Vec::new(),
        };
        let mut start = match &head.offset {
            Some(offset) => self.count(offset, head.span)?,
            None => 0,
        };
        if head.resume {
            start = self.ends.get(&head.name).copied().unwrap_or(0);
        }
        let limit = match &head.limit {
            Some(limit) => self.count(limit, head.span)?,
            None => usize::MAX,
        };
        let start = start.min(items.len());
        let end = start.saturating_add(limit).min(items.len());
        self.ends.insert(head.name.clone(), end);
        items.truncate(end);
        items.drain(..start);
        if head.reversed {
            items.reverse();
        }
        Ok(items)
    }

    /// A count of items; nothing counts as none.
    fn count(&mut self, code: &Code, span: Span) -> Result<usize, Stop> {
        match self.value(code)? {
            Cell::Value(Value::Int(count)) => Ok(usize::try_from(count).unwrap_or(0)),
            Cell::Value(Value::Decimal(count)) => Ok(usize::try_from(count.trunc()).unwrap_or(0)),
            Cell::Value(Value::Missing) if self.setting.typed => Ok(0),
            Cell::Value(Value::List(_)) => Err(failed(span, "a list is not a count of items".into())),
            other => {
                let text = other.to_text().into_owned();
                text.trim().parse().map_err(|_| failed(span, format!("`{text}` is not a count of items")))
            }
        }
    }

    pub(super) fn repeat(&mut self, head: &Loop) -> Result<Ended, Stop> {
        let items = self.items(head)?;
        if items.is_empty() {
            return self.ops(&head.otherwise);
        }
        self.loops.push(Round { index: 0, length: items.len(), name: head.name.clone(), columns: 0 });
        let mut result = Ok(());
        for (index, item) in items.into_iter().enumerate() {
            match self.round(head, index, item) {
                Ok(Ended::WithBreak) => break,
                Ok(_) => {}
                Err(stop) => {
                    result = Err(stop);
                    break;
                }
            }
        }
        self.loops.pop();
        self.variables[head.variable] = None;
        result.map(|()| Ended::AtItsEnd)
    }

    fn round(&mut self, head: &Loop, index: usize, item: Value) -> Result<Ended, Stop> {
        *self.rounds = self.rounds.saturating_sub(1);
        if *self.rounds == 0 {
            return Err(failed(head.span, format!("loops go round more than {MOST_ROUNDS} times")));
        }
        if let Some(round) = self.loops.last_mut() {
            round.index = index;
        }
        self.variables[head.variable] = Some(Cell::Value(item));
        self.ops(&head.body)
    }

    /// Rows of a table, so many cells each.
    pub(super) fn table(&mut self, head: &Loop) -> Result<Ended, Stop> {
        let columns = match &head.columns {
            Some(columns) => self.count(columns, head.span)?,
            None => 0,
        };
        let items = self.items(head)?;
        let columns = if columns == 0 { items.len().max(1) } else { columns };
        let length = items.len();
        self.loops.push(Round { index: 0, length, name: head.name.clone(), columns });
        self.out.push_str("<tr class=\"row1\">\n");
        for (index, item) in items.into_iter().enumerate() {
            let (row, column) = (index / columns, index % columns);
            if column == 0 && row > 0 {
                self.out.push_str(&format!("</tr>\n<tr class=\"row{}\">", row + 1));
            }
            self.out.push_str(&format!("<td class=\"col{}\">", column + 1));
            let ended = self.round(head, index, item)?;
            self.out.push_str("</td>");
            if ended == Ended::WithBreak {
                break;
            }
        }
        self.out.push_str("</tr>\n");
        self.loops.pop();
        self.variables[head.variable] = None;
        Ok(Ended::AtItsEnd)
    }

    pub(super) fn cycle(&mut self, group: &Group, values: &[Print]) -> Result<(), Stop> {
        let key = match group {
            Group::Values(values) => format!("={values}"),
            Group::Named(code) => self.value(code)?.to_text().into_owned(),
        };
        let turn = self.cycles.entry(key).or_insert(0);
        let index = *turn;
        *turn = if index + 1 >= values.len() { 0 } else { index + 1 };
        match values.get(index) {
            Some(print) => self.print(print),
            None => Ok(()),
        }
    }
}
