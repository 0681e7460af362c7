//! How long to wait before the next try: 0.5 s at first, twice as long each time, 30 s at most, and
//! never all desktops of a relay at the same moment.

use std::time::Duration;

const FIRST_MS: u64 = 500;
const MOST_MS: u64 = 30_000;

/// Counts the tries that failed.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    tries: u32,
}

impl Backoff {
    /// The wait before the next try; `chance` takes off up to half of it.
    pub(super) fn next(&mut self, chance: u64) -> Duration {
        let whole_ms = FIRST_MS
            .saturating_mul(1 << self.tries.min(10))
            .min(MOST_MS);
        self.tries += 1;
        Duration::from_millis((whole_ms - chance % (whole_ms / 2)).max(FIRST_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_half_a_second_to_half_a_minute() {
        let (mut shortest, mut longest) = (Backoff::default(), Backoff::default());
        let long: Vec<_> = (0..9).map(|_| longest.next(0).as_millis()).collect();
        assert_eq!(
            long,
            [
                500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000
            ]
        );
        for whole in long {
            let chance = u64::try_from(whole / 2).unwrap() - 1;
            let wait = shortest.next(chance).as_millis();
            assert!((whole / 2..=whole).contains(&wait) && wait >= 500, "{wait}");
        }
    }
}
