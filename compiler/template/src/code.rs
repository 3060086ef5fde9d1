//! A checked template: names resolved to slots, types to ways of printing, places to ways of escaping.
//!
//! Nothing here needs the scope or the types any more; a later pass may turn it into flat instructions.

use std::collections::BTreeMap;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_value::EnumType;

use crate::cell::Cell;
use crate::choice::Choice;
use crate::data::Escape;
use crate::filter::Filter;
use crate::html::Place;
use crate::show::Show;
use crate::tree::Operator;

/// What the roots begin with that are written `customer.x`; a name alone holds no dot.
pub(crate) const ATTRIBUTE: &str = "customer.";

/// A checked template, ready to be rendered. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub(crate) program: Arc<Program>,
}

#[derive(Debug)]
pub(crate) struct Program {
    pub body: Vec<Op>,
    pub escape: Escape,
    /// Checked against a scope; else Liquid's own rules hold, which know no types.
    pub typed: bool,
    /// Names asked of the data, by [`Code::Root`].
    pub roots: Vec<Arc<str>>,
    /// Variables by name, for [`Code::Named`].
    pub names: BTreeMap<Arc<str>, usize>,
    pub slots: Slots,
    /// What it decides, where types are checked.
    pub choices: Vec<Choice>,
}

impl Compiled {
    /// What is decided in it, in the order written.
    pub fn choices(&self) -> &[Choice] {
        &self.program.choices
    }
}

/// How many variables and counters a program has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slots {
    pub variables: usize,
    pub counters: usize,
}

#[derive(Debug)]
pub(crate) enum Op {
    Text(Arc<str>),
    Print(Print),
    If {
        arms: Vec<(Code, Vec<Op>)>,
        otherwise: Vec<Op>,
    },
    Case {
        subject: Code,
        whens: Vec<(Option<Vec<Code>>, Vec<Op>)>,
    },
    For(Box<Loop>),
    TableRow(Box<Loop>),
    Assign {
        variable: usize,
        value: Code,
    },
    Capture {
        variable: usize,
        body: Vec<Op>,
    },
    Count {
        counter: usize,
        step: i64,
    },
    Cycle {
        group: Group,
        values: Vec<Print>,
    },
    IfChanged(Vec<Op>),
    Break,
    Continue,
    /// A content block, with its arguments.
    Block {
        name: Arc<str>,
        arguments: Vec<(Arc<str>, Code)>,
        span: Span,
    },
    /// Another template in place, for templates of elsewhere.
    Partial(Box<Partial>),
    Placeholder {
        name: Arc<str>,
        span: Span,
    },
    Skip(Code),
}

/// What keeps two cycles apart.
#[derive(Debug)]
pub(crate) enum Group {
    /// Its values, as written.
    Values(Arc<str>),
    /// The value of its name.
    Named(Code),
}

#[derive(Debug)]
pub(crate) struct Print {
    pub value: Code,
    pub show: Show,
    pub place: Place,
    /// An address, or text encoded for one.
    pub address: bool,
    /// Never missing, as the types say: if it is all the same, there is no message.
    pub required: bool,
    /// The value as it is written, for problems of the data.
    pub written: Arc<str>,
    pub span: Span,
}

#[derive(Debug)]
pub(crate) struct Loop {
    pub list: Code,
    pub variable: usize,
    pub limit: Option<Code>,
    pub offset: Option<Code>,
    /// `offset: continue`
    pub resume: bool,
    pub reversed: bool,
    /// Of anything but a list there is one round, with it.
    pub lone: bool,
    pub columns: Option<Code>,
    /// Variable and list as written: what `offset: continue` goes by, and `forloop.name`.
    pub name: Arc<str>,
    pub body: Vec<Op>,
    pub otherwise: Vec<Op>,
    pub span: Span,
}

/// Another template rendered in place with variables of its own, for templates of elsewhere.
#[derive(Debug)]
pub(crate) struct Partial {
    pub program: Arc<Program>,
    /// Values for its variables.
    pub arguments: Vec<(usize, Code)>,
    /// `with X` and `for X`: the variable that gets it, or each item of it.
    pub each: Option<(usize, Code)>,
    /// `for X`: it has a `forloop`.
    pub looped: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum Code {
    Constant(Cell),
    /// A name of the data.
    Root(usize),
    /// A variable of the template. Where it was not assigned, the counter, then the name of the data.
    Variable {
        variable: usize,
        counter: Option<usize>,
        root: Option<usize>,
    },
    Counter(usize),
    /// What the name that this yields stands for, for templates of elsewhere.
    Named(Box<Code>),
    /// A field of a record.
    Field(Box<Code>, Arc<str>),
    /// The row of an entity with this key.
    Row(Arc<str>, Box<Code>),
    /// The rows of a list of keys, those left out that lead to none.
    Rows(Arc<str>, Box<Code>),
    /// The instant of rendering.
    Now,
    /// `list[i]`, from the end where i is negative.
    Item(Box<Code>, Box<Code>),
    /// Liquid's own step, of whatever turns up: field, item, `size`, `first`, `last`.
    Step(Box<Code>, Box<Code>),
    Size(Box<Code>),
    First(Box<Code>),
    Last(Box<Code>),
    /// A fact of the loop so many loops further out.
    Loop(usize, LoopFact),
    /// The customer is in this segment.
    Segment(Arc<str>),
    Range(Box<Code>, Box<Code>),
    Compare(Operator, Box<Code>, Box<Code>, Span),
    /// An enum's value by its place in the order.
    Rank(Box<Code>, Arc<EnumType>),
    Present(Box<Code>),
    Blank(Box<Code>),
    Empty(Box<Code>),
    Not(Box<Code>),
    /// Groups from the right; `true` is `and`.
    Logic(Box<Code>, Vec<(bool, Code)>),
    Filter(Box<Call>),
    /// As text, the way its type prints.
    Shown(Box<Code>, Show),
    /// A text in the customer's language.
    Translated(Box<Translated>),
    /// `default`: the second where the first is missing, empty or false.
    Else(Box<Else>),
}

#[derive(Clone, Debug)]
pub(crate) struct Else {
    pub value: Code,
    pub fallback: Code,
    /// `allow_false: true` keeps false.
    pub allow_false: Code,
}

/// `"greeting" | t: name: first_name`.
#[derive(Clone, Debug)]
pub(crate) struct Translated {
    pub key: Arc<str>,
    /// Which form of the plural.
    pub count: Option<Code>,
    /// What stands for each name in it, as text.
    pub arguments: Vec<(Arc<str>, Code)>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub filter: &'static Filter,
    pub input: Code,
    pub arguments: Vec<Code>,
    pub span: Span,
}

/// What `forloop` and `tablerowloop` know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoopFact {
    Index,
    Index0,
    ReverseIndex,
    ReverseIndex0,
    First,
    Last,
    Length,
    Name,
    Row,
    Column,
    Column0,
    ColumnFirst,
    ColumnLast,
    /// All of it, as a thing to be passed on.
    Itself,
}

impl LoopFact {
    /// Every fact with its name, and whether it is a number, a truth, or text.
    pub const ALL: &'static [(&'static str, LoopFact)] = &[
        ("index", LoopFact::Index),
        ("index0", LoopFact::Index0),
        ("rindex", LoopFact::ReverseIndex),
        ("rindex0", LoopFact::ReverseIndex0),
        ("first", LoopFact::First),
        ("last", LoopFact::Last),
        ("length", LoopFact::Length),
        ("name", LoopFact::Name),
        ("row", LoopFact::Row),
        ("col", LoopFact::Column),
        ("col0", LoopFact::Column0),
        ("col_first", LoopFact::ColumnFirst),
        ("col_last", LoopFact::ColumnLast),
    ];

    /// The fact of this name.
    pub fn named(name: &str) -> Option<LoopFact> {
        LoopFact::ALL.iter().find(|(n, _)| *n == name).map(|(_, fact)| *fact)
    }
}
