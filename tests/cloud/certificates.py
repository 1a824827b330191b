"""Certificates that no authority has signed."""

import ssl
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def self_signed(folder: Path, name: str, since: datetime, until: datetime) -> ssl.SSLContext:
    """Return a server's context with a certificate of its own for ``name``."""
    key = ec.generate_private_key(ec.SECP256R1())
    title = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder(title, title, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(since).not_valid_after(until)
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + key.private_bytes(*private)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
