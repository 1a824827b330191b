"""What is wrong with a certificate that was refused."""

import ssl


def certificate_reason(error: ssl.SSLCertVerificationError) -> str:
    """Return what is wrong with a certificate: by its number, else by words; there are numbers of two systems."""
    number = getattr(error, "verify_code", 0) & 0xFFFFFFFF
    if number in _CERTIFICATE_NUMBERS:
        return _CERTIFICATE_NUMBERS[number]
    text = str(getattr(error, "verify_message", "") or error).lower()
    return next((reason for words, reason in _CERTIFICATE_WORDS if any(word in text for word in words)), "tls")


_CERTIFICATE_NUMBERS = {
    # X509_V_ERR_... of OpenSSL
    2: "unknown-authority",
    9: "expired",
    10: "expired",
    18: "self-signed",
    # an authority that is unknown and came along
    19: "unknown-authority",
    20: "unknown-authority",
    21: "unknown-authority",
    24: "unknown-authority",
    27: "unknown-authority",
    62: "wrong-name",
    64: "wrong-name",
    # CERT_E_... of Windows, which has one number for any root that it does not know, the certificate's own included
    0x800B0101: "expired",
    0x800B0102: "expired",
    0x800B0109: "unknown-authority",
    0x800B010A: "unknown-authority",
    0x800B010D: "unknown-authority",
    0x800B010F: "wrong-name",
    0x800B0112: "unknown-authority",
    0x800B0114: "wrong-name",
}
_CERTIFICATE_WORDS = (
    (("in certificate chain", "issuer", "untrusted", "not trusted", "unable to verify"), "unknown-authority"),
    (("self-signed", "self signed"), "self-signed"),
    (("expired", "not yet valid"), "expired"),
    (("mismatch", "does not match", "doesn't match", "not valid for"), "wrong-name"),
)
