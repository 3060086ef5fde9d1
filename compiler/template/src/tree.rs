//! A template as it was written: nodes and expressions, each with its place.

mod spelled;

use std::sync::Arc;

use persona_diagnostics::Span;

use crate::markdown::Written;

pub(crate) use spelled::{spelled, spelled_filtered, spelled_path};

/// A parsed template. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its nodes, in order.
    pub(crate) nodes: Arc<[Node]>,
    /// All of its text.
    pub(crate) span: Span,
    /// What it was made of, if it is of Markdown.
    pub(crate) written: Option<Written>,
}

impl Template {
    /// The place of the whole template.
    pub fn span(&self) -> Span {
        self.span
    }
}

/// A word with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Name {
    pub text: Arc<str>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub kind: NodeKind,
    /// The text it stands for; of a block, its opening tag.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    /// Literal text, escapes undone, trimmed as the tags around it ask.
    Text(Arc<str>),
    /// `{{ … }}` and `{% echo … %}`.
    Print(Filtered),
    /// `if` and `unless`: the first arm whose condition holds, else `otherwise`.
    If {
        arms: Vec<Arm>,
        otherwise: Vec<Node>,
        /// The tag `else`, where there is one.
        otherwise_at: Option<Span>,
    },
    /// `case`: each `when` that equals the subject; `else` parts where none did before them.
    Case {
        subject: Expr,
        whens: Vec<When>,
    },
    For(Box<For>),
    TableRow(Box<For>),
    Assign {
        name: Name,
        value: Filtered,
    },
    Capture {
        name: Name,
        body: Vec<Node>,
    },
    /// `increment` (+1, printed before) and `decrement` (−1, printed after).
    Count {
        name: Name,
        step: i64,
    },
    Cycle {
        group: Option<Expr>,
        values: Vec<Expr>,
    },
    /// `ifchanged`: printed where it differs from the last time.
    IfChanged(Vec<Node>),
    Break,
    Continue,
    /// `{% render "hero", title: "…" %}`, also `with X as y` and `for X as y`.
    Render(Box<Render>),
    /// The old `include`, which shares variables; only templates of elsewhere have it.
    Include(Box<Render>),
    /// `{% block content %}`: a layout's hole.
    Placeholder(Name),
    /// `{% skip "reason" %}`.
    Skip(Filtered),
}

#[derive(Clone, Debug)]
pub(crate) struct Arm {
    pub condition: Expr,
    /// `unless`: holds where the condition does not.
    pub negated: bool,
    pub body: Vec<Node>,
}

#[derive(Clone, Debug)]
pub(crate) struct When {
    /// Values to equal; `None` for `else`.
    pub values: Option<Vec<Expr>>,
    pub body: Vec<Node>,
    /// Its tag.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct For {
    pub variable: Name,
    pub list: Expr,
    pub limit: Option<Expr>,
    pub offset: Option<Offset>,
    pub reversed: bool,
    /// Of a table: cells a row.
    pub columns: Option<Expr>,
    pub body: Vec<Node>,
    pub otherwise: Vec<Node>,
}

#[derive(Clone, Debug)]
pub(crate) enum Offset {
    /// So many items are left out.
    Skip(Expr),
    /// `offset: continue`: where the last loop over the same list ended.
    Continue,
}

#[derive(Clone, Debug)]
pub(crate) struct Render {
    pub name: Expr,
    /// `with X` or `for X` (true), and the name it gets.
    pub subject: Option<(bool, Expr, Option<Name>)>,
    pub arguments: Vec<(Name, Expr)>,
}

/// An expression and the filters it goes through.
#[derive(Clone, Debug)]
pub(crate) struct Filtered {
    pub input: Expr,
    pub filters: Vec<FilterCall>,
    pub span: Span,
}

impl Filtered {
    /// What could not be read; the problem is told.
    pub fn broken(span: Span) -> Filtered {
        Filtered { input: Expr { kind: ExprKind::Broken, span }, filters: Vec::new(), span }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct FilterCall {
    pub name: Name,
    pub arguments: Vec<Argument>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Argument {
    pub name: Option<Name>,
    pub value: Expr,
}

#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Literal(Literal),
    Path(Path),
    /// `(a..b)`, both ends included.
    Range(Box<Expr>, Box<Expr>),
    Compare(Operator, Box<Expr>, Box<Expr>),
    /// `a and b or c …`: Liquid groups from the right, `a and (b or (c …))`.
    Logic(Box<Expr>, Vec<(Junction, Expr)>),
    /// What could not be read; the problem is told.
    Broken,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Nil,
    Blank,
    Empty,
    Bool(bool),
    Int(i64),
    /// Digits as written: `2.50`.
    Decimal(persona_value::Decimal),
    /// `20%`, as 0.2.
    Percent(persona_value::Decimal),
    /// `50 GBP`.
    Money(persona_value::Decimal, persona_value::Currency),
    Text(Arc<str>),
}

#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub root: Root,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub(crate) enum Root {
    Name(Name),
    /// `[x]`: the variable whose name x holds; only templates of elsewhere have it.
    Computed(Box<Expr>),
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// `.name`
    Field(Name),
    /// `["name"]`, `[0]`, `[x]`
    Index(Expr),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    In,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Junction {
    And,
    Or,
}

impl Operator {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::Contains => "contains",
            Operator::In => "in",
        }
    }
}
