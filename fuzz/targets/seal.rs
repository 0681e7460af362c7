//! Sealed envelopes: what was not sealed does not open, what was sealed does, and a changed byte of
//! it or of its label closes it for good.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use webhook::capture::{CaptureId, EndpointId};
use wire::{
    key::DeviceKey,
    seal::{Label, Opener, Sealer},
};

static ENDPOINT: LazyLock<EndpointId> = LazyLock::new(EndpointId::local);
static ENDS: LazyLock<(Sealer, Opener)> = LazyLock::new(|| {
    let key = DeviceKey::from_bytes([7; 32]);
    let sealer = Sealer::new(&key.public(), 0).expect("the key is a good one");
    (sealer, Opener::new(&key))
});

fn label(received_at_ms: i64) -> Label<'static> {
    Label {
        endpoint: &ENDPOINT,
        id: CaptureId::from_bytes([7; 16]),
        received_at_ms,
    }
}

fuzz_target!(|bytes: &[u8]| {
    let (sealer, opener) = &*ENDS;
    assert!(opener.open(&label(0), bytes).is_err(), "nobody sealed this");
    let mut sealed = sealer.seal(&label(0), bytes);
    assert_eq!(opener.open(&label(0), &sealed).as_deref(), Ok(bytes));
    assert!(opener.open(&label(1), &sealed).is_err());
    if let Some((at, by)) = bytes.split_first().filter(|(by, _)| **by != 0) {
        let place = by.iter().fold(usize::from(*at), |sum, byte| {
            sum * 31 % 65_537 + usize::from(*byte)
        });
        let place = place % sealed.len();
        sealed[place] ^= at;
        assert!(
            opener.open(&label(0), &sealed).is_err(),
            "byte {place} was changed"
        );
    }
});
