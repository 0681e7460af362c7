//! Names made by chance.

use rand::RngExt;

/// What an endpoint's address ends in when its owner chose no name: 26 signs of base 32, 130 bits,
/// so that the address cannot be guessed.
pub(crate) fn endpoint() -> String {
    letters(26)
}

/// A device's name among machines. It is no secret.
pub(crate) fn device() -> String {
    letters(12)
}

fn letters(count: usize) -> String {
    // Without i, l, o and u, which are mistaken for others or make words.
    const SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut random = rand::rng();
    (0..count)
        .map(|_| char::from(SIGNS[random.random_range(0..SIGNS.len())]))
        .collect()
}
