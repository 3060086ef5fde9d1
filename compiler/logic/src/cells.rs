//! Each term cut into cells by the points it is compared with, and missing as one cell more: every test is then a set
//! of cells, and not passing it is the rest of them.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use persona_value::Type;

use crate::lower::Lowering;
use crate::point::{Point, Test};
use crate::term::{Formula, TermId, all, any, not};

/// A set of cells.
pub(crate) type Cells = u128;

/// Cells that one term is cut into at most.
const MOST_CELLS: usize = 127;
/// Parts that a question has at most.
const MOST_PARTS: usize = 4_000;

/// A term in one question.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub term: TermId,
    pub points: Vec<Point>,
    pub cells: Vec<Cell>,
}

/// Values that no test tells apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Missing,
    /// How they compare with each point.
    Value(Vec<Ordering>),
}

/// A formula over cells.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    True,
    False,
    Is(usize, Cells),
    All(Vec<Node>),
    Any(Vec<Node>),
}

/// Formulas over the same variables.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub variables: Vec<Variable>,
    pub places: HashMap<TermId, usize>,
    /// What every term meets.
    pub limits: Vec<Node>,
    pub nodes: Vec<Node>,
    /// All cells of each variable.
    pub domains: Vec<Cells>,
}

/// What is assumed of a question.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Frame {
    /// The instant it is asked at; without one, any.
    pub now: Option<Timestamp>,
    /// What is only compared with the past has happened: nobody signs up tomorrow.
    pub past: bool,
    /// Nothing happens at the very instant that a stretch of time begins or ends.
    pub apart: bool,
}

impl Question {
    /// None where it is too large. `more` are terms that count though no formula names them.
    pub fn new(
        lowering: &mut Lowering,
        formulas: &[Arc<Formula>],
        more: &[TermId],
        frame: Frame,
    ) -> Option<Question> {
        let mut gathered = Gathered::default();
        let mut parts = 0;
        for formula in formulas {
            gathered.formula(formula, &mut parts)?;
        }
        for term in more {
            gathered.term(*term);
        }
        let mut limits = Vec::new();
        let mut at = 0;
        while at < gathered.order.len() {
            let term = gathered.order[at];
            at += 1;
            if let Some(limit) = lowering.terms[term].limits.clone() {
                let present = Arc::new(Formula::Is(term, Test::Present, true));
                let limit = any([not(&present), limit]);
                gathered.formula(&limit, &mut parts)?;
                limits.push(limit);
            }
        }
        if frame.past {
            limits.extend(gathered.past(lowering));
        }
        let mut variables = Vec::new();
        let mut places = HashMap::new();
        let mut domains = Vec::new();
        for term in &gathered.order {
            let variable = variable(lowering, *term, &gathered.tests[term], frame)?;
            places.insert(*term, variables.len());
            domains.push(full(variable.cells.len()));
            variables.push(variable);
        }
        let mut question = Question { variables, places, limits: vec![], nodes: vec![], domains };
        let resolve = Resolve { lowering, now: frame.now };
        question.limits = vec![question.node(&all(limits), &resolve)];
        question.nodes = formulas.iter().map(|f| question.node(f, &resolve)).collect();
        Some(question)
    }

    fn node(&self, formula: &Formula, resolve: &Resolve) -> Node {
        match formula {
            Formula::True => Node::True,
            Formula::False => Node::False,
            Formula::All(parts) => Node::All(parts.iter().map(|p| self.node(p, resolve)).collect()),
            Formula::Any(parts) => Node::Any(parts.iter().map(|p| self.node(p, resolve)).collect()),
            Formula::Is(term, test, holds) => {
                let place = self.places[term];
                let cells = self.cells(place, &resolve.test(test));
                Node::Is(place, if *holds { cells } else { self.domains[place] & !cells })
            }
        }
    }

    /// The cells whose values pass a test.
    pub fn cells(&self, place: usize, test: &Test) -> Cells {
        let variable = &self.variables[place];
        let mut cells = 0;
        for (at, cell) in variable.cells.iter().enumerate() {
            let passes = match cell {
                Cell::Missing => false,
                Cell::Value(orders) => test.passes(|point| {
                    let place = variable.points.iter().position(|p| p == point);
                    // A point of another kind, as a name that is no value of the enum, equals nothing.
                    place.map_or(Ordering::Less, |place| orders[place])
                }),
            };
            cells |= Cells::from(passes) << at;
        }
        cells
    }
}

/// All of so many cells.
fn full(count: usize) -> Cells {
    if count >= 128 { Cells::MAX } else { (1 << count) - 1 }
}

struct Resolve<'l, 'm> {
    lowering: &'l Lowering<'m>,
    now: Option<Timestamp>,
}

impl Resolve<'_, '_> {
    /// The test at the question's instant.
    fn test(&self, test: &Test) -> Test {
        let Some(now) = self.now else { return test.clone() };
        let at = |point: &Point| point.at(now, &self.lowering.model.project);
        let bound = |b: &Option<(Point, bool)>| b.as_ref().map(|(p, with)| (at(p), *with));
        match test {
            Test::Present => Test::Present,
            Test::OneOf(points) => Test::OneOf(points.iter().map(at).collect()),
            Test::Range(low, high) => Test::Range(bound(low), bound(high)),
        }
    }
}

/// The terms of a question in the order they are met, and their tests.
#[derive(Default)]
struct Gathered {
    order: Vec<TermId>,
    tests: HashMap<TermId, Vec<Test>>,
}

impl Gathered {
    fn term(&mut self, term: TermId) -> &mut Vec<Test> {
        let order = &mut self.order;
        self.tests.entry(term).or_insert_with(|| {
            order.push(term);
            Vec::new()
        })
    }

    fn formula(&mut self, formula: &Formula, parts: &mut usize) -> Option<()> {
        *parts += 1;
        if *parts > MOST_PARTS {
            return None;
        }
        match formula {
            Formula::True | Formula::False => {}
            Formula::Is(term, test, _) => {
                let tests = self.term(*term);
                if !tests.contains(test) {
                    tests.push(test.clone());
                }
            }
            Formula::All(inner) | Formula::Any(inner) => {
                for part in inner {
                    self.formula(part, parts)?;
                }
            }
        }
        Some(())
    }

    /// Instants and days that are only compared with the past lie in it.
    fn past(&mut self, lowering: &Lowering) -> Vec<Arc<Formula>> {
        let mut limits = Vec::new();
        for term in &self.order {
            let now = match lowering.terms[*term].ty {
                Type::Timestamp => Point::Ago(0),
                Type::Date => Point::Day { months: 0, days: 0 },
                _ => continue,
            };
            let Some(tests) = self.tests.get_mut(term) else { continue };
            let past = |p: &Point| match p {
                Point::Ago(seconds) => *seconds >= 0,
                Point::Day { months, days } | Point::Start { months, days } => *months >= 0 && *days <= 1,
                _ => false,
            };
            if !tests.is_empty() && tests.iter().flat_map(Test::points).all(past) {
                let limit = Test::Range(Some((now, false)), None);
                tests.push(limit.clone());
                limits.push(Arc::new(Formula::Is(*term, limit, false)));
            }
        }
        limits
    }
}

fn variable(lowering: &Lowering, id: TermId, tests: &[Test], frame: Frame) -> Option<Variable> {
    let term = &lowering.terms[id];
    let mut points: Vec<Point> = Vec::new();
    let mut add = |point: Point| {
        if !points.contains(&point) {
            points.push(point);
        }
    };
    let listed = match &term.ty {
        Type::Enum(values) => {
            values.values.iter().for_each(|v| add(Point::Text(v.clone())));
            true
        }
        Type::Bool => {
            [true, false].into_iter().for_each(|truth| add(Point::Bool(truth)));
            true
        }
        _ => {
            for point in tests.iter().flat_map(Test::points) {
                add(match frame.now {
                    Some(now) => point.at(now, &lowering.model.project),
                    None => point.clone(),
                });
            }
            false
        }
    };
    let mut cells: Vec<Cell> = Vec::new();
    if term.optional {
        cells.push(Cell::Missing);
    }
    if listed {
        let count = points.len();
        // Names have no order: a value equals one of them and none of the others.
        let only = |at: usize| {
            let order = |place| if place == at { Ordering::Equal } else { Ordering::Less };
            Cell::Value((0..count).map(order).collect())
        };
        cells.extend((0..count).map(only));
    } else {
        cells.extend(between(&points, term.grain)?.into_iter().map(Cell::Value));
    }
    if frame.apart && term.ty == Type::Timestamp {
        let moves = |point: &Point| matches!(point, Point::Ago(_));
        let meets = |orders: &[Ordering]| orders.iter().zip(&points).any(|(o, p)| o.is_eq() && moves(p));
        cells.retain(|cell| !matches!(cell, Cell::Value(orders) if meets(orders)));
    }
    (cells.len() <= MOST_CELLS).then_some(Variable { term: id, points, cells })
}

/// Every way in which a value can compare with these points.
fn between(points: &[Point], grain: Option<i128>) -> Option<Vec<Vec<Ordering>>> {
    let mut ways: Vec<Vec<Ordering>> = vec![vec![]];
    for (at, point) in points.iter().enumerate() {
        let mut longer = Vec::new();
        for way in ways {
            for order in [Ordering::Less, Ordering::Equal, Ordering::Greater] {
                let fits = way.iter().zip(points).all(|(known, other)| match other.order(point) {
                    None => true,
                    // Against a larger point, what is not above the smaller one is below.
                    Some(Ordering::Less) => order.is_lt() || known.is_gt(),
                    Some(Ordering::Greater) => order.is_gt() || known.is_lt(),
                    Some(Ordering::Equal) => order == *known,
                });
                if fits {
                    let mut way = way.clone();
                    way.push(order);
                    longer.push(way);
                }
            }
        }
        ways = longer;
        if ways.len() > MOST_CELLS {
            return None;
        }
        debug_assert!(ways.iter().all(|w| w.len() == at + 1));
    }
    ways.retain(|way| has_room(way, points, grain));
    Some(ways)
}

/// Whether there is a value with this place among the points: between 3 and 4 there is no whole number.
fn has_room(way: &[Ordering], points: &[Point], grain: Option<i128>) -> bool {
    let placed = || way.iter().zip(points);
    if let Some(grain) = grain {
        let number = |(order, point): (&Ordering, &Point)| match point {
            Point::Number(units) => Some((*order, *units)),
            _ => None,
        };
        let numbers: Vec<_> = placed().filter_map(number).collect();
        if let Some((_, equal)) = numbers.iter().find(|(order, _)| order.is_eq()) {
            return equal % grain == 0;
        }
        let above = numbers.iter().filter(|(o, _)| o.is_gt()).map(|(_, p)| *p).max();
        let below = numbers.iter().filter(|(o, _)| o.is_lt()).map(|(_, p)| *p).min();
        if let (Some(above), Some(below)) = (above, below) {
            return (above.div_euclid(grain) + 1) * grain < below;
        }
        return true;
    }
    let date = |wanted: Ordering| {
        placed().filter(move |(order, _)| **order == wanted).filter_map(|(_, p)| match p {
            Point::Date(date) => Some(*date),
            _ => None,
        })
    };
    match (date(Ordering::Greater).max(), date(Ordering::Less).min()) {
        (Some(above), Some(below)) if date(Ordering::Equal).next().is_none() => {
            above.tomorrow().is_ok_and(|next| next < below)
        }
        _ => true,
    }
}
