//! Random templates, and random customers who try to be shown what is proved to be shown to nobody.

use std::collections::BTreeSet;

use fastrand::Rng;
use jiff::Timestamp;
use persona_plan::lower::Profiles;
use persona_plan::{Rows, evaluate};
use persona_template::{Compiled, Data, render};
use persona_value::Value;

use crate::random::{SHOP, customers, pick};
use crate::support::check;

/// Templates of one program.
const TEMPLATES: usize = 20;

/// One customer of an evaluated plan.
struct Reader<'a> {
    rows: &'a Rows,
    row: usize,
    now: Timestamp,
}

impl Data for Reader<'_> {
    fn value(&self, name: &str) -> Value {
        self.rows.schema.index(name).map_or(Value::Missing, |at| self.rows.rows[self.row][at].clone())
    }

    fn in_segment(&self, segment: &str) -> bool {
        self.value(&format!("in_{segment}")).is_true()
    }

    fn block(&self, _: &str) -> Option<Compiled> {
        None
    }

    fn placeholder(&self, _: &str) -> Option<Compiled> {
        None
    }

    fn entity(&self, _: &str, _: &Value) -> Value {
        Value::Missing
    }

    fn time_zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::UTC
    }

    fn now(&self) -> Timestamp {
        self.now
    }
}

fn asked(rng: &mut Rng) -> String {
    let compare = |rng: &mut Rng| pick(rng, &["<", "<=", "==", ">=", ">", "!="]);
    match rng.u8(..9) {
        0 | 1 => format!("age {} {}", compare(rng), rng.u8(12..22)),
        2 => format!("tier == \"{}\"", pick(rng, &["bronze", "silver", "gold"])),
        3 => format!("country != \"{}\"", pick(rng, &["UK", "DE"])),
        4 => "vip".into(),
        5 => pick(rng, &["age", "tier", "birthday"]).into(),
        6 => format!("customer in {}", pick(rng, &["grown", "buyers"])),
        7 => format!("orders {} {}", compare(rng), rng.u8(..4)),
        _ => format!("age == blank or orders > {}", rng.u8(..4)),
    }
}

/// One choice, with a mark in every way of it; `ways` counts them.
fn choice(rng: &mut Rng, depth: u32, ways: &mut usize) -> String {
    let mut mark = |rng: &mut Rng| {
        *ways += 1;
        let own = format!("<{}>", *ways - 1);
        if depth > 0 && rng.bool() { own + &choice(rng, depth - 1, ways) } else { own }
    };
    let condition = |rng: &mut Rng| match rng.u8(..4) {
        0 => format!("{} and {}", asked(rng), asked(rng)),
        _ => asked(rng),
    };
    if rng.u8(..5) == 0 {
        return format!("{{% unless {} %}}{}{{% endunless %}}", condition(rng), mark(rng));
    }
    let mut text = format!("{{% if {} %}}{}", condition(rng), mark(rng));
    for _ in 0..rng.usize(..3) {
        text += &format!("{{% elsif {} %}}{}", condition(rng), mark(rng));
    }
    if rng.bool() {
        text += &format!("{{% else %}}{}", mark(rng));
    }
    text + "{% endif %}"
}

/// What a template is proved to show to nobody is shown to nobody.
#[test]
fn nobody_is_shown_what_nobody_can_be_shown() {
    let seeds = std::env::var("PERSONA_SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(8u64);
    let (mut proved, mut shown, mut wrong) = (0, 0, vec![]);
    for seed in 0..seeds {
        let mut rng = Rng::with_seed(seed);
        let mut program = SHOP.to_string();
        program += "segment grown { when age >= 18 }\nsegment buyers { when orders > 1 }\n\
                    brand { from \"Shop <hello@shop.example>\" }\n";
        let mut counts = Vec::new();
        for at in 0..TEMPLATES {
            let mut ways = 0;
            let depth = rng.u32(..3);
            let text = choice(&mut rng, depth, &mut ways);
            program += &format!(
                "email m{at} {{ transactional  subject \"Hello\"  body text \"\"\"{text}\"\"\" }}\n"
            );
            counts.push(ways);
        }
        let (model, told) = check(&program);
        // The mark behind the condition that is told of.
        let mut never: Vec<BTreeSet<String>> = vec![BTreeSet::new(); TEMPLATES];
        for told in told.iter().filter(|told| told.code == "unreachable-case") {
            let at = told.span().unwrap().start as usize;
            let email = program[..at].rfind("email m").unwrap() + "email m".len();
            let email: usize = program[email..].split(' ').next().unwrap().parse().unwrap();
            let mark = at + program[at..].find('<').unwrap();
            // An order such as `<` is none.
            let mark = (mark..)
                .find(|m| {
                    program[*m..].starts_with('<')
                        && program[m + 1..].starts_with(|c: char| c.is_ascii_digit())
                })
                .unwrap();
            let mark = &program[mark..=mark + program[mark..].find('>').unwrap()];
            never[email].insert(mark.to_string());
        }
        proved += never.iter().map(BTreeSet::len).sum::<usize>();
        let mut seen: Vec<BTreeSet<String>> = vec![BTreeSet::new(); TEMPLATES];
        for days in [0, 45] {
            let now = Timestamp::from_second(1_772_370_000 + days * 86_400).unwrap();
            let tables = customers(&model, &mut rng, now, 80);
            let rows = evaluate(&Profiles::everything(&model, &[]), &tables, now).unwrap();
            for row in 0..rows.rows.len() {
                let reader = Reader { rows: &rows, row, now };
                for (at, email) in model.emails.iter().enumerate() {
                    let text = render(&email.body.template, &reader).unwrap();
                    let marks = text.split_inclusive('>').filter(|m| m.starts_with('<'));
                    seen[at].extend(marks.map(str::to_string));
                }
            }
        }
        for at in 0..TEMPLATES {
            shown += seen[at].len();
            wrong.extend(
                seen[at]
                    .intersection(&never[at])
                    .map(|mark| format!("seed {seed}: {mark} of m{at}\n{program}")),
            );
        }
    }
    assert!(wrong.is_empty(), "proved to be shown to nobody, and somebody is:\n{}", wrong.join("\n"));
    assert!(proved > 20, "only {proved} are proved, {shown} shown: the templates are too tame");
    assert!(shown > proved, "{proved} proved, {shown} shown");
}
