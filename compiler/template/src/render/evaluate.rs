//! What an expression yields.

use persona_value::Value;

use super::{Renderer, failed};
use crate::cell::{Cell, MISSING};
use crate::code::{ATTRIBUTE, Call, Code, Else, LoopFact, Translated};
use crate::data::{Fallback, Stop};
use crate::filter::end_of;

impl Renderer<'_> {
    pub(super) fn truth(&mut self, code: &Code) -> Result<bool, Stop> {
        Ok(self.value(code)?.is_truthy())
    }

    pub(super) fn value(&mut self, code: &Code) -> Result<Cell, Stop> {
        Ok(match code {
            Code::Constant(cell) => cell.clone(),
            Code::Root(root) => self.root(*root),
            Code::Variable { variable, counter, root } => self.variable(*variable, *counter, *root),
            Code::Counter(counter) => self.counters[*counter].map_or(MISSING, Cell::int),
            Code::Named(name) => {
                let name = self.value(name)?.to_text().into_owned();
                let variable = self.program.names.get(&*name).and_then(|slot| self.variables[*slot].clone());
                variable.unwrap_or_else(|| Cell::Value(self.data.value(&name)))
            }
            Code::Field(from, name) => match self.value(from)? {
                Cell::Value(record @ Value::Record(_)) => Cell::Value(record.field(name).clone()),
                _ => MISSING,
            },
            Code::Row(entity, key) => match self.value(key)? {
                Cell::Value(Value::Missing) => MISSING,
                key => Cell::Value(self.data.entity(entity, &key.into_value())),
            },
            Code::Rows(entity, keys) => {
                let keys = self.value(keys)?.items();
                let rows =
                    keys.iter().map(|key| self.data.entity(entity, key)).filter(|row| !row.is_missing());
                Cell::list(rows.collect())
            }
            Code::Now => Cell::Value(Value::Instant(self.setting.now)),
            Code::Item(list, index) => {
                let (list, index) = (self.value(list)?, self.value(index)?);
                item(&list, &index)
            }
            Code::Step(from, step) => {
                let (from, step) = (self.value(from)?, self.value(step)?);
                step_into(&from, &step)
            }
            Code::Size(of) => match self.value(of)? {
                Cell::Value(Value::Missing) => MISSING,
                cell => Cell::int(cell.size() as i64),
            },
            Code::First(list) => end_of(&self.value(list)?, true),
            Code::Last(list) => end_of(&self.value(list)?, false),
            Code::Loop(outer, fact) => self.loop_fact(*outer, *fact),
            Code::Segment(segment) => Cell::bool(self.data.in_segment(segment)),
            Code::Range(first, last) => Cell::Range(self.end(first)?, self.end(last)?),
            Code::Compare(operator, left, right, span) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                let holds = self.compare(*operator, &left, &right);
                Cell::bool(holds.map_err(|reason| failed(*span, reason))?)
            }
            Code::Rank(value, of) => {
                let rank = self.value(value)?.as_text().and_then(|text| of.rank(text));
                rank.map_or(MISSING, |rank| Cell::int(rank as i64))
            }
            Code::Present(value) => Cell::bool(!self.value(value)?.is_missing()),
            Code::Blank(value) => Cell::bool(self.value(value)?.is_blank()),
            Code::Empty(value) => Cell::bool(self.value(value)?.is_empty()),
            Code::Not(condition) => Cell::bool(!self.truth(condition)?),
            Code::Logic(first, rest) => Cell::bool(self.logic(first, rest)?),
            Code::Filter(call) => self.call(call)?,
            Code::Shown(value, show) => {
                let cell = self.value(value)?;
                self.shown(cell, show)
            }
            Code::Else(or_else) => self.or_else(or_else)?,
            Code::Translated(text) => self.translated(text)?,
        })
    }

    fn translated(&mut self, text: &Translated) -> Result<Cell, Stop> {
        let count = match &text.count {
            Some(count) => Some(self.end(count)?),
            None => None,
        };
        let Some(wording) = self.data.wording(&text.key, count) else {
            return Err(failed(text.span, format!("no language has a text called `{}`", text.key)));
        };
        // Piece by piece, so that what is put in is never looked at for names.
        let mut said = String::with_capacity(wording.len());
        let mut rest = &*wording;
        while let Some((before, behind)) = rest.split_once('{') {
            said.push_str(before);
            let named = behind.split_once('}');
            let argument = named.and_then(|(name, _)| text.arguments.iter().find(|(n, _)| **n == *name));
            match (named, argument) {
                (Some((_, behind)), Some((_, code))) => {
                    said.push_str(&self.value(code)?.to_text());
                    rest = behind;
                }
                _ => {
                    said.push('{');
                    rest = behind;
                }
            }
        }
        said.push_str(rest);
        Ok(Cell::Value(Value::Text(said.into())))
    }

    fn root(&mut self, root: usize) -> Cell {
        if let Some(cell) = &self.roots[root] {
            return cell.clone();
        }
        let name = &self.program.roots[root];
        let cell = Cell::Value(match name.strip_prefix(ATTRIBUTE) {
            Some(attribute) => self.data.attribute(attribute),
            None => self.data.value(name),
        });
        self.roots[root] = Some(cell.clone());
        cell
    }

    fn variable(&mut self, variable: usize, counter: Option<usize>, root: Option<usize>) -> Cell {
        if let Some(cell) = &self.variables[variable] {
            return cell.clone();
        }
        if let Some(count) = counter.and_then(|counter| self.counters[counter]) {
            return Cell::int(count);
        }
        root.map_or(MISSING, |root| self.root(root))
    }

    /// An end of a range: a whole number, the whole part of another, 0 of anything else.
    fn end(&mut self, code: &Code) -> Result<i64, Stop> {
        let cell = self.value(code)?;
        Ok(match cell.number() {
            Some(number) => i64::try_from(number.trunc()).unwrap_or(0),
            None => cell.as_text().and_then(|text| text.trim().parse().ok()).unwrap_or(0),
        })
    }

    /// From the right: in `a and b or c` all that follows the `and` is one group, so that `a` decides alone where
    /// it is false. What does not matter is not evaluated.
    fn logic(&mut self, first: &Code, rest: &[(bool, Code)]) -> Result<bool, Stop> {
        let mut condition = first;
        for (and, next) in rest {
            let holds = self.truth(condition)?;
            if holds != *and {
                return Ok(holds);
            }
            condition = next;
        }
        self.truth(condition)
    }

    fn call(&mut self, call: &Call) -> Result<Cell, Stop> {
        let input = self.value(&call.input)?;
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for code in &call.arguments {
            arguments.push(self.value(code)?);
        }
        // Where types are checked, what is made of nothing is nothing.
        if self.setting.typed && (input.is_missing() || arguments.iter().any(Cell::is_missing)) {
            return Ok(MISSING);
        }
        (call.filter.run)(self.setting, &input, &arguments)
            .map_err(|reason| failed(call.span, format!("`{}`: {reason}", call.filter.name)))
    }

    fn or_else(&mut self, or_else: &Else) -> Result<Cell, Stop> {
        let value = self.value(&or_else.value)?;
        let absent = match &value {
            Cell::Value(Value::Bool(false)) => !self.truth(&or_else.allow_false)?,
            Cell::Value(Value::Missing) => true,
            value => value.is_empty() && !matches!(value, Cell::Range(..)),
        };
        if !absent {
            return Ok(value);
        }
        let fallback = self.value(&or_else.fallback)?;
        if let Some(noted) = self.data.fallbacks()
            && let Some(name) = self.named(&or_else.value)
        {
            let fallback = Fallback { name, to: fallback.to_text().into_owned() };
            let mut noted = noted.borrow_mut();
            if !noted.contains(&fallback) {
                noted.push(fallback);
            }
        }
        Ok(fallback)
    }

    /// What a template calls a value, if it has a name.
    fn named(&self, code: &Code) -> Option<String> {
        match code {
            Code::Root(root) | Code::Variable { root: Some(root), .. } => {
                let name = &self.program.roots[*root];
                Some(name.strip_prefix(ATTRIBUTE).unwrap_or(name).to_string())
            }
            Code::Field(from, name) => Some(format!("{}.{name}", self.named(from)?)),
            Code::Filter(call) => self.named(&call.input),
            _ => None,
        }
    }

    fn loop_fact(&self, outer: usize, fact: LoopFact) -> Cell {
        let Some(round) = self.loops.iter().rev().nth(outer) else { return MISSING };
        let (index, length) = (round.index as i64, round.length as i64);
        let columns = round.columns.max(1) as i64;
        match fact {
            LoopFact::Index => Cell::int(index + 1),
            LoopFact::Index0 => Cell::int(index),
            LoopFact::ReverseIndex => Cell::int(length - index),
            LoopFact::ReverseIndex0 => Cell::int(length - index - 1),
            LoopFact::First => Cell::bool(index == 0),
            LoopFact::Last => Cell::bool(index + 1 == length),
            LoopFact::Length => Cell::int(length),
            LoopFact::Name => Cell::text(round.name.clone()),
            LoopFact::Row => Cell::int(index / columns + 1),
            LoopFact::Column => Cell::int(index % columns + 1),
            LoopFact::Column0 => Cell::int(index % columns),
            LoopFact::ColumnFirst => Cell::bool(index % columns == 0),
            LoopFact::ColumnLast => Cell::bool(index % columns + 1 == columns || index + 1 == length),
            LoopFact::Itself => Cell::Loop,
        }
    }
}

/// `list[index]`, from the end where the index is negative.
fn item(list: &Cell, index: &Cell) -> Cell {
    let (Cell::Value(Value::Int(index)), size) = (index, list.size() as i64) else { return MISSING };
    let place = if *index < 0 { size.saturating_add(*index) } else { *index };
    let Some(place) = usize::try_from(place).ok().filter(|place| (*place as i64) < size) else {
        return MISSING;
    };
    match list {
        Cell::Value(Value::List(items)) => items.get(place).cloned().map_or(MISSING, Cell::Value),
        Cell::Range(first, _) => Cell::int(first + place as i64),
        _ => MISSING,
    }
}

/// Liquid's own step: a field, an item, or one of the three words every list has.
fn step_into(from: &Cell, step: &Cell) -> Cell {
    if let Cell::Value(Value::Int(_)) = step {
        return item(from, step);
    }
    let Some(name) = step.as_text() else { return MISSING };
    if let Cell::Value(record @ Value::Record(fields)) = from
        && fields.iter().any(|(field, _)| field == name)
    {
        return Cell::Value(record.field(name).clone());
    }
    match (&**name, from) {
        ("size", Cell::Value(Value::Text(_) | Value::List(_) | Value::Record(_)) | Cell::Range(..)) => {
            Cell::int(from.size() as i64)
        }
        ("first", _) => end_of(from, true),
        ("last", _) => end_of(from, false),
        _ => MISSING,
    }
}
