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

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn the_nearest_name_within_a_third_of_its_length() {
        assert_eq!(suggest("purchse", ["product_view", "purchase"]), Some("purchase"));
        assert_eq!(suggest("Purchase", ["purchases", "purchase"]), Some("purchase"));
        assert_eq!(suggest("refund", ["purchase", "cart_add"]), None);
    }
}
