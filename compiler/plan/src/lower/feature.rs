//! Event queries as features: relations of at most one row a customer, shared by all that ask the same.

use std::sync::Arc;

use persona_model::{Expr, ExprKind, FeedTarget, ItemSource, Items, Length, Query, Subject, Summary, Window};
use persona_value::Type;

use super::customer::Profiles;
use super::row::{From, RowScope, Rows, Sequence, aggregate, summarised};
use super::scalar::{arithmetic, last, within};
use crate::{Aggregate, Comparison, Order, Rel, Scalar};

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
                        rows.keep.push(present(&value));
                        value
                    }
                    (None, None) => Scalar::column("id"),
                };
                self.feature(rows, Shape::One { value, last }, "value")
            }
            (Summary::MostFrequent, Some(value)) => {
                rows.keep.push(present(&value));
                self.feature(rows, Shape::MostFrequent(value), "value")
            }
            (Summary::Rfm, Some(value)) => {
                let field = query.field.clone().unwrap_or_else(|| "recency".into());
                self.feature(rows, Shape::Rfm(value), &field)
            }
            (Summary::Avg, Some(value)) => {
                let (sum, count) = self.mean(rows, value);
                arithmetic(persona_model::Operation::Divide, sum, count, average_type(ty))
            }
            (summary, value) => {
                let fold = aggregate(summary);
                let name = word(summary);
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
        let mut rows = Rows::of(from);
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
        let ItemSource::Trait(name) = &items.of else { return Scalar::Now };
        let level = self.list(name);
        let mut rows = Rows::of(From::Trait(name.clone()));
        rows.level = level;
        let mut scope = RowScope { rows: &mut rows, profiles: self };
        let filter = items.filter.as_ref().map(|f| scope.scalar(f));
        let value = items.value.as_ref().map(|v| scope.scalar(v));
        rows.keep.extend(filter);
        let column = self.aggregate(rows, value, aggregate(items.summary), word(items.summary));
        summarised(items.summary, column, items.value.as_ref().map(|v| &v.ty))
    }

    /// An average is never divided to be compared: `sum op limit × count`, where there is anything to average.
    pub(super) fn compare_average(
        &mut self,
        op: Comparison,
        average: &Expr,
        limit: &Expr,
        left: bool,
    ) -> Option<Scalar> {
        let query = match &average.kind {
            ExprKind::Query(query) => query,
            ExprKind::Trait(name) => match &self.model.trait_(name)?.value.kind {
                ExprKind::Query(query) => query,
                _ => return None,
            },
            _ => return None,
        };
        if query.summary != Summary::Avg {
            return None;
        }
        let limit = super::scalar::as_type(limit, &decimal_of(&limit.ty), self);
        let (rows, value) = self.query_rows(query);
        let ty = match &query.subject {
            Subject::Value(v) | Subject::Items(_, v) => v.ty.clone(),
            Subject::Event => return None,
        };
        let (sum, count) = self.mean(rows, value?);
        let scaled = decimal_of(&ty);
        let scaled = arithmetic(persona_model::Operation::Multiply, limit, count.clone(), scaled);
        let (a, b) = if left { (sum, scaled) } else { (scaled, sum) };
        // Of no values there is no average: the count is then missing or 0.
        let some = Scalar::compare(Comparison::Greater, count, Scalar::int(0));
        Some(Scalar::And(vec![some, Scalar::compare(op, a, b)]))
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
                let name = self.feature_name(&rows);
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
        let measured = value.trim_end_matches("_value");
        let base = match measured {
            "" | "at" => format!("{}_{word}", feature.name),
            measured => format!("{}_{word}_{measured}", feature.name),
        };
        // An attribute may be called just that.
        let name = self.fresh(&base);
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
            let base = self.feature_name(&rows);
            let word = match &shape {
                Shape::One { last: true, .. } => "last",
                Shape::One { .. } => "first",
                Shape::MostFrequent(_) => "most_frequent",
                _ => "rfm",
            };
            let name = self.fresh(&format!("{base}_{word}"));
            self.features.push(Feature { name: name.clone(), rows, shape });
            name
        });
        Scalar::column(format!("{name}_{column}"))
    }

    /// A name that says what the rows are: `purchase_last_30_days`.
    fn feature_name(&mut self, rows: &Rows) -> Arc<str> {
        let base = match &rows.from {
            From::Event(event) => event.to_string(),
            From::Items(event, field) | From::List(event, field) => format!("{event}_{field}"),
            From::Trait(name) => format!("{name}_items"),
        };
        let window = rows.keep.iter().find_map(window_name).unwrap_or_default();
        self.fresh(&format!("{base}{window}"))
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
                let mut rel = Rel::Aggregate {
                    input: Box::new(rows.project(columns)),
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

/// The column of a feature that holds the customer.
pub(super) fn customer_of(feature: &str) -> Arc<str> {
    format!("{feature}_customer").into()
}

/// These columns of a relation.
pub(super) fn only(rel: Rel, columns: &[Arc<str>]) -> Rel {
    rel.project(columns.iter().map(|c| (c.clone(), Scalar::Column(c.clone()))).collect())
}

fn present(value: &Scalar) -> Scalar {
    Scalar::Not(Box::new(Scalar::IsMissing(Box::new(value.clone()))))
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
