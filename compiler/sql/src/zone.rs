//! What the compiler knows of a zone, so that engines' different answers at clock changes are not used.

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

use sqlparser::ast::Expr;

use crate::Unsupported;
use crate::ast::{call, case, equal};

/// By how many seconds a zone's clocks have been set back since 1970, and will be by the rules of today: the
/// local times in such a stretch occur twice. Usually one hour, or nothing.
fn set_back(zone: &str) -> Result<Vec<i64>, Unsupported> {
    let unknown = |_| Unsupported::new(format!("the time zone `{zone}`"));
    let rules = TimeZoneDatabase::bundled().get(zone).map_err(unknown)?;
    let mut steps = Vec::new();
    let mut before = rules.to_offset(Timestamp::UNIX_EPOCH).seconds();
    for change in rules.following(Timestamp::UNIX_EPOCH).take_while(|c| c.timestamp() < end()) {
        let after = change.offset().seconds();
        let back = i64::from(before - after);
        if back > 0 && !steps.contains(&back) {
            steps.push(back);
        }
        before = after;
    }
    steps.sort_unstable();
    Ok(steps)
}

/// An engine's ways with a zone's clock.
pub struct Clock<'a> {
    /// IANA name.
    pub zone: &'a str,
    /// The instant at which the clock shows this; of two, whichever the engine takes.
    pub instant: &'a dyn Fn(Expr) -> Expr,
    /// What the clock shows at an instant.
    pub shows: &'a dyn Fn(Expr) -> Expr,
    /// An instant or a wall clock moved by seconds.
    pub shift: &'a dyn Fn(Expr, i64) -> Expr,
}

impl Clock<'_> {
    /// The instant, the first of two, in an engine that takes the second and moves forward over a gap.
    ///
    /// An hour after the instant of an hour earlier is the first of two; after a gap that overshoots, but then the
    /// engine's own answer is the lesser.
    pub fn first_where_engine_takes_second(&self, wall: Expr) -> Result<Expr, Unsupported> {
        let own = (self.instant)(wall.clone());
        match set_back(self.zone)?[..] {
            [] => Ok(own),
            [back] => {
                let earlier = (self.instant)((self.shift)(wall, -back));
                Ok(call("LEAST", vec![own, (self.shift)(earlier, back)]))
            }
            _ => self.first(wall),
        }
    }

    /// The instant, the first of two, in any engine that moves forward over a gap: an earlier one at which the clock
    /// shows the same, if there is one.
    pub fn first(&self, wall: Expr) -> Result<Expr, Unsupported> {
        let own = (self.instant)(wall.clone());
        let earlier = |back: i64| (self.shift)(own.clone(), -back);
        let steps = set_back(self.zone)?.into_iter().rev();
        let whens: Vec<_> =
            steps.map(|b| (equal((self.shows)(earlier(b)), wall.clone()), earlier(b))).collect();
        Ok(if whens.is_empty() { own } else { case(whens, Some(own)) })
    }
}

/// Rules repeat every year by then.
fn end() -> Timestamp {
    Timestamp::from_second(2_208_988_800).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::set_back;

    #[test]
    fn clocks_are_set_back_by_an_hour_by_half_of_one_or_never() {
        assert_eq!(set_back("Europe/London"), Ok(vec![3_600]));
        assert_eq!(set_back("Australia/Lord_Howe"), Ok(vec![1_800, 3_600]));
        assert_eq!(set_back("Asia/Kolkata"), Ok(vec![]));
        let wrong = set_back("Europe/Camelot").unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "internal error: the time zone `Europe/Camelot` cannot be written as SQL"
        );
    }
}
