"""Fault 94 of the catalogue: hosts that only look like those of the service get no kept secret."""

import pytest

from cbr_desktop.domain.region import REGIONS, is_public_cloud


@pytest.mark.parametrize("endpoint", sorted({each for endpoints in REGIONS.values() for each in endpoints}))
def test_the_endpoints_of_the_list_are_of_public_clouds(endpoint: str) -> None:
    for address in (endpoint, f"{endpoint}/", f"{endpoint}/v3", f"{endpoint}:443", endpoint.replace("cbr.", "CBR.")):
        assert is_public_cloud(address), address


@pytest.mark.parametrize(
    "host",
    [
        "iam.eu-de.otc.t-systems.com",
        "iam.cn-north-4.myhuaweicloud.com",
        "iam.myhuaweicloud.eu",
        "iam.eu-west-101.myhuaweicloud.eu",
        "cbr.eu-west-101.myhuaweicloud.com",
        "iam-pub.eu-ch2.sc.otc.t-systems.com",
    ],
)
def test_names_that_the_documentation_has_besides_are_too(host: str) -> None:
    assert is_public_cloud(f"https://{host}")


@pytest.mark.parametrize(
    "address",
    [
        "https://bucket.obs.eu-de.otc.t-systems.com",
        "https://cbr.obs.eu-de.otc.t-systems.com",
        "https://bucket.obs.cn-north-4.myhuaweicloud.com",
        "https://cbr.eu-de.obs.otc.t-systems.com",
        "https://obs.eu-de.otc.t-systems.com",
        "https://cbr.eu-nl2.otc.t-systems.com",
        "https://cbr.evil.myhuaweicloud.com",
        "https://iam.otc.t-systems.com",
        "https://x.iam.eu-de.otc.t-systems.com",
        "https://otc.t-systems.com",
        "https://myhuaweicloud.com",
        "https://cbr.eu-de.otc.t-systems.com:8443",
        "https://cbr.eu-de.otc.t-systems.com:0443",
        "https://cbr.eu-de.otc.t-systems.com:80",
        "https://cbr.eu-de.otc.t-systems.com:",
        "https://cbr.eu-de.otc.t-systems.com:x",
        "https://cbr.eu-de.otc.t-systems.com.",
        "https://cbr.eu-de.otc.t-systems.com.evil.example",
        "https://cbr.eu-de.otc.t-systems.com@evil.example",
        "https://a:b@cbr.eu-de.otc.t-systems.com",
        "https://@cbr.eu-de.otc.t-systems.com",
        "https://cbr.eu-de.otc.t-systems.com\\@evil.example",
        "https://cbr.eu-de.otc.t-systems.com\t",
        "https://cbr.eu-de.otc.\tt-systems.com",
        " https://cbr.eu-de.otc.t-systems.com",
        "https://cbr.eu-de.otc.t-s\u0443stems.com",
        "https://iam.my\u2010kualalumpur-1.myhuaweicloud.com",
        "https://iam.my-\u212aualalumpur-1.myhuaweicloud.com",
        "https://cbr.eu-de\u3002otc.t-systems.com",
        "https://cbr.eu-de.otc.xn--t-systems-x1a.com",
        "http://cbr.eu-de.otc.t-systems.com",
        "ftp://cbr.eu-de.otc.t-systems.com",
        "//cbr.eu-de.otc.t-systems.com",
        "cbr.eu-de.otc.t-systems.com",
        "https://[::1]",
        "https://[",
        "https://",
        "",
    ],
)
def test_fault_94_all_others_are_not(address: str) -> None:
    assert not is_public_cloud(address)
