//! Names for what a dialect would otherwise write several times.
//!
//! Where exact arithmetic needs an operand more than once, an operand that is itself computed becomes a column
//! one `SELECT` below; without this, text would grow with every level of nesting by a factor.

use std::sync::Arc;

use persona_plan::{Function, Rel, Scalar, Schema};

use crate::dialect::Dialect;
use crate::scalar::is_int;

/// Begins the name of a column made here. No name of the language has a dollar sign.
const PREFIX: &str = "part$";

/// Whether a column was made here, and so must stay one.
pub fn is_bound(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// The relation with such operands made columns, in it and in all below it.
#[recursive::recursive]
pub fn bind(rel: &Rel, dialect: &dyn Dialect) -> Rel {
    let below = |input: &Rel| Box::new(bind(input, dialect));
    match rel {
        Rel::Table(_) | Rel::Step { .. } => rel.clone(),
        Rel::Project { input, columns } => {
            let mut input = *below(input);
            let mut columns = columns.clone();
            loop {
                let mut parts = Parts { dialect, schema: input.schema(), found: vec![] };
                for (_, scalar) in &mut columns {
                    parts.replace(scalar);
                }
                if parts.found.is_empty() {
                    return input.project(columns);
                }
                let mut kept: Vec<(Arc<str>, Scalar)> = Vec::new();
                for (_, scalar) in &columns {
                    scalar.columns(&mut |name| {
                        let known = kept.iter().chain(&parts.found).any(|(n, _)| n == name);
                        if !known {
                            kept.push((name.clone(), Scalar::Column(name.clone())));
                        }
                    });
                }
                kept.extend(parts.found);
                input = input.project(kept);
            }
        }
        Rel::Filter { input, keep } => {
            let input = below(input);
            let names: Vec<_> = input.schema().columns.into_iter().map(|c| c.name).collect();
            let mut parts = Parts { dialect, schema: input.schema(), found: vec![] };
            let mut bound = keep.clone();
            parts.replace(&mut bound);
            if parts.found.is_empty() {
                return input.filter(bound);
            }
            let extended = input.extend(parts.found);
            let own = names.into_iter().map(|n| (n.clone(), Scalar::Column(n))).collect();
            bind(&extended, dialect).filter(bound).project(own)
        }
        Rel::Join { kind, left, right, on, and } => Rel::Join {
            kind: *kind,
            left: below(left),
            right: below(right),
            on: on.clone(),
            and: and.clone(),
        },
        Rel::Aggregate { input, keys, values } => {
            Rel::Aggregate { input: below(input), keys: keys.clone(), values: values.clone() }
        }
        Rel::Number { input, per, order, name } => {
            Rel::Number { input: below(input), per: per.clone(), order: order.clone(), name: name.clone() }
        }
        Rel::Ntile { input, buckets, order, name } => {
            Rel::Ntile { input: below(input), buckets: *buckets, order: order.clone(), name: name.clone() }
        }
        Rel::Union(parts) => Rel::Union(parts.iter().map(|p| bind(p, dialect)).collect()),
    }
}

struct Parts<'a> {
    dialect: &'a dyn Dialect,
    schema: Schema,
    found: Vec<(Arc<str>, Scalar)>,
}

impl Parts<'_> {
    /// Puts columns for the innermost operands that must be, and tells whether there were any; called again on what is
    /// left, it finds the next. What reads a column found now has to wait until that is one.
    fn replace(&mut self, scalar: &mut Scalar) -> bool {
        let mut replaced = false;
        if let Scalar::Arithmetic { op, left, right, .. } = scalar {
            let ints = (is_int(&left.typed(&self.schema).0), is_int(&right.typed(&self.schema).0));
            if self.dialect.repeats(*op, ints.0, ints.1) {
                for side in [left, right] {
                    let below = self.replace(side);
                    if !below && !is_short(side) {
                        **side = self.name(side);
                        replaced = true;
                    }
                    replaced |= below;
                }
                return replaced;
            }
        }
        scalar.children_mut().into_iter().for_each(|child| replaced |= self.replace(child));
        replaced
    }

    fn name(&mut self, scalar: &Scalar) -> Scalar {
        if let Some((name, _)) = self.found.iter().find(|(_, known)| known == scalar) {
            return Scalar::Column(name.clone());
        }
        // Of the columns made before, those that nothing reads any more are gone: counting them is not enough.
        let number = |c: &persona_plan::Column| c.name.strip_prefix(PREFIX)?.parse::<usize>().ok();
        let last = self.schema.columns.iter().filter_map(number).max().unwrap_or(0);
        let name: Arc<str> = format!("{PREFIX}{}", last + self.found.len() + 1).into();
        self.found.push((name.clone(), scalar.clone()));
        Scalar::Column(name)
    }
}

/// What may be written several times.
fn is_short(scalar: &Scalar) -> bool {
    match scalar {
        Scalar::Column(_) | Scalar::Literal { .. } => true,
        Scalar::Coalesce(options) => options.iter().all(|o| o.children().is_empty()),
        _ => false,
    }
}

/// Whether anything in it may go out of its type's range.
pub fn calculates(scalar: &Scalar) -> bool {
    let here = matches!(scalar, Scalar::Arithmetic { .. } | Scalar::Call { function: Function::Abs, .. });
    here || scalar.children().into_iter().any(calculates)
}
