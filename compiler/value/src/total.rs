//! Sums that do not depend on the order of their terms.

use ethnum::I256;

use crate::decimal::{Decimal, OutOfRange, divide};

/// An exact sum of any number of decimals. Its range is judged when it is read, so that a sum that passes 38
/// digits on its way and comes back is the same in whatever order its terms arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total(I256);

impl Total {
    /// One term more.
    pub fn add(&mut self, term: Decimal) {
        self.0 += I256::from(term.units());
    }

    /// The sum, if it has at most 38 digits.
    pub fn sum(self) -> Result<Decimal, OutOfRange> {
        divide(self.0, I256::ONE)
    }

    /// The sum divided by a count, rounded half away from zero at 9 places; by 0 is out of range.
    pub fn mean(self, count: i64) -> Result<Decimal, OutOfRange> {
        if count == 0 { Err(OutOfRange) } else { divide(self.0, I256::from(count)) }
    }
}
