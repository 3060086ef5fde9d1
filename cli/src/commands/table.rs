//! Tables of text, and numbers as people write them.

/// Columns of text: the first flush left, numbers flush right, a last one without a title flush left.
pub struct Table {
    titles: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With these titles and no rows.
    pub fn new(titles: &[&str]) -> Table {
        Table { titles: titles.iter().map(|t| t.to_string()).collect(), rows: vec![] }
    }

    /// One row more.
    pub fn row(&mut self, cells: &[&str]) {
        self.rows.push(cells.iter().map(|c| c.to_string()).collect());
    }

    /// All of it.
    pub fn text(&self) -> String {
        let all = || std::iter::once(&self.titles).chain(&self.rows);
        let widths: Vec<usize> = (0..self.titles.len())
            .map(|i| all().map(|row| row[i].chars().count()).max().unwrap_or(0))
            .collect();
        let mut text = String::new();
        for row in all() {
            let mut line = String::from(" ");
            for (i, cell) in row.iter().enumerate() {
                let pad = " ".repeat(widths[i] - cell.chars().count());
                let left = i == 0 || self.titles[i].is_empty();
                line.push_str(&if left { format!(" {cell}{pad}") } else { format!("  {pad}{cell}") });
                if left && i > 0 {
                    line.insert(line.len() - cell.len() - pad.len(), ' ');
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// `1 customer`, `4,372 customers`.
pub fn count(n: usize, what: &str) -> String {
    format!("{} {what}{}", thousands(n), if n == 1 { "" } else { "s" })
}

/// `4,372`.
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
