//! Digests of known texts.

use super::encoding::base64;
use super::{Answer, Arguments, refuse};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// The digest that a function of this name (`sha256`, `base64sha512`, …) makes of bytes.
pub(super) fn digest(name: &str, bytes: &[u8]) -> String {
    match name {
        "md5" => hex(&Md5::digest(bytes)),
        "sha1" => hex(&Sha1::digest(bytes)),
        "sha256" => hex(&Sha256::digest(bytes)),
        "sha512" => hex(&Sha512::digest(bytes)),
        "base64sha256" => base64(&Sha256::digest(bytes)),
        _ => base64(&Sha512::digest(bytes)),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn of_text<'s>(name: &str, a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let text = a.text()?;
    a.text_node(digest(name, text.as_bytes()))
}

/// <https://www.rfc-editor.org/rfc/rfc9562#section-5.5>
pub(super) fn uuidv5<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (namespace, name) = (a.text()?, a.text()?);
    let known = |last: u8| format!("6ba7b81{last}-9dad-11d1-80b4-00c04fd430c8");
    let namespace = match namespace.as_ref() {
        "dns" => known(0),
        "url" => known(1),
        "oid" => known(2),
        "x500" => known(4),
        other => other.to_owned(),
    };
    let digits = namespace.replace('-', "");
    let namespace = u128::from_str_radix(&digits, 16).ok();
    let Some(namespace) = namespace.filter(|_| digits.len() == 32) else {
        return refuse(format!(
            "uuidv5() doesn't support namespace \"{namespace:?}\""
        ));
    };
    let hash = Sha1::new()
        .chain_update(namespace.to_be_bytes())
        .chain_update(name.as_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = bytes[6] & 0x0F | 0x50;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let digits = hex(&bytes);
    a.text_node(format!(
        "{}-{}-{}-{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..]
    ))
}
