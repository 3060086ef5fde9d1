//! Exact decimals of 38 digits, 9 of them after the point.
//!
//! Own code because the meaning is the language's: BigQuery's NUMERIC and the other warehouses' `DECIMAL(38, 9)`
//! have just this range and no crate does (`rust_decimal` ends at 28 digits, `bigdecimal` has no bound), and
//! `*` and `/` must round half away from zero in every engine alike.

use std::fmt;
use std::str::FromStr;

use ethnum::I256;
use serde::{Deserialize, Serialize};

/// `units / 10^9`. Stored as its text, for few formats hold 38 digits in a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal(i128);

/// The result has more than 38 digits, or a division was by zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no decimal of 38 digits")
    }
}

impl std::error::Error for OutOfRange {}

const PLACES: u32 = 9;
const ONE: i128 = 1_000_000_000;
/// 10^38 - 1: the largest 38-digit number of units.
const MAX: i128 = 99_999_999_999_999_999_999_999_999_999_999_999_999;

#[expect(clippy::should_implement_trait, reason = "they can fail, which the operators cannot say")]
impl Decimal {
    /// 0.
    pub const ZERO: Decimal = Decimal(0);

    /// `units / 10^9`, if it has at most 38 digits.
    pub fn from_units(units: i128) -> Result<Decimal, OutOfRange> {
        if (-MAX..=MAX).contains(&units) { Ok(Decimal(units)) } else { Err(OutOfRange) }
    }

    /// How many 10^-9 it is.
    pub fn units(self) -> i128 {
        self.0
    }

    /// The sum.
    pub fn add(self, other: Decimal) -> Result<Decimal, OutOfRange> {
        self.0.checked_add(other.0).ok_or(OutOfRange).and_then(Decimal::from_units)
    }

    /// The difference.
    pub fn sub(self, other: Decimal) -> Result<Decimal, OutOfRange> {
        self.0.checked_sub(other.0).ok_or(OutOfRange).and_then(Decimal::from_units)
    }

    /// The product, rounded half away from zero at 9 places.
    pub fn mul(self, other: Decimal) -> Result<Decimal, OutOfRange> {
        divide(I256::from(self.0) * I256::from(other.0), I256::from(ONE))
    }

    /// The quotient, rounded half away from zero at 9 places; by zero is out of range.
    pub fn div(self, other: Decimal) -> Result<Decimal, OutOfRange> {
        if other.0 == 0 {
            return Err(OutOfRange);
        }
        divide(I256::from(self.0) * I256::from(ONE), I256::from(other.0))
    }

    /// Rounded half away from zero to `places` after the point (0 to 9).
    pub fn round(self, places: u32) -> Decimal {
        let step = 10i128.pow(PLACES - places.min(PLACES));
        let half = step / 2;
        let away = self.0 + if self.0 < 0 { -half } else { half };
        Decimal(away / step * step)
    }

    /// The whole part, cut towards zero.
    pub fn trunc(self) -> i128 {
        self.0 / ONE
    }

    /// The largest whole number not above it.
    pub fn floor(self) -> i128 {
        self.0.div_euclid(ONE)
    }

    /// The smallest whole number not below it.
    pub fn ceil(self) -> i128 {
        -(-self.0).div_euclid(ONE)
    }

    /// The nearest double, for functions that have no exact answer.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / ONE as f64
    }

    /// With at least `places` digits after the point and no more than it needs: `12.50` for 2.
    pub fn to_fixed(self, places: u32) -> String {
        let rounded = self.round(places);
        let sign = if rounded.0 < 0 { "-" } else { "" };
        let (whole, part) = (rounded.0.unsigned_abs() / ONE as u128, rounded.0.unsigned_abs() % ONE as u128);
        if places == 0 {
            return format!("{sign}{whole}");
        }
        let digits = format!("{part:09}");
        format!("{sign}{whole}.{}", &digits[..places.min(PLACES) as usize])
    }
}

/// The quotient of two counts of units, rounded half away from zero. The denominator is not 0.
pub(crate) fn divide(numerator: I256, denominator: I256) -> Result<Decimal, OutOfRange> {
    let (n, d) = (numerator.unsigned_abs(), denominator.unsigned_abs());
    let quotient = (n + n + d) / (d + d);
    let units = i128::try_from(quotient).map_err(|_| OutOfRange)?;
    let negative = (numerator < 0) != (denominator < 0);
    Decimal::from_units(if negative { -units } else { units })
}

impl From<i64> for Decimal {
    fn from(whole: i64) -> Decimal {
        Decimal(i128::from(whole) * ONE)
    }
}

/// As it is written: `-12.5`. More than 9 places round half away from zero.
impl FromStr for Decimal {
    type Err = OutOfRange;
    fn from_str(text: &str) -> Result<Decimal, OutOfRange> {
        let (negative, digits) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && part.is_empty())
            || !all_digits(whole)
            || !all_digits(part)
            || whole.len() > 38
        {
            return Err(OutOfRange);
        }
        let mut units: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| OutOfRange)? };
        let kept = &part[..part.len().min(PLACES as usize)];
        for digit in kept.bytes().chain(std::iter::repeat_n(b'0', PLACES as usize - kept.len())) {
            units = units
                .checked_mul(10)
                .and_then(|u| u.checked_add(i128::from(digit - b'0')))
                .ok_or(OutOfRange)?;
        }
        if part.as_bytes().get(PLACES as usize).is_some_and(|d| *d >= b'5') {
            units += 1;
        }
        Decimal::from_units(if negative { -units } else { units })
    }
}

impl TryFrom<String> for Decimal {
    type Error = OutOfRange;
    fn try_from(text: String) -> Result<Decimal, OutOfRange> {
        text.parse()
    }
}

impl From<Decimal> for String {
    fn from(decimal: Decimal) -> String {
        decimal.to_string()
    }
}

/// The shortest form: `2.5`, `100`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.to_fixed(PLACES);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Total;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn prints_what_it_reads() {
        for text in ["0", "1", "-1", "2.5", "-0.000000001", "100", "99999999999999999999999999999.999999999"]
        {
            assert_eq!(d(text).to_string(), text);
        }
        assert_eq!(d("12.5").to_fixed(2), "12.50");
        assert_eq!(d("-0.005").to_fixed(2), "-0.01");
    }

    #[test]
    fn rounds_half_away_from_zero() {
        assert_eq!(d("0.000000001").mul(d("0.5")), Ok(d("0.000000001")));
        assert_eq!(d("-0.000000001").mul(d("0.5")), Ok(d("-0.000000001")));
        assert_eq!(d("1").div(d("3")), Ok(d("0.333333333")));
        assert_eq!(d("2").div(d("-3")), Ok(d("-0.666666667")));
        assert_eq!(d("2.5").round(0), d("3"));
        assert_eq!(d("-2.5").round(0), d("-3"));
    }

    #[test]
    fn too_large_is_said_not_wrapped() {
        let most = d("99999999999999999999999999999.999999999");
        assert_eq!(most.add(d("0.000000001")), Err(OutOfRange));
        assert_eq!(most.mul(d("2")), Err(OutOfRange));
        assert_eq!(d("1").div(Decimal::ZERO), Err(OutOfRange));
        assert!("1e5".parse::<Decimal>().is_err());
    }
    #[test]
    fn a_total_may_pass_the_range_on_its_way() {
        let most = d("99999999999999999999999999999.999999999");
        let mut total = Total::default();
        total.add(most);
        total.add(most);
        assert_eq!((total.sum(), total.mean(2)), (Err(OutOfRange), Ok(most)));
        total.add(d("-99999999999999999999999999999.999999999"));
        assert_eq!(total.sum(), Ok(most));
        assert_eq!(Total::default().mean(0), Err(OutOfRange));
    }
}
