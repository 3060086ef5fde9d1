//! Tree to [`Expr`].

use super::cursor::{Cursor, length, name, name_ref, text};
use crate::Kind;
use crate::ast::{Expr, Less, Op, Query, Sequence, Window};

const EXPRESSIONS: &[Kind] = &[
    Kind::NameRef,
    Kind::Member,
    Kind::Call,
    Kind::Query,
    Kind::Literal,
    Kind::Quantity,
    Kind::Ago,
    Kind::ListLiteral,
    Kind::Paren,
    Kind::Unary,
    Kind::Binary,
    Kind::InList,
    Kind::InSegment,
    Kind::IsTest,
    Kind::WindowTest,
    Kind::IfExpr,
];

/// The expressions directly below a node.
pub(super) fn expressions(node: &Cursor) -> Vec<Expr> {
    node.children().filter(|c| EXPRESSIONS.contains(&c.kind())).map(|c| expression(&c)).collect()
}

/// The expression of a `when`, `where`, `to` or `if`.
pub(super) fn condition(node: &Cursor) -> Expr {
    first(node).unwrap_or(Expr::Missing(node.span()))
}

/// The first expression directly below a node.
pub(super) fn first(node: &Cursor) -> Option<Expr> {
    node.children().find(|c| EXPRESSIONS.contains(&c.kind())).map(|c| expression(&c))
}

/// The n-th of the parts, or that it is missing.
fn part(parts: &mut std::vec::IntoIter<Expr>, node: &Cursor) -> Expr {
    parts.next().unwrap_or(Expr::Missing(node.span()))
}

fn expression(node: &Cursor) -> Expr {
    let span = node.span();
    // Read when asked for: reading the parts twice at every level would take for ever on deep expressions.
    let mut parts = None;
    let mut next = || Box::new(part(parts.get_or_insert_with(|| expressions(node).into_iter()), node));
    match node.kind() {
        Kind::NameRef => name(node).map_or(Expr::Missing(span), Expr::Name),
        Kind::Member => {
            let mut below = node.children();
            let base = below.next().map_or(Expr::Missing(span), |c| expression(&c));
            match below.find_map(|c| name(&c)) {
                Some(field) => Expr::Member(Box::new(base), field),
                None => Expr::Missing(span),
            }
        }
        Kind::Call => {
            let function = name_ref(node);
            let args = node.child(Kind::Args).map_or(Vec::new(), |args| expressions(&args));
            function.map_or(Expr::Missing(span), |function| Expr::Call { function, args, span })
        }
        Kind::Query => Expr::Query(Box::new(query(node))),
        Kind::Literal => literal(node),
        Kind::Quantity => quantity(node),
        Kind::Ago => match node.child(Kind::Quantity).and_then(|q| length(&q)) {
            Some(length) => Expr::Ago(length, span),
            None => Expr::Missing(span),
        },
        Kind::ListLiteral => Expr::List(expressions(node), span),
        Kind::Paren => *next(),
        Kind::Unary if node.word() == "not" => Expr::Not(next(), span),
        Kind::Unary => Expr::Negate(next(), span),
        Kind::Binary => binary(node),
        Kind::InList => {
            let negated = node.words().any(|w| w == "not");
            Expr::In { value: next(), list: next(), negated, span }
        }
        Kind::InSegment => Expr::InSegment { segment: name_ref(node), span },
        Kind::IsTest => Expr::Is { value: next(), present: node.words().any(|w| w == "present"), span },
        Kind::WindowTest => match node.child(Kind::Window) {
            Some(w) => Expr::Within { value: next(), window: Box::new(window(&w)), span },
            None => Expr::Missing(span),
        },
        Kind::IfExpr => Expr::If { condition: next(), then: next(), otherwise: next(), span },
        _ => Expr::Missing(span),
    }
}

fn binary(node: &Cursor) -> Expr {
    let Some(token) = node.tokens().find(|t| op(t.kind(), t.text()).is_some()) else {
        return Expr::Missing(node.span());
    };
    let Some(op) = op(token.kind(), token.text()) else { return Expr::Missing(node.span()) };
    let op_span = node.token_span(&token);
    let mut parts = expressions(node).into_iter();
    let left = Box::new(part(&mut parts, node));
    // A right side that a mistake left out is missing where it should stand.
    let right = Box::new(parts.next().unwrap_or(Expr::Missing(op_span)));
    Expr::Binary { op, left, right, op_span }
}

fn op(kind: Kind, text: &str) -> Option<Op> {
    Some(match kind {
        Kind::Name if text == "and" => Op::And,
        Kind::Name if text == "or" => Op::Or,
        Kind::Equal => Op::Equal,
        Kind::NotEqual => Op::NotEqual,
        Kind::Less => Op::Less,
        Kind::AtMost => Op::AtMost,
        Kind::Greater => Op::Greater,
        Kind::AtLeast => Op::AtLeast,
        Kind::Plus => Op::Add,
        Kind::Minus => Op::Subtract,
        Kind::Star => Op::Multiply,
        Kind::Slash => Op::Divide,
        Kind::Coalesce => Op::Coalesce,
        _ => return None,
    })
}

fn literal(node: &Cursor) -> Expr {
    let span = node.span();
    let Some(token) = node.tokens().find(|t| !t.kind().is_trivia()) else { return Expr::Missing(span) };
    let written = token.text().to_string();
    match (token.kind(), written.as_str()) {
        (Kind::Number, _) => Expr::Number(written, span),
        (Kind::Date, _) => Expr::Date(written, span),
        (Kind::Time, _) => Expr::Time(written, span),
        (Kind::Timestamp, _) => Expr::Timestamp(written, span),
        (Kind::Path, _) => Expr::Path(written, span),
        (Kind::Name, "true" | "false") => Expr::Bool(written == "true", span),
        (Kind::Name, "now") => Expr::Now(span),
        (Kind::Name, "today") => Expr::Today(span),
        _ => text(node).map_or(Expr::Missing(span), Expr::Text),
    }
}

fn quantity(node: &Cursor) -> Expr {
    let span = node.span();
    let mut tokens = node.tokens().filter(|t| !t.kind().is_trivia());
    let (Some(number), Some(unit)) = (tokens.next(), tokens.next()) else { return Expr::Missing(span) };
    let amount = number.text().to_string();
    match unit.kind() {
        Kind::Percent => Expr::Percent(amount, span),
        _ => match length(node) {
            Some(length) => Expr::Length(length),
            None => {
                let currency = super::Name { text: unit.text().to_string(), span: node.token_span(&unit) };
                Expr::Money { amount, currency, span }
            }
        },
    }
}

fn query(node: &Cursor) -> Query {
    Query {
        span: node.span(),
        subject: first(node).unwrap_or(Expr::Missing(node.span())),
        filter: node.child(Kind::Where).map(|w| first(&w).unwrap_or(Expr::Missing(w.span()))),
        sequence: node.child(Kind::Sequence).map(|s| Sequence {
            then: s.word() == "then",
            event: name_ref(&s),
            filter: s.child(Kind::Where).map(|w| first(&w).unwrap_or(Expr::Missing(w.span()))),
            within: s.child(Kind::Quantity).and_then(|q| length(&q)),
        }),
        less: node.child(Kind::Net).map(|n| {
            let mut names = n.children().filter_map(|c| name(&c));
            Less { event: names.next(), by: names.next() }
        }),
        window: node.child(Kind::Window).map(|w| window(&w)),
    }
}

pub(super) fn window(node: &Cursor) -> Window {
    let span = node.span();
    let mut parts = expressions(node).into_iter();
    let length = node.child(Kind::Quantity).and_then(|q| length(&q));
    match node.word().as_str() {
        "since" => Window::Since(part(&mut parts, node), span),
        "before" => Window::Before(part(&mut parts, node), span),
        "between" => Window::Between(part(&mut parts, node), part(&mut parts, node), span),
        _ if node.words().any(|w| w == "next") => Window::Next(length, span),
        _ => Window::Last(length, span),
    }
}
