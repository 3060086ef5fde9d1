//! The same rows from less work. Each pass is a small rule over plans that keeps their meaning; here they are put in
//! order.

mod count;
mod narrow;
mod share;
mod uses;

pub use count::count;
pub use narrow::narrow;
pub use share::share;

use crate::{Plan, Rel, Scalar, prune};

/// The cheapest plan known that gives the same rows.
pub fn cheapest(plan: Plan) -> Plan {
    // What is read alike looks alike only before columns are left out.
    prune(share(count(narrow(plan))))
}

/// Every scalar of a relation and of those it is made of.
#[recursive::recursive]
fn map_scalars(rel: &mut Rel, each: &mut dyn FnMut(&mut Scalar)) {
    match rel {
        Rel::Table(_) | Rel::Step { .. } => {}
        Rel::Filter { input, keep } => {
            each(keep);
            map_scalars(input, each);
        }
        Rel::Project { input, columns } => {
            columns.iter_mut().for_each(|(_, scalar)| each(scalar));
            map_scalars(input, each);
        }
        Rel::Join { left, right, and, .. } => {
            and.iter_mut().for_each(&mut *each);
            map_scalars(left, each);
            map_scalars(right, each);
        }
        Rel::Aggregate { input, .. } | Rel::Number { input, .. } | Rel::Ntile { input, .. } => {
            map_scalars(input, each);
        }
        Rel::Union(parts) => parts.iter_mut().for_each(|part| map_scalars(part, each)),
    }
}

/// A scalar and all its parts, the parts before the whole.
#[recursive::recursive]
pub(crate) fn each_scalar(scalar: &mut Scalar, each: &mut dyn FnMut(&mut Scalar)) {
    scalar.children_mut().into_iter().for_each(|child| each_scalar(child, each));
    each(scalar);
}
