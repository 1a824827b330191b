"""What is wrong with a certificate that was refused."""

import ssl

from cbr_desktop.domain.error import UnreachableReason


def certificate_reason(error: ssl.SSLCertVerificationError) -> UnreachableReason:
    """Return what is wrong with a certificate: by its number, else by words; there are numbers of two systems."""
    number = getattr(error, "verify_code", 0) & 0xFFFFFFFF
    if number in _CERTIFICATE_NUMBERS:
        return _CERTIFICATE_NUMBERS[number]
    text = str(getattr(error, "verify_message", "") or error).lower()
    found = (reason for words, reason in _CERTIFICATE_WORDS if any(word in text for word in words))
    return next(found, UnreachableReason.TLS)


_CERTIFICATE_NUMBERS = {
    # X509_V_ERR_... of OpenSSL
    2: UnreachableReason.UNKNOWN_AUTHORITY,
    9: UnreachableReason.EXPIRED,
    10: UnreachableReason.EXPIRED,
    18: UnreachableReason.SELF_SIGNED,
    # an authority that is unknown and came along
    19: UnreachableReason.UNKNOWN_AUTHORITY,
    20: UnreachableReason.UNKNOWN_AUTHORITY,
    21: UnreachableReason.UNKNOWN_AUTHORITY,
    24: UnreachableReason.UNKNOWN_AUTHORITY,
    27: UnreachableReason.UNKNOWN_AUTHORITY,
    62: UnreachableReason.WRONG_NAME,
    64: UnreachableReason.WRONG_NAME,
    # CERT_E_... of Windows, which has one number for any root that it does not know, the certificate's own included
    0x800B0101: UnreachableReason.EXPIRED,
    0x800B0102: UnreachableReason.EXPIRED,
    0x800B0109: UnreachableReason.UNKNOWN_AUTHORITY,
    0x800B010A: UnreachableReason.UNKNOWN_AUTHORITY,
    0x800B010D: UnreachableReason.UNKNOWN_AUTHORITY,
    0x800B010F: UnreachableReason.WRONG_NAME,
    0x800B0112: UnreachableReason.UNKNOWN_AUTHORITY,
    0x800B0114: UnreachableReason.WRONG_NAME,
}
_CERTIFICATE_WORDS = (
    (
        ("in certificate chain", "issuer", "untrusted", "not trusted", "unable to verify"),
        UnreachableReason.UNKNOWN_AUTHORITY,
    ),
    (("self-signed", "self signed"), UnreachableReason.SELF_SIGNED),
    (("expired", "not yet valid"), UnreachableReason.EXPIRED),
    (("mismatch", "does not match", "doesn't match", "not valid for"), UnreachableReason.WRONG_NAME),
)
