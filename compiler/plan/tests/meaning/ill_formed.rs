//! Plans that break the rules are bugs of the lowering: they fail before a row is read, with words that name
//! the step.

use persona_plan::{
    Aggregate, Arithmetic, Comparison, Function, Join, Order, Plan, Rel, Scalar, Step, check,
};
use persona_value::{Type, Value};

use crate::support::*;

fn data() -> Data {
    Data::default().table("t", "x int, name string, joined date, cell raw", "")
}

/// What is wrong with a column computed over no rows.
fn problem(scalar: Scalar) -> String {
    data().problem(data().rel("t").project(vec![("y".into(), scalar)]))
}

#[test]
fn the_error_names_the_step() {
    let step =
        Step { name: "big".into(), rel: data().rel("t").filter(compare(col("y"), Comparison::Less, int(1))) };
    let plan = Plan { steps: vec![step], result: data().rel("t") };
    assert_eq!(
        check(&plan).unwrap_err().to_string(),
        "the plan's step `big` is ill-formed: there is no column `y` among \
         x int, name string, joined date, cell column"
    );
}

#[test]
fn kinds_do_not_mix() {
    assert_eq!(
        problem(compare(col("x"), Comparison::Equal, col("name"))),
        "`x == name` compares int with text"
    );
    assert_eq!(
        problem(call(Function::Year, [Scalar::Now])),
        "`now` is timestamp where one date is asked for"
    );
    assert_eq!(problem(call(Function::Lower, [])), "`lower()` takes one text");
    assert_eq!(problem(Scalar::And(vec![col("x")])), "`x` is int where bool is asked for");
    assert_eq!(
        problem(Scalar::Coalesce(vec![col("x"), decimal("1")])),
        "`1.0` is decimal where int is asked for"
    );
    assert_eq!(problem(compare(col("cell"), Comparison::Equal, int(1))), "`cell == 1` compares raw with int");
}

#[test]
fn what_is_written_down_must_be_what_is_computed() {
    let half = Scalar::Arithmetic {
        op: Arithmetic::Divide,
        left: Box::new(col("x")),
        right: Box::new(int(2)),
        ty: Type::Int,
    };
    assert_eq!(problem(half), "`x / 2` gives decimal and is typed int");
    assert_eq!(problem(Scalar::literal(Value::Int(1), Type::Text)), "the constant Int(1) is no string");
}

#[test]
fn zones_and_patterns_exist() {
    let hour = Scalar::LocalHour { instant: Box::new(Scalar::Now), zone: "Europe/Atlantis".into() };
    assert_eq!(problem(hour), "no time zone is called `Europe/Atlantis`");
    let pattern = problem(call(Function::Matches { pattern: "(".into() }, [col("name")]));
    assert!(pattern.starts_with("`(` is no pattern"), "{pattern}");
}

#[test]
fn names_are_unique() {
    let t = || data().rel("t");
    let twice = t().project(vec![("y".into(), col("x")), ("y".into(), col("x"))]);
    assert_eq!(data().problem(twice), "two columns are called `y`");
    assert_eq!(data().problem(t().join(Join::Semi, t(), vec![])), "two columns are called `x`");
    let step = || Step { name: "s".into(), rel: t() };
    let plan = Plan { steps: vec![step(), step()], result: t() };
    assert_eq!(check(&plan).unwrap_err().problem, "two steps have this name");
}

#[test]
fn a_step_stands_before_its_use_and_is_known_for_what_it_is() {
    let unknown = Rel::Step { name: "s".into(), schema: data().rel("t").schema() };
    assert_eq!(data().problem(unknown), "no step `s` stands before it");
    let other = Rel::Step { name: "s".into(), schema: data().rel("t").project(vec![]).schema() };
    let plan = Plan { steps: vec![Step { name: "s".into(), rel: data().rel("t") }], result: other };
    assert!(check(&plan).unwrap_err().problem.starts_with("the step `s` has the columns x int"));
}

#[test]
fn parts_of_a_union_have_the_same_columns() {
    let parts = vec![data().rel("t"), data().rel("t").project(vec![("x".into(), col("x"))])];
    assert!(data().problem(Rel::Union(parts)).starts_with("a union has parts with the columns"));
    assert_eq!(data().problem(Rel::Union(vec![])), "a union of nothing has no columns");
}

#[test]
fn sums_are_of_numbers_and_orders_of_what_has_one() {
    let sum = Rel::Aggregate {
        input: Box::new(data().rel("t")),
        keys: vec![],
        values: vec![("s".into(), Aggregate::Sum("name".into()))],
    };
    assert_eq!(data().problem(sum), "`sum(name)` is of a column of text");
    let by_cell = data().rel("t").first_per(vec![], vec![Order::up("cell")]);
    assert_eq!(data().problem(by_cell), "the column `cell` is raw, which has no order");
}

#[test]
fn tables_hold_what_their_schema_promises() {
    let gap = Data::default().table("t", "x int", "-");
    assert_eq!(
        gap.problem(gap.rel("t")),
        "the column `x` is missing in a row, and its schema says it never is"
    );
    let elsewhere = Data::default().table("u", "x int", "1");
    assert_eq!(gap.problem(elsewhere.rel("u")), "the table own.u is not there");
}
