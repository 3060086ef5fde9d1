//! How long work takes: on the clock, and on all processors together.

use std::fmt;
use std::time::{Duration, Instant};

use persona_warehouse::Warehouse;

/// What something took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub wall: Duration,
    pub processor: Duration,
}

/// The median cost of each way. All are tried in turn, round after round, so that what else the machine does meets all.
pub fn medians<F: Fn(&mut dyn Warehouse)>(
    rounds: usize,
    ways: &[F],
    warehouse: &mut dyn Warehouse,
) -> Vec<Cost> {
    let mut costs: Vec<Vec<Cost>> = ways.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (way, costs) in ways.iter().zip(&mut costs) {
            let (start, used) = (Instant::now(), processor_time());
            way(warehouse);
            costs.push(Cost { wall: start.elapsed(), processor: processor_time() - used });
        }
    }
    costs
        .into_iter()
        .map(|mut c| {
            let middle = |mut all: Vec<Duration>| {
                all.sort();
                all[all.len() / 2]
            };
            let (wall, processor) = c.drain(..).map(|c| (c.wall, c.processor)).unzip();
            Cost { wall: middle(wall), processor: middle(processor) }
        })
        .collect()
}

/// The time that this process has had on all processors, to a hundredth of a second.
pub fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("this is Linux");
    // The name of the process, in brackets, may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|f| f.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(ticks * 10)
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>13.2} s {:>6.2} s", self.processor.as_secs_f64(), self.wall.as_secs_f64())
    }
}
