//! What the checker refuses, in its own words, and what it proves.

mod shop;

use persona_template::Escape;

/// The problems of a plain-text template.
fn problems(template: &str) -> String {
    shop::problems(template, Escape::Text)
}

macro_rules! refused {
    ($template:expr, @$expected:literal) => {
        insta::assert_snapshot!(problems($template), @$expected)
    };
}

#[track_caller]
fn accepted(template: &str) {
    assert_eq!(problems(template), "", "{template}");
}

#[track_caller]
fn needs_fallback(template: &str) {
    let told = problems(template);
    assert!(told.contains("missing-fallback") && told.lines().count() == 1, "{template}\n{told}");
}

#[test]
fn names_that_nothing_declares() {
    refused!("{{ fist_name }}", @r#"1:4 unknown-name: there is no attribute, trait or variable called `fist_name` → did you mean `first_name`?"#);
    refused!("{{ customer.citty }}", @r#"1:13 unknown-name: there is no field of `customer` called `citty` → did you mean `city`?"#);
    refused!("{% for i in cart %}{{ i.sku.nam }}{% endfor %}", @r#"1:29 unknown-name: there is no field of `product` called `nam` → did you mean `name`?"#);
    refused!("{{ city | upcas }}", @r#"1:11 unknown-name: there is no filter called `upcas` → did you mean `upcase`?"#);
    refused!("{% render \"heroo\" %}", @r#"1:11 unknown-name: there is no content block called `heroo` → did you mean `hero`?"#);
    refused!("{% if customer in hi_value %}{% endif %}", @r#"1:19 unknown-name: there is no segment called `hi_value` → did you mean `high_value`?"#);
    refused!("{% for i in cart %}{{ forloop.indx }}{% endfor %}", @r#"1:31 unknown-name: there is no fact of a loop called `indx` → did you mean `index`?"#);
    refused!("{{ city.name }}", @r#"1:9 type-mismatch: `city` is text and has no `name`"#);
}

/// What a loop assigns is learnt in a silent round: a mistake made there is told all the same, once.
#[test]
fn a_total_of_money_does_not_begin_as_a_number() {
    refused!("{% assign t = 0 %}{% for i in cart %}{% assign t = t | plus: i.price %}{% endfor %}{{ t }}", @r#"1:56 type-mismatch: `t` began as a plain number, and `i.price` is money → begin with money: {% assign t = 0 GBP %}"#);
    accepted("{% assign n = 0 %}{% for i in cart %}{% assign n = n | plus: i.quantity %}{% endfor %}{{ n }}");
}

#[test]
fn arguments_of_filters() {
    refused!("{{ city | append }}", @r#"1:11 wrong-arguments: `append`: it takes 1 argument, not 0 → it is written like this: | append: "…""#);
    refused!("{{ city | upcase: 1 }}", @r#"1:11 wrong-arguments: `upcase`: it takes no argument → it is written like this: | upcase"#);
    refused!("{{ city | plus: 1 }}", @r#"1:4 type-mismatch: `plus` takes a number, and `city` is text"#);
    refused!("{{ orders | plus: city }}", @r#"1:19 type-mismatch: `plus` takes a number, and `city` is text"#);
    refused!("{{ cart_total | plus: 5 }}", @r#"1:23 type-mismatch: `plus` takes money in GBP, such as `10 GBP`, and `5` is a whole number"#);
    refused!("{{ cart | upcase }}", @r#"1:4 type-mismatch: `upcase` takes text, and `cart` is a list of `line`"#);
    refused!("{{ cart | map: \"pric\" | join }}", @r#"1:16 unknown-name: there is no field of `line` called `pric` → did you mean `price`?"#);
    refused!("{{ city | date: \"%Y\" }}", @r#"1:4 type-mismatch: `date` takes a date or a point in time, and `city` is text"#);
    refused!("{{ signed_up | date: \"%K\" }}", @r#"1:22 wrong-arguments: `date`: there is no directive `%K`: a day is `%d`, a month `%m`, a year `%Y` → it is written like this: | date: "%-d %B %Y""#);
    refused!("{{ signed_up | date: \"DD.MM.YYYY\" }}", @r#"1:22 wrong-arguments: `date`: `DD.MM.YYYY` has no directive: each part of a date begins with `%` → it is written like this: | date: "%d.%m.%Y""#);
    refused!("{{ signed_up | date: \"%d.%Q\" }}{{ signed_up | date: \"%d %\" }}{{ signed_up | date: \"today\" }}", @r#"
        1:22 wrong-arguments: `date`: there is no directive `%Q`: a day is `%d`, a month `%m`, a year `%Y` → it is written like this: | date: "%-d %B %Y"
        1:53 wrong-arguments: `date`: a directive is left out behind `%` → it is written like this: | date: "%-d %B %Y"
        1:83 wrong-arguments: `date`: `today` has no directive: each part of a date begins with `%` → it is written like this: | date: "%-d %B %Y"
        "#);
    accepted("{{ signed_up | date: \"%-d. %B %Y, %H:%M %% %03j %^a %:z\" }}");
    refused!("{{ signed_up | date: city }}", @r#"1:22 type-mismatch: `date` takes a format in quotes, such as `"%-d %B %Y"`, and `city` is text"#);
}

#[test]
fn comparisons_of_different_kinds() {
    refused!("{% if cart_total > 50 %}{% endif %}", @r#"1:20 missing-currency: `cart_total` is money, but `50` has no currency → write the currency: 50 GBP"#);
    refused!("{% if tier == \"golden\" %}{% endif %}", @r#"1:15 unknown-value: `golden` is not a value of `tier` → did you mean `gold`?"#);
    refused!("{% if tier == golden %}{% endif %}", @r#"1:15 unknown-value: `golden` is not a value of `tier` → did you mean `gold`?"#);
    refused!("{% if country > \"UK\" %}{% endif %}", @r#"1:7 unordered-enum: the values of `country` have no order → declare the order with `<`: enum { UK < DE < other }"#);
    refused!("{% if discount > 20 %}{% endif %}", @r#"1:18 type-mismatch: a percentage cannot be compared with a whole number → write a percentage: 20%"#);
    refused!("{% if signed_up > \"last week\" %}{% endif %}", @r#"1:19 type-mismatch: a point in time cannot be compared with text → write a date like this: "2026-03-01""#);
    refused!("{% if city == 3 %}{% endif %}", @r#"1:15 type-mismatch: text cannot be compared with a whole number"#);
    refused!("{% case tier %}{% when \"platinum\" %}{% endcase %}", @r#"1:24 unknown-value: `platinum` is not a value of `tier`"#);
    refused!("{% if tags contains 1 %}{% endif %}", @r#"1:21 type-mismatch: text cannot be compared with a whole number"#);
}

#[test]
fn things_at_the_wrong_place() {
    refused!("{% for x in city %}{% endfor %}", @r#"1:13 type-mismatch: `city` is text, and only a list can be gone through"#);
    refused!("{{ cart }}{{ tags }}", @r#"
        1:4 type-mismatch: `cart` is a list of `line`, which is not printed as it is → print each item: {% for item in cart %}…{% endfor %}
        1:14 type-mismatch: `tags` is a list of texts, which is not printed as it is → print its items with something between them: {{ tags | join: ", " }}
        "#);
    refused!("{% if cart %}x{% endif %}", @r#"1:7 always-true: `cart` is a list and always there, so this is always true → to ask whether it holds anything, write: {% if cart != empty %}"#);
    refused!("{% render \"banner\" %}{% render \"banner\", titel: city, title: orders %}", @r#"
        1:1 wrong-arguments: `render "banner"`: `title` is left out → it is written like this: {% render "banner", title: … %}
        1:42 unknown-name: there is no parameter of `banner` called `titel` → did you mean `title`?
        1:62 type-mismatch: `title` takes text, and `orders` is a whole number
        "#);
    refused!("{% include \"hero\" %}", @r#"1:1 unknown-tag: there is no tag called `include` → did you mean `render`?"#);
    refused!("{% if orders > 1 %}{% assign x = 1 %}{% else %}{% assign x = city %}{% endif %}{{ x }}", @r#"1:83 type-mismatch: `x` is a whole number here or text there"#);
}

#[test]
fn form() {
    refused!("Hi {{ city\nthere", @r#"1:4 unclosed-tag: this `{{` is never closed → close it: {{ city }}"#);
    refused!("Hi {{ city, {{ tier }}", @r#"1:4 unclosed-tag: this `{{` is never closed → close it: {{ city }}"#);
    refused!("Hi {{ city, how are you?", @r#"1:4 unclosed-tag: this `{{` is never closed → close it: {{ city }}"#);
    refused!("Hi {{ city | default: \"a. b\"</b>", @r#"1:4 unclosed-tag: this `{{` is never closed → close it: {{ city | default: "a. b" }}"#);
    refused!("Hi {{ tier }!", @r#"1:4 unclosed-tag: this `{{` is never closed → close it: {{ tier }}"#);
    refused!("{% assign x = city %", @r#"1:1 unclosed-tag: this `{%` is never closed → close it: {% assign x = city %}"#);
    refused!("{% if true %}a", @r#"1:1 unclosed-block: this `{% if %}` has no `{% endif %}` → close it where the block ends: {% endif %}"#);
    refused!("{% for i in cart %}{% if true %}{% endfor %}", @r#"1:20 unclosed-block: this `{% if %}` has no `{% endif %}` → close it where the block ends: {% endif %}"#);
    refused!("a{% endif %}{% for i in tags %}{% when 1 %}{% endfor %}", @r#"
        1:2 unexpected-tag: no `{% if %}` is open for this `{% endif %}` → remove it, or open `{% if … %}` before it
        1:32 unexpected-tag: `{% when %}` does not belong inside `{% for %}` → remove it, or open `{% case … %}` before it
        "#);
    refused!("{% iff true %}", @r#"1:4 unknown-tag: there is no tag called `iff` → did you mean `if`?"#);
    refused!("{% if tier = \"gold\" %}{% endif %}", @r#"1:12 malformed-tag: `=` does not belong here in `{% if … %}` → to compare, write `==`"#);
    refused!("{% if not vip %}{% endif %}{% if orders > 1 && true %}{% endif %}", @r#"
        1:11 malformed-tag: `vip` does not belong here in `{% if … %}` → write `{% unless … %}`
        1:45 malformed-tag: `&` does not belong here in `{% if … %}` → write `and`
        "#);
    refused!("{{ orders + 1 }}{{ city | }}{{ \"x }}", @r#"
        1:11 malformed-tag: `+` does not belong here in `{{ … }}` → write `| plus: …`
        1:26 malformed-tag: `{{ … }}` ends too early
        1:32 malformed-tag: `"x` does not belong here in `{{ … }}` → close the quotes
        "#);
    refused!("{% assign = 1 %}{% for in cart %}{% endfor %}", @r#"
        1:11 malformed-tag: `=` does not belong here in `{% assign … %}`
        1:27 malformed-tag: `cart` does not belong here in `{% for … %}`
        "#);
}

#[test]
fn one_mistake_is_told_once() {
    // What a wrong condition was to prove present is not asked for.
    refused!("{% if fist_name %}{{ first_name }}{% else %}{{ age }}{% endif %}", @r#"1:7 unknown-name: there is no attribute, trait or variable called `fist_name` → did you mean `first_name`?"#);
    refused!("{% if cart_total > 50 %}{{ first_name }}{% endif %}", @r#"1:20 missing-currency: `cart_total` is money, but `50` has no currency → write the currency: 50 GBP"#);
    refused!("{% if %}{{ first_name }}{% endif %}", @r#"1:6 malformed-tag: `{% if … %}` ends too early"#);
    refused!("{% case tier %}{% when golden %}{{ first_name }}{% endcase %}", @r#"1:24 unknown-value: `golden` is not a value of `tier` → did you mean `gold`?"#);
    refused!("{% unless fist_name %}{% skip \"none\" %}{% endunless %}{{ first_name }}", @r#"1:11 unknown-name: there is no attribute, trait or variable called `fist_name` → did you mean `first_name`?"#);
    refused!("{% if fist_name %}{% endif %}{{ first_name }}", @r#"
        1:7 unknown-name: there is no attribute, trait or variable called `fist_name` → did you mean `first_name`?
        1:33 missing-fallback: `first_name` may be missing, and nothing says what to print then → say what to print instead: {{ first_name | default: "friend" }}
        "#);
    // An end that is not the one: of a tag that is unknown, or in the place of the right one.
    refused!("{% ifnot vip %}{{ first_name }}{% else %}{{ age }}{% endunless %}{{ city }}", @r#"1:4 unknown-tag: there is no tag called `ifnot` → did you mean `unless`?"#);
    refused!("{% if vip %}{% ifnot age %}a{% endif %}{% endif %}", @r#"1:16 unknown-tag: there is no tag called `ifnot` → did you mean `unless`?"#);
    refused!("{% if first_name %}{{ first_name }}{% end %}{{ city }}", @r#"1:39 unknown-tag: there is no tag called `end` → did you mean `endif`?"#);
    refused!("{% for i in cart %}{% unless i.note %}a{% endif %}{% endfor %}", @r#"1:40 unexpected-tag: `{% endif %}` does not belong inside `{% unless %}` → `{% unless … %}` is closed by `{% endunless %}`"#);
    refused!("{% if first_name %}a{% elif age %}{{ age }}{% else %}c{% endif %}", @r#"1:24 unknown-tag: there is no tag called `elif` → did you mean `elsif`?"#);
    refused!("{% assign x = fist_name | upcase %}{% if x == 3 %}{{ x | plus: 1 }}{% endif %}{{ x.y }}", @r#"1:15 unknown-name: there is no attribute, trait or variable called `fist_name` → did you mean `first_name`?"#);
}

#[test]
fn printing_what_may_be_missing_needs_a_fallback() {
    refused!("Hi {{ first_name }}!", @r#"1:7 missing-fallback: `first_name` may be missing, and nothing says what to print then → say what to print instead: {{ first_name | default: "friend" }}"#);
    refused!("{{ prices | first }}{{ cart.first.price | money | upcase }}{{ age }}{{ vip }}{{ birthday }}{{ birthday | date: \"%Y\" }}", @r#"
        1:4 missing-fallback: `prices` may be missing, and nothing says what to print then → say what to print instead: {{ prices | first | default: 0 GBP }}
        1:24 missing-fallback: `cart.first.price` may be missing, and nothing says what to print then → say what to print instead: {{ cart.first.price | money | upcase | default: "…" }}
        1:63 missing-fallback: `age` may be missing, and nothing says what to print then → say what to print instead: {{ age | default: 0 }}
        1:72 missing-fallback: `vip` may be missing, and nothing says what to print then → say what to print instead: {{ vip | default: "…" }}
        1:81 missing-fallback: `birthday` may be missing, and nothing says what to print then → say what to print instead: {{ birthday | default: "soon" }}
        1:95 missing-fallback: `birthday` may be missing, and nothing says what to print then → say what to print instead: {{ birthday | date: "%Y" | default: "soon" }}
        "#);
    refused!("{% for i in cart %}{{ i.sku.name }}{{ i.sku.image }}{{ i.note }}{% endfor %}", @r#"
        1:23 missing-fallback: `i.sku.name` may be missing, and nothing says what to print then → say what to print instead: {{ i.sku.name | default: "…" }}
        1:39 missing-fallback: `i.sku.image` may be missing, and nothing says what to print then → say what to print instead: {{ i.sku.image | default: "…" }}
        1:56 missing-fallback: `i.note` may be missing, and nothing says what to print then → say what to print instead: {{ i.note | default: "…" }}
        "#);
    refused!("{% render \"banner\", title: first_name %}{% skip first_name %}", @r#"
        1:28 missing-fallback: `first_name` may be missing, and nothing says what to print then → say what to print instead: {% assign title = first_name | default: "friend" %}
        1:49 missing-fallback: `first_name` may be missing, and nothing says what to print then → say what to print instead: {% skip first_name | default: "friend" %}
        "#);
    needs_fallback("{{ first_name | upcase }}");
    needs_fallback("{{ city | append: first_name }}");
    needs_fallback("{{ city | default: \"x\" | append: first_name }}");
    needs_fallback("{% assign n = first_name %}{{ n }}");
    needs_fallback("{{ cart.first.price }}");
    needs_fallback("{{ tags | first }}");
    needs_fallback("{% for i in cart %}{{ i.sku.name }}{% endfor %}");
    needs_fallback("{{ orders | divided_by: orders }}");
    needs_fallback("{{ first_name | default: age }}");
    accepted("{{ first_name | default: \"friend\" }}{{ first_name | upcase | default: city }}");
    accepted("{{ orders | divided_by: 2 }}{{ city }}{{ age | default: 0 | plus: 1 }}");
    accepted("{% for i in cart %}{{ i.sku.name | default: \"gone\" }}{{ i.sku }}{% endfor %}");
}

/// What the help says to write is accepted as it stands.
#[test]
fn what_is_to_be_pasted_compiles() {
    for template in [
        "{{ first_name }}",
        "{{ customer.first_name | upcase }}",
        "{{ age }}",
        "{{ vip }}",
        "{{ birthday }}",
        "{{ birthday | date: \"%d %B\" }}",
        "{{ cart.first.price }}",
        "{{ cart.first.price | money }}",
        "{{ cart[0].sku.image | append: \"?a=1\" }}",
        "{{ cart.first.sku.in_stock }}",
        "{{ prices | first | times: 2 }}",
        "{{ tags | first | append: first_name }}",
        "{{ orders | divided_by: orders | round }}",
        "{{ first_name | default: age }}",
        "{% skip first_name %}",
    ] {
        let (_, _, told, _) = shop::checked(template, Escape::Html);
        assert_eq!(told.len(), 1, "{template}: {told:?}");
        for paste in told[0].helps.iter().filter_map(|help| help.paste.as_ref()) {
            let (_, _, told, _) = shop::checked(paste, Escape::Html);
            assert!(told.is_empty(), "{template} → {paste}: {told:?}");
        }
    }
}

#[test]
fn conditions_prove_values_present() {
    accepted("{% if first_name %}{{ first_name }}{% endif %}");
    accepted("{% if customer.first_name != nil %}{{ first_name }}{{ customer.first_name }}{% endif %}");
    accepted("{% if first_name != blank and age %}{{ first_name }}{{ age }}{% endif %}");
    accepted("{% unless first_name %}Hi{% else %}{{ first_name }}{% endunless %}");
    accepted("{% if first_name == nil %}Hi{% else %}{{ first_name }}{% endif %}");
    accepted("{% if first_name == \"Ada\" or first_name == \"Bob\" %}{{ first_name }}{% endif %}");
    accepted("{% if age > 18 %}{{ age }}{% endif %}");
    accepted("{% case first_name %}{% when \"Ada\" %}{{ first_name }}{% else %}x{% endcase %}");
    accepted(
        "{% for i in cart %}{% if i.sku.name %}{{ i.sku.name }}{{ i.sku.image }}{% endif %}{% endfor %}",
    );
    accepted("{% if cart != empty %}{{ cart.first.price }}{{ cart[0].price }}{% endif %}");
    accepted("{% if cart.size > 0 %}{{ cart.last.quantity }}{% endif %}");
    accepted("{% assign n = first_name %}{% if n %}{{ n }}{% endif %}");
    accepted("{% unless first_name %}{% skip \"no name\" %}{% endunless %}{{ first_name }}");
    accepted("{% for i in cart %}{% unless i.note %}{% continue %}{% endunless %}{{ i.note }}{% endfor %}");
    accepted("{% if vip == true %}{{ vip }}{% endif %}");
}

#[test]
fn a_variable_may_stand_before_an_attribute() {
    accepted("{% if orders > 1 %}{% assign city = \"x\" %}{% endif %}{{ city }}");
    accepted("{% assign first_name = first_name | default: \"x\" %}{{ first_name }}");
    needs_fallback("{% if orders > 1 %}{% assign first_name = \"x\" %}{% endif %}{{ first_name }}");
    refused!("{% if orders > 1 %}{% assign city = 3 %}{% endif %}{{ city }}", @r#"1:55 type-mismatch: `city` is a whole number here or text there"#);
}

#[test]
fn what_is_proved_ends_with_its_part() {
    needs_fallback("{% if first_name %}{% endif %}{{ first_name }}");
    needs_fallback("{% if first_name %}{% else %}{{ first_name }}{% endif %}");
    needs_fallback("{% if first_name or age %}{{ first_name }}{% endif %}");
    needs_fallback("{% if first_name != \"Ada\" %}{{ first_name }}{% endif %}");
    needs_fallback("{% if first_name %}{% assign n = first_name %}{% endif %}{{ n }}");
    needs_fallback("{% assign n = city %}{% if orders > 1 %}{% assign n = first_name %}{% endif %}{{ n }}");
    needs_fallback("{% assign n = city %}{% for i in cart %}{{ n }}{% assign n = i.note %}{% endfor %}");
    needs_fallback("{% if cart == empty %}{{ cart.first.price }}{% endif %}");
    accepted(
        "{% case tier %}{% when bronze %}{% assign n = 1 %}{% when silver, gold %}{% assign n = 2 %}{% endcase %}{{ n }}",
    );
}

#[test]
fn escapes_of_a_quoted_string_are_undone_and_places_kept() {
    use persona_diagnostics::{Problems, Sources};
    use persona_template::{Source, check, parse, render};

    let program = r#"subject "Say \"hi\" {{ fist }} {{ city | default: "x" }}""#;
    let mut sources = Sources::default();
    let file = sources.add("shop.persona", program);
    let text = &program[9..program.len() - 1];
    let mut told = Problems::default();
    let template = parse(Source { file, offset: 9, text, escapes: true }, &mut told);
    check(&template, &shop::Shop, Escape::Text, &mut told);
    let problems = told.sorted(&sources);
    assert_eq!(problems.len(), 1);
    assert_eq!(sources.text(problems[0].span().unwrap()), "fist");

    let mut none = Problems::default();
    let template = parse(
        Source { file, offset: 9, text: r#"Say \"hi\" {{ city | append: "!" }}\n"#, escapes: true },
        &mut none,
    );
    let (compiled, _) = check(&template, &shop::Shop, Escape::Text, &mut none);
    assert!(none.is_empty());
    assert_eq!(render(&compiled, &shop::ada()).unwrap(), "Say \"hi\" York!\n");
}
