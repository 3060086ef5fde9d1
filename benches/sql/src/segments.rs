//! Segments such as a shop has: who looks, buys, spends, reads, lapses, is new. Each is a few conditions that all hold,
//! and is written down twice: as persona has it here, as SQL in `expert`.

use fastrand::Rng;

/// One condition of a segment.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// So many events in the last days.
    Count { event: &'static str, days: u32, at_least: u32 },
    /// So many looks at a category in the last days.
    Looks { category: &'static str, days: u32, at_least: u32 },
    /// So much spent in the last days.
    Spent { days: u32, at_least: u32 },
    /// None of these events in the last days.
    None { event: &'static str, days: u32 },
    /// The last of these events is longer ago.
    LastBefore { event: &'static str, days: u32 },
    /// Signed up in the last days, or before them.
    SignedUp { days: u32, before: bool },
    /// Lives there.
    Country(&'static str),
}

/// A segment: its name and what must hold.
#[derive(Clone, Debug)]
pub struct Segment {
    pub name: String,
    pub all: Vec<Condition>,
}

/// So many segments, no two alike.
pub fn segments(count: usize, seed: u64) -> Vec<Segment> {
    let mut rng = Rng::with_seed(seed);
    let mut found: Vec<Segment> = Vec::new();
    let mut turn = 0;
    while found.len() < count {
        let all = conditions(turn, &mut rng);
        turn += 1;
        if !found.iter().any(|s| s.all == all) {
            found.push(Segment { name: format!("s{:02}", found.len() + 1), all });
        }
    }
    found
}

/// So many segments that ask for much the same: who looks, spends, and has not bought of late, with other windows and
/// thresholds each time.
pub fn alike(count: usize, seed: u64) -> Vec<Segment> {
    use Condition::{Count, Spent};
    let mut rng = Rng::with_seed(seed);
    let mut found: Vec<Segment> = Vec::new();
    while found.len() < count {
        let all = vec![
            Count { event: "view", days: [30, 60, 90][rng.usize(0..3)], at_least: rng.u32(2..10) },
            Spent { days: [180, 365][rng.usize(0..2)], at_least: rng.u32(2..12) * 50 },
            Condition::None { event: "purchase", days: [7, 14, 30][rng.usize(0..3)] },
        ];
        if !found.iter().any(|s| s.all == all) {
            found.push(Segment { name: format!("s{:02}", found.len() + 1), all });
        }
    }
    found
}

/// Every kind of segment in turn.
fn conditions(turn: usize, rng: &mut Rng) -> Vec<Condition> {
    use Condition::{Count, Country, LastBefore, Looks, SignedUp, Spent};
    fn of<T: Copy>(rng: &mut Rng, some: &[T]) -> T {
        some[rng.usize(0..some.len())]
    }
    let none = |event, days| Condition::None { event, days };
    match turn % 10 {
        // About to buy.
        0 => vec![
            Count { event: "view", days: 7, at_least: of(rng, &[2, 3, 5]) },
            Count { event: "cart_add", days: of(rng, &[7, 14]), at_least: 1 },
            none("purchase", of(rng, &[7, 14, 30])),
        ],
        // Bought, and no more.
        1 => vec![
            Count { event: "purchase", days: 365, at_least: of(rng, &[1, 2]) },
            none("purchase", of(rng, &[60, 90, 180])),
        ],
        // Buys often.
        2 => vec![Count {
            event: "purchase",
            days: of(rng, &[30, 90, 180, 365]),
            at_least: of(rng, &[2, 3, 5]),
        }],
        // Spends much.
        3 => vec![
            Spent { days: of(rng, &[90, 180, 365]), at_least: of(rng, &[250, 500, 1000]) },
            Country(of(rng, &["UK", "DE"])),
        ],
        // Nothing heard of for long.
        4 => {
            let days = of(rng, &[30, 60, 90]);
            vec![none("view", days), none("email_open", days), SignedUp { days, before: true }]
        }
        // Looks every day.
        5 => vec![Count { event: "view", days: of(rng, &[7, 14, 30]), at_least: of(rng, &[1, 3, 10]) }],
        // Reads what we write.
        6 => vec![
            Count { event: "email_open", days: of(rng, &[30, 60, 90]), at_least: of(rng, &[1, 3]) },
            none("email_click", of(rng, &[30, 90])),
        ],
        // Likes one thing.
        7 => vec![
            Looks {
                category: of(rng, &["shoes", "bags", "coats"]),
                days: of(rng, &[30, 60]),
                at_least: of(rng, &[1, 2, 3]),
            },
            none("purchase", of(rng, &[30, 60])),
        ],
        // New, and has not bought.
        8 => vec![SignedUp { days: of(rng, &[7, 14, 30]), before: false }, none("purchase", 30)],
        // Long gone.
        _ => vec![LastBefore { event: "purchase", days: of(rng, &[90, 180, 365]) }],
    }
}

/// The program that declares them.
pub fn program(segments: &[Segment]) -> String {
    let declared = segments.iter().map(|s| {
        let all: Vec<String> = s.all.iter().map(written).collect();
        format!("segment {} {{ when {} }}\n", s.name, all.join(" and "))
    });
    format!("{SHOP}\n{}", declared.collect::<String>())
}

fn written(condition: &Condition) -> String {
    match condition {
        Condition::Count { event, days, at_least: 1 } => format!("any({event} in last {days} days)"),
        Condition::Count { event, days, at_least } => {
            format!("count({event} in last {days} days) >= {at_least}")
        }
        Condition::Looks { category, days, at_least } => {
            format!("count(view where category == \"{category}\" in last {days} days) >= {at_least}")
        }
        Condition::Spent { days, at_least } => {
            format!("sum(purchase.total in last {days} days) >= {at_least} GBP")
        }
        Condition::None { event, days } => format!("none({event} in last {days} days)"),
        Condition::LastBefore { event, days } => format!("last({event}).at < {days} days ago"),
        Condition::SignedUp { days, before: false } => format!("signed_up in last {days} days"),
        Condition::SignedUp { days, before: true } => format!("signed_up < {days} days ago"),
        Condition::Country(country) => format!("country == {country}"),
    }
}

const SHOP: &str = r#"
customer { id: string key  email: email  country: enum { UK, DE, FR, IE, other }  signed_up: timestamp }
event view { category: string }
event cart_add { sku: string }
event purchase { total: money }
"#;
