//! The subset of regular expressions that means the same in every target: RE2, ICU, PostgreSQL's, Java's and Rust's.
//!
//! Own code because no crate knows this meet of dialects: characters, classes, anchors, groups, alternatives and
//! bounded or unbounded repetition. What is outside of it is refused with its reason.

/// Whether a pattern is in the subset; else what is not.
pub fn check(pattern: &str) -> Result<(), String> {
    let mut chars = pattern.chars().peekable();
    let mut depth = 0usize;
    let mut repeatable = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                match chars.next() {
                    Some('d' | 'w' | 's' | 'D' | 'W' | 'S') => {
                        return Err(
                            "`\\d`, `\\w` and `\\s` differ between warehouses; write `[0-9]`, `[A-Za-z0-9_]`"
                                .into(),
                        );
                    }
                    Some(c) if c.is_ascii_alphanumeric() => {
                        return Err(format!("`\\{c}` does not mean the same in every warehouse"));
                    }
                    Some(_) => repeatable = true,
                    None => return Err("it ends in a single backslash".into()),
                };
            }
            '[' => {
                class(&mut chars)?;
                repeatable = true;
            }
            '(' => {
                if chars.peek() == Some(&'?') {
                    return Err("`(?` does not mean the same in every warehouse".into());
                }
                depth += 1;
                repeatable = false;
            }
            ')' => {
                depth = depth.checked_sub(1).ok_or("a `)` closes nothing")?;
                repeatable = true;
            }
            '*' | '+' | '?' => {
                if !repeatable {
                    return Err(format!("`{c}` repeats nothing"));
                }
                if matches!(chars.peek(), Some('?' | '+' | '*')) {
                    return Err("lazy and possessive repetition differ between warehouses".into());
                }
                repeatable = false;
            }
            '{' => {
                if !repeatable {
                    return Err("`{` repeats nothing; write `\\{` for the character".into());
                }
                bounds(&mut chars)?;
                repeatable = false;
            }
            '}' => return Err("write `\\}` for the character".into()),
            ']' => return Err("write `\\]` for the character".into()),
            '|' | '^' | '$' => repeatable = false,
            c if c.is_control() => return Err("it holds a control character".into()),
            _ => repeatable = true,
        }
    }
    if depth > 0 { Err("a `(` is never closed".into()) } else { Ok(()) }
}

/// A class up to its `]`.
fn class(chars: &mut std::iter::Peekable<std::str::Chars>) -> Result<(), String> {
    if chars.peek() == Some(&'^') {
        chars.next();
    }
    let mut empty = true;
    loop {
        match chars.next() {
            None => return Err("a `[` is never closed".into()),
            Some(']') if !empty => return Ok(()),
            Some(']') => return Err("an empty class".into()),
            Some('[') => return Err("write `\\[` for the character inside a class".into()),
            Some('\\') => match chars.next() {
                Some(c) if c.is_ascii_alphanumeric() => {
                    return Err(format!("`\\{c}` does not mean the same in every warehouse"));
                }
                Some(_) => {}
                None => return Err("a `[` is never closed".into()),
            },
            Some('&') if chars.peek() == Some(&'&') => return Err("`&&` differs between warehouses".into()),
            Some(_) => {}
        }
        empty = false;
    }
}

/// `{2}`, `{2,}`, `{2,5}`, up to 255 as PostgreSQL has it.
fn bounds(chars: &mut std::iter::Peekable<std::str::Chars>) -> Result<(), String> {
    let text: String = chars.by_ref().take_while(|c| *c != '}').collect();
    let (low, high) = text.split_once(',').unwrap_or((&text, &text));
    let number = |s: &str| s.parse::<u32>().ok().filter(|n| *n <= 255);
    let fits = match (number(low), high) {
        (Some(_), "") => text.contains(','),
        (Some(low), high) => number(high).is_some_and(|high| low <= high),
        _ => false,
    };
    if fits { Ok(()) } else { Err(format!("`{{{text}}}` is no repetition from 0 to 255")) }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_means_the_same_everywhere_is_taken() {
        for pattern in ["^\\+[0-9]{8,15}$", "a|b(c)*", "[^@]+@[a-z.]+", "\\.", "x{2}", "ü"] {
            assert_eq!(check(pattern), Ok(()), "{pattern}");
        }
    }

    #[test]
    fn what_does_not_is_refused_with_its_reason() {
        for pattern in
            ["(?=a)", "\\bword\\b", "(a)\\1", "\\d+", "a*?", "[", "(", ")", "+", "a{300}", "a{3,1}", "\\"]
        {
            assert!(check(pattern).is_err(), "{pattern}");
        }
    }
}
