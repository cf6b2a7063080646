//! Base64 (RFC 4648), as drivers and pages write bytes.

/// The usual alphabet.
pub const USUAL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// That for addresses.
pub const FOR_URLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Without padding.
pub fn encode(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..=three.len() {
            let digit = alphabet.get(((bits >> (18 - 6 * at)) & 63) as usize).copied().unwrap_or_default();
            text.push(char::from(digit));
        }
    }
    text
}

/// With padding or without. `None`: a character that is none of the alphabet's.
pub fn decode(text: &str, alphabet: &[u8; 64]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for character in text.trim_end_matches('=').bytes() {
        let digit = alphabet.iter().position(|known| *known == character)?;
        bits = (bits << 6) | u32::try_from(digit).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_it_is_written() {
        for (text, bytes) in [("", ""), ("TQ==", "M"), ("TWE=", "Ma"), ("TWFu", "Man"), ("TWFuTQ==", "ManM")] {
            assert_eq!(decode(text, USUAL).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(decode("T W", USUAL), None);
    }

    #[test]
    fn base64url_reads_back() {
        for length in 0..100_u8 {
            let bytes: Vec<u8> = (0..length).map(|at| at.wrapping_mul(157)).collect();
            assert_eq!(decode(&encode(&bytes, FOR_URLS), FOR_URLS), Some(bytes));
        }
        assert_eq!((encode(&[0xfb, 0xff], FOR_URLS).as_str(), decode("a+b", FOR_URLS)), ("-_8", None));
    }
}
