//! Messages of the tunnel, from either side, the JSON in some of them included.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use wire::frame::Frame;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(Some(frame)) = Frame::decode(Bytes::copy_from_slice(bytes)) {
        assert!(!frame.name().is_empty());
        assert_eq!(Frame::decode(frame.encode()), Ok(Some(frame)));
    }
});
