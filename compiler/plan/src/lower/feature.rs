//! Event queries as features: relations of at most one row a customer, shared by all that ask the same.

use std::sync::Arc;

use persona_model::{
    Expr, ExprKind, FeedTarget, ItemSource, Items, Length, Operation, Query, Subject, Summary, Window,
};
use persona_value::{EnumType, Type, Value};

use super::customer::Profiles;
use super::row::{From, RowScope, Rows, Sequence, aggregate, summarised};
use super::scalar::{arithmetic, last, present, within};
use super::tables;
use crate::{Aggregate, Comparison, Join, Order, Rel, Scalar};

/// A relation of at most one row a customer.
#[derive(Clone, Debug)]
pub(super) struct Feature {
    /// Its step's name; its columns begin with it.
    pub name: Arc<str>,
    pub rows: Rows,
    pub shape: Shape,
}

/// How rows become one a customer.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// Values of each row, and aggregates of them.
    Aggregates(Vec<(Arc<str>, Scalar)>, Vec<(Arc<str>, Aggregate)>),
    /// The value of the first row, or of the last.
    One { value: Scalar, last: bool },
    /// The commonest value, then the latest, then the smallest.
    MostFrequent(Scalar),
    /// Three scores of 1 to 5.
    Rfm(Scalar),
}

/// An average before it is divided.
struct Mean {
    sum: Scalar,
    count: Scalar,
    /// That of the sum.
    ty: Type,
}

impl Profiles<'_> {
    /// The value of an event query, as columns of its feature.
    pub(super) fn query(&mut self, query: &Query) -> Scalar {
        let (mut rows, value) = self.query_rows(query);
        let ty = match &query.subject {
            Subject::Event => None,
            Subject::Value(v) | Subject::Items(_, v) => Some(v.ty.clone()),
        };
        match (query.summary, value) {
            (Summary::First | Summary::Last, value) => {
                let last = query.summary == Summary::Last;
                let value = match (&query.field, value) {
                    // The latest `at` needs no look at the row it is of.
                    (Some(field), None) if **field == *"at" => {
                        let fold: fn(Arc<str>) -> Aggregate =
                            if last { Aggregate::Max } else { Aggregate::Min };
                        let word = if last { "at" } else { "first_at" };
                        return self.aggregate(rows, Some(Scalar::column("at")), fold, word);
                    }
                    (Some(field), None) => Scalar::Column(field.clone()),
                    (_, Some(value)) => {
                        rows.keep.push(present(value.clone()));
                        value
                    }
                    (None, None) => Scalar::column("id"),
                };
                self.feature(rows, Shape::One { value, last }, "value")
            }
            (Summary::MostFrequent, Some(value)) => {
                rows.keep.push(present(value.clone()));
                self.feature(rows, Shape::MostFrequent(value), "value")
            }
            (Summary::Rfm, Some(value)) => {
                let field = query.field.clone().unwrap_or_else(|| "recency".into());
                self.feature(rows, Shape::Rfm(value), &field)
            }
            (Summary::Avg, Some(value)) => {
                let (sum, count) = self.mean(rows, value);
                arithmetic(Operation::Divide, sum, count, average_type(ty))
            }
            (summary, value) => {
                let fold = aggregate(summary);
                let name = word(summary);
                // The largest of an ordered enum is by its order, not by its letters.
                if let (Summary::Min | Summary::Max, Some(Type::Enum(values))) = (summary, &ty) {
                    let order = values.values.clone();
                    let rank = value.map(|v| Scalar::Rank { value: Box::new(v), order });
                    let rank = self.aggregate(rows, rank, fold, name);
                    return of_rank(rank, values);
                }
                let column = self.aggregate(rows, value.filter(|_| name != "count"), fold, name);
                summarised(summary, column, ty.as_ref())
            }
        }
    }

    /// The rows of a query, and the value it measures.
    pub(super) fn query_rows(&mut self, query: &Query) -> (Rows, Option<Scalar>) {
        let from = match &query.subject {
            Subject::Items(field, _) => From::Items(query.event.clone(), field.clone()),
            _ => From::Event(query.event.clone()),
        };
        let mut rows = self.happened(from, query.window.as_ref());
        let mut scope = RowScope { rows: &mut rows, profiles: self };
        let filter = query.filter.as_ref().map(|f| scope.scalar(f));
        let value = match &query.subject {
            Subject::Event => None,
            Subject::Value(value) | Subject::Items(_, value) => Some(scope.scalar(value)),
        };
        rows.keep.extend(filter);
        // `count(purchase.lines.sku)`: the items that have one.
        if let (Summary::Count | Summary::Any | Summary::None, Some(value)) = (query.summary, &value) {
            rows.keep.push(present(value.clone()));
        }
        if let Some(sequence) = &query.sequence {
            let mut next = self.happened(From::Event(sequence.event.clone()), None);
            let filter =
                sequence.filter.as_ref().map(|f| RowScope { rows: &mut next, profiles: self }.scalar(f));
            next.keep.extend(filter);
            rows.level = rows.level.max(next.level);
            let seconds = match sequence.within {
                Length::Seconds(seconds) => seconds,
                Length::Months(_) => 0,
            };
            rows.sequence = Some(Box::new(Sequence { then: sequence.then, rows: next, seconds }));
        }
        (rows, value)
    }

    /// Rows that have happened by now, in a window.
    fn happened(&mut self, from: From, window: Option<&Window>) -> Rows {
        let event = match &from {
            From::Event(event) | From::Items(event, _) => event.clone(),
            _ => "".into(),
        };
        let mut rows = self.rows_of(from);
        let at = Scalar::column("at");
        let zone = self.model.project.timezone.clone();
        let keep = match window {
            Some(Window::Last(length)) => Some(last(at.clone(), length, &zone)),
            Some(window) => {
                let mut scope = RowScope { rows: &mut rows, profiles: self };
                Some(within(at.clone(), false, window, &mut scope))
            }
            None => None,
        };
        rows.keep.extend(keep);
        rows.keep.push(Scalar::compare(Comparison::AtMost, at, Scalar::Now));
        if self.arrives_later(&event) {
            rows.keep.push(Scalar::compare(Comparison::AtMost, Scalar::column("received"), Scalar::Now));
        }
        rows
    }

    /// Whether a source says when the event arrived; else it arrived when it happened.
    fn arrives_later(&self, event: &str) -> bool {
        let Some(event) = self.model.event(event) else { return false };
        let feeds = self.model.sources.iter().flat_map(|s| &s.feeds);
        feeds.into_iter().any(|feed| match &feed.target {
            FeedTarget::Event(name) => {
                (*name == event.name || event.of.contains(name))
                    && feed.fields.iter().any(|(field, _)| &**field == "received")
            }
            _ => false,
        })
    }

    /// A summary of a list trait's items.
    pub(super) fn items(&mut self, items: &Items) -> Scalar {
        let Some((rows, value)) = self.item_rows(items) else { return Scalar::Now };
        let column = self.aggregate(rows, value, aggregate(items.summary), word(items.summary));
        summarised(items.summary, column, items.value.as_ref().map(|v| &v.ty))
    }

    /// The items of a list trait that a summary is of, and the value it measures.
    fn item_rows(&mut self, items: &Items) -> Option<(Rows, Option<Scalar>)> {
        let ItemSource::Trait(name) = &items.of else { return None };
        let level = self.list(name);
        let mut rows = self.rows_of(From::Trait(name.clone()));
        rows.level = level;
        let mut scope = RowScope { rows: &mut rows, profiles: self };
        let filter = items.filter.as_ref().map(|f| scope.scalar(f));
        let value = items.value.as_ref().map(|v| scope.scalar(v));
        rows.keep.extend(filter);
        Some((rows, value))
    }

    /// An average is never divided to be compared: `sum op limit × count`, where there is anything to average.
    pub(super) fn compare_averages(&mut self, op: Comparison, left: &Expr, right: &Expr) -> Option<Scalar> {
        let (left_mean, right_mean) = (self.average(left), self.average(right));
        if left_mean.is_none() && right_mean.is_none() {
            return None;
        }
        let mut all = Vec::new();
        let mut side = |this: &mut Self, expr: &Expr, own: &Option<Mean>, other: &Option<Mean>| {
            let value = match own {
                Some(mean) => {
                    // Of no values there is no average: the count is then missing or 0.
                    all.push(Scalar::compare(Comparison::Greater, mean.count.clone(), Scalar::int(0)));
                    mean.sum.clone()
                }
                None => super::scalar::as_type(expr, &decimal_of(&expr.ty), this),
            };
            match other {
                Some(mean) => arithmetic(Operation::Multiply, value, mean.count.clone(), mean.ty.clone()),
                None => value,
            }
        };
        let a = side(self, left, &left_mean, &right_mean);
        let b = side(self, right, &right_mean, &left_mean);
        all.push(Scalar::compare(op, a, b));
        Some(Scalar::And(all))
    }

    /// What an average is made of, also through the traits that name it.
    fn average(&mut self, expr: &Expr) -> Option<Mean> {
        let (rows, value, ty) = match &expr.kind {
            ExprKind::Trait(name) => {
                let model = self.model;
                return self.average(&model.trait_(name)?.value);
            }
            ExprKind::Query(query) if query.summary == Summary::Avg => {
                let ty = match &query.subject {
                    Subject::Value(v) | Subject::Items(_, v) => &v.ty,
                    Subject::Event => return None,
                };
                let (rows, value) = self.query_rows(query);
                (rows, value?, ty)
            }
            ExprKind::Items(items) if items.summary == Summary::Avg => {
                let ty = &items.value.as_ref()?.ty;
                let (rows, value) = self.item_rows(items)?;
                (rows, value?, ty)
            }
            _ => return None,
        };
        let (sum, count) = self.mean(rows, value);
        // Ints would overflow where their average does not.
        let sum = if *ty == Type::Int { super::scalar::decimal(sum) } else { sum };
        Some(Mean { sum, count, ty: decimal_of(ty) })
    }

    /// Sum and number of the values present.
    fn mean(&mut self, rows: Rows, value: Scalar) -> (Scalar, Scalar) {
        let sum = self.aggregate(rows.clone(), Some(value.clone()), Aggregate::Sum, "sum");
        let count = self.aggregate(rows, Some(value), Aggregate::CountPresent, "present");
        (sum, count)
    }

    /// A column of a feature that aggregates rows. Rows that are aggregated already get one aggregate more.
    fn aggregate(
        &mut self,
        rows: Rows,
        value: Option<Scalar>,
        fold: fn(Arc<str>) -> Aggregate,
        word: &str,
    ) -> Scalar {
        self.needs(rows.level, 0);
        let at = self
            .features
            .iter()
            .position(|f| f.rows == rows && matches!(f.shape, Shape::Aggregates(..)))
            .unwrap_or_else(|| {
                let name = self.names.family(&base_name(&rows), &["", "_customer"]);
                self.features.push(Feature { name, rows, shape: Shape::Aggregates(vec![], vec![]) });
                self.features.len() - 1
            });
        let feature = &mut self.features[at];
        let Shape::Aggregates(values, aggregates) = &mut feature.shape else { return Scalar::Now };
        let value = match value {
            None => Arc::from(""),
            Some(value) => match values.iter().find(|(_, v)| *v == value) {
                Some((name, _)) => name.clone(),
                None => {
                    let name: Arc<str> = match &value {
                        Scalar::Column(name) => format!("{name}_value").into(),
                        _ => format!("value_{}", values.len() + 1).into(),
                    };
                    values.push((name.clone(), value));
                    name
                }
            },
        };
        let aggregate = fold(value.clone());
        if let Some((name, _)) = aggregates.iter().find(|(_, a)| *a == aggregate) {
            return Scalar::Column(name.clone());
        }
        let measured = value.strip_suffix("_value").unwrap_or(&value);
        let base = match measured {
            "" | "at" => format!("{}_{word}", feature.name),
            measured => format!("{}_{word}_{measured}", feature.name),
        };
        // An attribute may be called just that.
        let name = self.names.fresh(&base);
        if let Shape::Aggregates(_, aggregates) = &mut self.features[at].shape {
            aggregates.push((name.clone(), aggregate));
        }
        Scalar::Column(name)
    }

    /// A column of a feature of another shape.
    fn feature(&mut self, rows: Rows, shape: Shape, column: &str) -> Scalar {
        self.needs(rows.level, 0);
        let same = |a: &Shape, b: &Shape| match (a, b) {
            (Shape::One { value: a, last: x }, Shape::One { value: b, last: y }) => a == b && x == y,
            (Shape::MostFrequent(a), Shape::MostFrequent(b)) | (Shape::Rfm(a), Shape::Rfm(b)) => a == b,
            _ => false,
        };
        let found =
            self.features.iter().find(|f| f.rows == rows && same(&f.shape, &shape)).map(|f| f.name.clone());
        let name = found.unwrap_or_else(|| {
            let (word, columns): (&str, &[&str]) = match &shape {
                Shape::One { last: true, .. } => ("last", &["_value"]),
                Shape::One { .. } => ("first", &["_value"]),
                Shape::MostFrequent(_) => ("most_frequent", &["_value"]),
                _ => ("rfm", &["_recency", "_frequency", "_monetary"]),
            };
            let endings = [&["", "_customer"], columns].concat();
            let name = self.names.family(&format!("{}_{word}", base_name(&rows)), &endings);
            self.features.push(Feature { name: name.clone(), rows, shape });
            name
        });
        Scalar::column(format!("{name}_{column}"))
    }

    /// A feature as a relation: the customer in the column [`customer_of`] names, and its columns.
    pub(super) fn build_feature(&self, feature: &Feature, customers: Option<&Rel>) -> Rel {
        let rows = self.build_rows(&feature.rows, customers);
        let customer = customer_of(&feature.name);
        let key = (customer.clone(), Scalar::column("customer"));
        let column = |name: &str| -> Arc<str> { format!("{}_{name}", feature.name).into() };
        match &feature.shape {
            Shape::Aggregates(values, aggregates) => {
                let columns = std::iter::once(key).chain(values.iter().cloned()).collect();
                Rel::Aggregate {
                    input: Box::new(rows.project(columns)),
                    keys: vec![customer],
                    values: aggregates.clone(),
                }
            }
            Shape::One { value, last } => {
                let at: Arc<str> = "event_at".into();
                let id: Arc<str> = "event_id".into();
                let columns = vec![
                    key,
                    (column("value"), value.clone()),
                    (at.clone(), Scalar::column("at")),
                    (id.clone(), Scalar::column("id")),
                ];
                let order = |column| Order { column, descending: *last };
                let first =
                    rows.project(columns).first_per(vec![customer.clone()], vec![order(at), order(id)]);
                only(first, &[customer, column("value")])
            }
            Shape::MostFrequent(value) => {
                let (value_column, times, latest) =
                    (column("value"), Arc::from("times"), Arc::from("latest"));
                let columns = vec![
                    key,
                    (value_column.clone(), value.clone()),
                    ("event_at".into(), Scalar::column("at")),
                ];
                let counted = Rel::Aggregate {
                    input: Box::new(rows.project(columns)),
                    keys: vec![customer.clone(), value_column.clone()],
                    values: vec![
                        (Arc::clone(&times), Aggregate::Count),
                        (Arc::clone(&latest), Aggregate::Max("event_at".into())),
                    ],
                };
                let order = vec![Order::down(times), Order::down(latest), Order::up(value_column.clone())];
                only(counted.first_per(vec![customer.clone()], order), &[customer, value_column])
            }
            Shape::Rfm(value) => {
                let measures: [Arc<str>; 3] = ["latest".into(), "times".into(), "spent".into()];
                let columns =
                    vec![key, ("event_at".into(), Scalar::column("at")), ("measured".into(), value.clone())];
                // The shares are of customers: events of ids that are none do not shift them.
                let known = Rel::from(tables::customer(self.model))
                    .project(vec![("known_customer".into(), Scalar::column(self.model.customer.key()))]);
                let rows = rows.project(columns);
                let rows = rows.join(Join::Semi, known, vec![(customer.clone(), "known_customer".into())]);
                let mut rel = Rel::Aggregate {
                    input: Box::new(rows),
                    keys: vec![customer.clone()],
                    values: vec![
                        (measures[0].clone(), Aggregate::Max("event_at".into())),
                        (measures[1].clone(), Aggregate::Count),
                        (measures[2].clone(), Aggregate::Sum("measured".into())),
                    ],
                };
                let scores = ["recency", "frequency", "monetary"].map(column);
                for (measure, score) in measures.iter().zip(&scores) {
                    let order = vec![Order::up(measure.clone()), Order::up(customer.clone())];
                    rel = Rel::Ntile { input: Box::new(rel), buckets: 5, order, name: score.clone() };
                }
                let [recency, frequency, monetary] = scores;
                only(rel, &[customer, recency, frequency, monetary])
            }
        }
    }
}

/// A name that says what the rows are: `purchase_last_30_days`.
fn base_name(rows: &Rows) -> String {
    let base = match &rows.from {
        From::Event(event) => event.to_string(),
        From::Items(event, field) | From::List(event, field) => format!("{event}_{field}"),
        From::Trait(name) => format!("{name}_items"),
    };
    base + &rows.keep.iter().find_map(window_name).unwrap_or_default()
}

/// The column of a feature that holds the customer.
pub(super) fn customer_of(feature: &str) -> Arc<str> {
    format!("{feature}_customer").into()
}

/// These columns of a relation.
pub(super) fn only(rel: Rel, columns: &[Arc<str>]) -> Rel {
    rel.project(columns.iter().map(|c| (c.clone(), Scalar::Column(c.clone()))).collect())
}

fn average_type(ty: Option<Type>) -> Type {
    match ty {
        Some(Type::Int) | None => Type::Decimal,
        Some(ty) => ty,
    }
}

/// The type in which an average beside a limit is decided: ints would overflow where their average does not.
fn decimal_of(ty: &Type) -> Type {
    if *ty == Type::Int { Type::Decimal } else { ty.clone() }
}

/// The enum's value that stands there in its order.
fn of_rank(rank: Scalar, values: &Arc<EnumType>) -> Scalar {
    let ty = Type::Enum(values.clone());
    let ranked = values.values.iter().enumerate().rev();
    ranked.fold(Scalar::literal(Value::Missing, ty.clone()), |otherwise, (at, value)| Scalar::If {
        condition: Box::new(Scalar::compare(Comparison::Equal, rank.clone(), Scalar::int(at as i64))),
        then: Box::new(Scalar::literal(Value::Text(value.clone()), ty.clone())),
        otherwise: Box::new(otherwise),
    })
}

fn word(summary: Summary) -> &'static str {
    match summary {
        Summary::Sum => "sum",
        Summary::Min => "min",
        Summary::Max => "max",
        Summary::Distinct => "distinct",
        _ => "count",
    }
}

/// `_last_30_days`, from the bound of a window.
fn window_name(keep: &Scalar) -> Option<String> {
    let bound = match keep {
        Scalar::Compare { op: Comparison::Greater | Comparison::AtLeast, left, right }
            if **left == Scalar::column("at") =>
        {
            right
        }
        _ => return None,
    };
    match &**bound {
        Scalar::Shift { instant, seconds } if **instant == Scalar::Now => {
            let (count, unit) = match -seconds {
                s if s % 86_400 == 0 => (s / 86_400, "days"),
                s if s % 3_600 == 0 => (s / 3_600, "hours"),
                s => (s, "seconds"),
            };
            Some(format!("_last_{count}_{unit}"))
        }
        _ => Some("_since".into()),
    }
}
