//! "Did you mean …?"

/// The candidate nearest to `name`: equal but for case first, else the smallest edit distance of at most a third
/// of the name's length (Gleam's rule), ties in the candidates' order.
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = name.chars().count().div_ceil(3).max(1);
    let lower = name.to_lowercase();
    candidates
        .into_iter()
        .filter(|c| *c != name)
        .map(|c| (strsim::osa_distance(&lower, &c.to_lowercase()), c))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}

/// The one candidate that a slip of a single key away from `name` can mean: a letter too many, too few, wrong, or two
/// swapped. None where it could be several, and of very short words, which are all near one another.
pub fn slip<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = |c: &&str| c.len() > 2 && strsim::osa_distance(name, c) == 1;
    let mut near = candidates.into_iter().filter(near);
    let only = near.next()?;
    near.all(|other| other == only).then_some(only)
}

#[cfg(test)]
mod tests {
    use super::{slip, suggest};

    #[test]
    fn a_slip_means_one_word_only() {
        assert_eq!(slip("whn", ["when", "refresh"]), Some("when"));
        assert_eq!(slip("adn", ["and", "or"]), Some("and"));
        assert_eq!(slip("n", ["in", "on"]), None);
        assert_eq!(slip("sent", ["send", "went"]), None);
        assert_eq!(slip("wehnn", ["when"]), None);
    }

    #[test]
    fn the_nearest_name_within_a_third_of_its_length() {
        assert_eq!(suggest("purchse", ["product_view", "purchase"]), Some("purchase"));
        assert_eq!(suggest("Purchase", ["purchases", "purchase"]), Some("purchase"));
        assert_eq!(suggest("refund", ["purchase", "cart_add"]), None);
    }
}
