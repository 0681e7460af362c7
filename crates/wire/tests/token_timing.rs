//! How long a token is looked at tells nothing of how much of it is right. Measured as dudect does
//! (Reparaz, Balasch, Verbauwhede, 2017): two kinds of token in an order drawn by chance, and
//! Welch's t between their times. A comparison that leaks is measured beside it and must be seen.

use std::{collections::HashMap, hint::black_box, time::Instant};

use wire::token::{Token, TokenKind};

/// Above this a difference is no chance any more.
const SEEN: f64 = 4.5;
const SAMPLES: usize = 10_000;
/// Looks in one sample, so that it is longer than the clock is coarse.
const LOOKS: usize = 8;
/// Chance, or what else the machine does, may show a difference once; a leak shows it each time.
const TRIES: usize = 4;

/// Welch's t between the times that `look` takes for strangers' tokens and for those of which the
/// first 36 of 47 characters are `right`. Each is used once: what is peculiar to one evens out.
fn t(right: &str, look: impl Fn(&str) -> bool) -> f64 {
    let mut samples: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut buffer = String::with_capacity(64);
    for _ in 0..2 * SAMPLES {
        // xorshift64: which one is next is not to follow the clock.
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let kind = usize::from(chance >> 63 == 1);
        let stranger = Token::generate(TokenKind::Device);
        let begin = [stranger.reveal(), right][kind];
        // All are looked at in one place of memory.
        buffer.clear();
        buffer.push_str(&begin[..36]);
        buffer.push_str(&stranger.reveal()[36..]);
        let begun = Instant::now();
        for _ in 0..LOOKS {
            black_box(look(black_box(&buffer)));
        }
        samples[kind].push(begun.elapsed().as_nanos() as f64);
    }
    // What was interrupted says nothing: the slowest tenth of both together is left out.
    let mut all = samples.concat();
    all.sort_by(f64::total_cmp);
    let most = all[all.len() * 9 / 10];
    let [a, b] = samples.map(|times| {
        let times: Vec<_> = times.into_iter().filter(|time| *time <= most).collect();
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        let squares: f64 = times.iter().map(|time| (time - mean).powi(2)).sum();
        (mean, squares / (count - 1.0) / count)
    });
    (a.0 - b.0).abs() / (a.1 + b.1).sqrt()
}

/// Whether a difference is seen, whatever chance does.
fn is_seen(right: &str, look: impl Fn(&str) -> bool) -> bool {
    (0..TRIES).all(|_| t(right, &look) > SEEN)
}

#[test]
fn a_token_that_begins_right_takes_as_long_as_one_that_begins_wrong() {
    let token = Token::generate(TokenKind::Device);
    let right = token.reveal();
    let hash = token.hash();
    let mut known = HashMap::from([(hash, 0)]);
    known.extend((1..1_000).map(|number| (Token::generate(TokenKind::Device).hash(), number)));

    let leaks = |text: &str| {
        let mut pairs = text.bytes().zip(right.bytes());
        pairs.all(|(sent, wanted)| sent == wanted)
    };
    assert!(is_seen(right, leaks), "what leaks is seen here");
    let parsed = |text: &str| text.parse::<Token>().expect("each of them is a token");
    let compared = |text: &str| parsed(text).has_hash(&hash);
    assert!(!is_seen(right, compared), "compared with the hash");
    let found = |text: &str| known.contains_key(&parsed(text).hash());
    assert!(!is_seen(right, found), "looked up by its hash");
}
