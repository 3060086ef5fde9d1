//! An amount of money meets a plain number.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct MissingCurrency {
    /// The money as written: `average_order`.
    pub money: String,
    /// Where that stands.
    pub money_at: Span,
    /// The number as written.
    pub number: String,
    /// Where that stands.
    pub number_at: Span,
    /// The money's currency.
    pub currency: String,
}

impl Problem for MissingCurrency {
    const CODE: &'static str = "missing-currency";

    fn tell(&self, to: &mut Report) {
        let MissingCurrency { money, number, currency, .. } = self;
        to.headline(format!("`{money}` is money, but `{number}` has no currency"));
        to.label(self.number_at, format!("{number} of what?"));
        to.label(self.money_at, format!("this is in {currency}"));
        if number.starts_with(|c: char| c.is_ascii_digit()) && !number.contains(' ') {
            to.paste("write the currency", format!("{number} {currency}"));
            // Two currencies do not mix: no other one fits here.
            to.fix(self.number_at.after(), format!(" {currency}"), true);
        } else {
            to.help(format!("compare it with money in {currency}, or with a part of it that is a number"));
        }
    }
}
