//! The table of what clients support, read once.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Clients;

/// Made by `scripts/clients`; the licence of its source lies beside it.
const TABLE: &str = include_str!("support.tsv");

/// A mail program on a platform.
pub(super) struct Client {
    /// `outlook-windows`
    pub name: &'static str,
    /// `outlook`
    pub family: &'static str,
    /// The family in words.
    pub words: &'static str,
    /// The platform in words.
    pub platform: &'static str,
}

/// A feature of HTML or CSS, or a kind of image.
pub(super) struct Feature {
    /// The month of the newest test.
    pub tested: &'static str,
    /// Clients that were found not to support it.
    pub unsupported: Clients,
}

pub(super) static CLIENTS: LazyLock<Vec<Client>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter_map(|line| line.strip_prefix("client\t"));
    let client = |line: &'static str| {
        let mut cells = line.split('\t');
        let (name, family) = (cells.next()?, cells.next()?);
        Some(Client { name, family, words: cells.next()?, platform: cells.next()? })
    };
    lines.filter_map(client).collect()
});

/// Features by what they are known by.
pub(super) static FEATURES: LazyLock<HashMap<&'static str, Vec<usize>>> = LazyLock::new(|| {
    let mut features: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, (known_by, _)) in ROWS.iter().enumerate() {
        for key in known_by.split(' ') {
            features.entry(key).or_default().push(at);
        }
    }
    features
});

static ROWS: LazyLock<Vec<(&'static str, Feature)>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.starts_with("client\t"));
    let row = |line: &'static str| {
        let mut cells = line.split('\t');
        let (known_by, tested, signs) = (cells.next()?, cells.next()?, cells.next()?);
        let lost = signs.bytes().enumerate().filter(|(_, sign)| *sign == b'n');
        let unsupported = Clients(lost.fold(0, |all, (at, _)| all | 1 << at));
        Some((known_by, Feature { tested, unsupported }))
    };
    lines.filter_map(row).collect()
});

/// The feature at a place of [`FEATURES`].
pub(super) fn feature(at: usize) -> &'static Feature {
    &ROWS[at].1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert!(CLIENTS.len() > 30 && CLIENTS.len() <= 64, "a sign a client fits into a set");
        assert!(ROWS.len() > 200);
        let rows = TABLE.lines().filter(|line| !line.starts_with('#') && !line.starts_with("client\t"));
        for line in rows {
            assert_eq!(line.rsplit('\t').next().map(str::len), Some(CLIENTS.len()), "{line}");
        }
        let gmail = Clients::named("gmail").unwrap();
        assert_eq!(gmail.0.count_ones(), 4);
        assert_eq!(Clients::named("outlook-windows").unwrap().0.count_ones(), 1);
        assert!(Clients::named("lotus-notes").is_none());
    }
}
