//! Header names as Go's `net/textproto` spells them.

/// `name` with a capital at the start and after each hyphen and small letters elsewhere, or unchanged
/// when it is no header name at all.
pub(crate) fn canonical(name: &[u8]) -> Vec<u8> {
    if !name.iter().all(|byte| is_token_byte(*byte)) {
        return name.to_vec();
    }
    let mut is_start = true;
    let spell = |byte: &u8| {
        let spelled = if is_start {
            byte.to_ascii_uppercase()
        } else {
            byte.to_ascii_lowercase()
        };
        is_start = *byte == b'-';
        spelled
    };
    name.iter().map(spell).collect()
}

/// Whether `byte` may stand in a header's name (RFC 9110 section 5.6.2).
pub(crate) const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_respelled() {
        assert_eq!(canonical(b"x-gitHub-eVENT"), b"X-Github-Event");
        assert_eq!(canonical(b"x-data.Key"), b"X-Data.key");
        assert_eq!(canonical(b"x thing"), b"x thing");
        assert_eq!(canonical(b""), b"");
    }
}
