//! How a source's column, of a type not known before the query runs, is read as a value: its text is checked
//! against one form, the same in every engine, and only then converted, so that no engine's own leniency
//! (`'infinity'`, `'1_000'`, `'12.7'` as an int) gives values the others do not have.
//!
//! The forms are written in what all engines' regular expressions share: no backslashes, no look-around, and
//! groups that capture nothing, `(?:…)`, which a dialect without them replaces.

use persona_value::Type;
use sqlparser::ast::Expr;

use crate::Unsupported;
use crate::ast::{call, case, coalesce, number, one_of, plain};
use crate::dialect::{Dialect, Stored};
use crate::scalar::stored;

const BOOL: &str = "[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]";
/// Zeros after the point, as a column of floats or decimals shows a whole number, are passed over.
const INT: &str = "[+-]?[0-9]+(?:[.]0*)?";
/// With the exponent that a column of floats shows for the very small and the very large.
const DECIMAL: &str = "[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]{1,3})?";
const TIME: &str = "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]+)?)?";
/// Up to 14 hours, the furthest any clock goes.
const OFFSET: &str = "(?:Z|[+-](?:(?:0[0-9]|1[0-3])(?::?[0-5][0-9])?|14(?::?00)?))";

/// Zeros that a number's text does not need: all after the point, or those behind the last digit that counts, which is
/// group 1.
pub const NEEDLESS_ZEROS: &str = "[.]0+$|([.][0-9]*[1-9])0+$";

/// A column read as a value of a type, missing where it cannot be.
pub fn read(raw: Expr, ty: &Type, zone: Option<&str>, dialect: &dyn Dialect) -> Result<Expr, Unsupported> {
    let stored = stored(ty, "a column of a source")?;
    let text = || dialect.raw_text(raw.clone());
    let of_form = |form: &str| dialect.of_form(text(), form);
    let day = dialect.day_form();
    Ok(match stored {
        Stored::Text => match ty {
            Type::Enum(closed) => {
                let values = closed.values.iter().map(|v| dialect.text(v)).collect();
                case(vec![(one_of(text(), values), text())], None)
            }
            _ => call("NULLIF", vec![dialect.raw_shortest(raw.clone()), plain("")]),
        },
        Stored::Bool => dialect.convert(of_form(BOOL), stored),
        Stored::Int => {
            dialect.read_natively(raw.clone(), stored, zone, dialect.convert(of_form(INT), stored))?
        }
        Stored::Decimal => {
            dialect.read_natively(raw.clone(), stored, zone, dialect.convert(of_form(DECIMAL), stored))?
        }
        Stored::Time => {
            // To the microsecond: `HH:MM:SS.FFFFFF`.
            dialect.convert(call("SUBSTR", vec![of_form(TIME), number(1), number(15)]), stored)
        }
        Stored::Date => {
            let whole =
                dialect.of_form(dialect.raw_time_text(raw), &format!("{day}(?:[ T]{TIME}{OFFSET}?)?"));
            dialect.convert(call("SUBSTR", vec![whole, number(1), number(10)]), stored)
        }
        Stored::Instant => {
            let shown = dialect.raw_time_text(raw.clone());
            let by_text = match zone {
                None | Some("UTC") => {
                    dialect.read_instant(dialect.of_form(shown, &format!("{day}(?:[ T]{TIME}{OFFSET}?)?")))
                }
                // An offset says more than the zone; but `+00` is how engines show an instant of their own,
                // and there, too, it is what the clock shows that counts.
                Some(zone) => {
                    let clock = dialect.of_form(shown.clone(), &format!("{day}(?:[ T]{TIME}(?:[+]00)?)?"));
                    let instant = dialect.of_form(shown, &format!("{day}[ T]{TIME}{OFFSET}"));
                    coalesce(dialect.read_wall(clock, zone)?, dialect.read_instant(instant))
                }
            };
            dialect.read_natively(raw, stored, zone, by_text)?
        }
    })
}
