//! What a replay sends, in which order and when: pure, and the same again for the same seed. Start
//! at [`plan`].

use std::time::Duration;

use crate::view::Pace;

/// What is left to chance.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Choices {
    pub(super) shuffle: bool,
    /// From 0 to 1.
    pub(super) drop: f64,
    /// From 0 to 1.
    pub(super) truncate: f64,
    pub(super) seed: u32,
}

/// One capture of a replay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// Its place among those that were asked for.
    pub(super) at: usize,
    /// When it is due, from the beginning.
    pub(super) due: Duration,
    pub(super) is_dropped: bool,
    /// What share of its body is sent, where that is not all of it.
    pub(super) share: Option<f64>,
}

/// The steps of a replay of captures that came at `times_ms` (Unix epoch, milliseconds). When they are
/// shuffled the times stay and the captures change places.
pub(super) fn plan(times_ms: &[i64], pace: Pace, choices: Choices) -> Vec<Step> {
    let mut chance = Chance(u64::from(choices.seed));
    let mut order: Vec<usize> = (0..times_ms.len()).collect();
    if choices.shuffle {
        for last in (1..order.len()).rev() {
            order.swap(last, chance.below(last + 1));
        }
    }
    let first = times_ms.first().copied().unwrap_or_default();
    // A clock that went back does not take a capture before the one that it followed.
    let mut latest = Duration::ZERO;
    order
        .into_iter()
        .zip(times_ms)
        .map(|(at, time_ms)| {
            let after = Duration::from_millis(u64::try_from(time_ms - first).unwrap_or(0));
            latest = latest.max(match pace {
                Pace::Now => Duration::ZERO,
                Pace::Original => after,
                Pace::Times { factor } => after.div_f64(factor),
            });
            // Drawn for each, whatever is asked for: one choice does not change another.
            let (drop, truncate, share) = (chance.share(), chance.share(), chance.share());
            Step {
                at,
                due: latest,
                is_dropped: drop < choices.drop,
                share: (truncate < choices.truncate).then_some(share),
            }
        })
        .collect()
}

/// Chance that is the same everywhere and always for the same beginning (`SplitMix64`).
struct Chance(u64);

impl Chance {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to 1, 1 not among them.
    fn share(&mut self) -> f64 {
        let high = u32::try_from(self.next() >> 32).unwrap_or(0);
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    /// From 0 to `end`, `end` not among them.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn gaps_are_those_of_the_captures_or_a_part_of_them() {
        let due = |pace| -> Vec<u128> {
            let steps = plan(&[1_000, 1_400, 1_300, 3_000], pace, Choices::default());
            steps.iter().map(|step| step.due.as_millis()).collect()
        };
        assert_eq!(due(Pace::Original), [0, 400, 400, 2_000]);
        assert_eq!(due(Pace::Times { factor: 4.0 }), [0, 100, 100, 500]);
        assert_eq!(due(Pace::Now), [0, 0, 0, 0]);
    }

    proptest! {
        /// Each capture has its step, whatever is chosen; and the same seed chooses the same.
        #[test]
        fn a_seed_can_be_repeated_and_loses_no_capture(
            times in vec(0i64..10_000, 0..50), seed: u32, shuffle: bool,
        ) {
            let choices = Choices { shuffle, drop: 0.3, truncate: 0.3, seed };
            let steps = plan(&times, Pace::Original, choices);
            prop_assert_eq!(&steps, &plan(&times, Pace::Original, choices));
            let mut places: Vec<_> = steps.iter().map(|step| step.at).collect();
            if !shuffle {
                prop_assert!(places.is_sorted());
            }
            places.sort_unstable();
            prop_assert_eq!(places, (0..times.len()).collect::<Vec<_>>());
            prop_assert!(steps.is_sorted_by_key(|step| step.due));
        }
    }

    #[test]
    fn a_rate_is_met_and_one_of_nothing_or_all_exactly() {
        let times = vec![0; 1_000];
        let dropped = |drop| {
            let choices = Choices {
                drop,
                ..Choices::default()
            };
            let steps = plan(&times, Pace::Now, choices);
            steps.iter().filter(|step| step.is_dropped).count()
        };
        assert_eq!((dropped(0.0), dropped(1.0)), (0, 1_000));
        // Of 1,000 draws of 0.3 further than 100 from 300 is further than 6 deviations.
        assert!((200..400).contains(&dropped(0.3)), "{}", dropped(0.3));
    }
}
