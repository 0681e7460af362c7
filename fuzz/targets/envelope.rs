//! What a relay hands to the desktop once it is opened.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use webhook::capture::{CaptureId, EndpointId};
use wire::{envelope, seal::Label};

fuzz_target!(|bytes: &[u8]| {
    let endpoint = EndpointId::local();
    let label = Label {
        endpoint: &endpoint,
        id: CaptureId::new(1_760_000_000_000, [7; 10]),
        received_at_ms: 1_760_000_000_000,
    };
    if let Ok(capture) = envelope::decode(&label, Bytes::copy_from_slice(bytes)) {
        let again = envelope::decode(&label, envelope::encode(&capture).into());
        assert_eq!(again, Ok(capture));
    }
});
