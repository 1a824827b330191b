"""The company's certificate authority, whose file an operator names in a profile."""

from pathlib import Path

import pytest
import trustme


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "company.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)
