"""Name templates."""

from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.template import PRESETS, TOKENS, render

VALUES = {
    "vault": lambda _width: "vault-ERP prod",
    "seq": lambda width: "1".zfill(width or 1),
    "user": lambda _width: "até",
}


def rendered(template: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    result = render(template, VALUES, NameRules.ASCII)
    return result.name, result.problems


def test_values_are_made_fit_for_a_name() -> None:
    assert rendered("bk_{vault}_{user}") == ("bk_vault-ERP-prod_at-", ())


def test_filters_and_widths() -> None:
    assert rendered("{vault|lower|trunc:9}-{seq:3}") == ("vault-erp-001", ())
    assert rendered("{vault|slug}") == ("vault-erp-prod", ())


def test_problems_are_told_beside_the_result() -> None:
    assert rendered("a{nope}b") == ("ab", (("unknown-token", "nope"),))
    assert rendered("{vault|shout}") == ("vault-ERP-prod", (("unknown-filter", "shout"),))
    assert rendered("{seq:x}") == ("", (("bad-width", "seq:x"),))
    assert rendered("a}") == ("a", (("stray-brace", "}"),))


def test_a_long_result_is_cut_to_a_good_name() -> None:
    assert len(rendered("x" * 99)[0]) == 64


def test_the_presets_use_known_tokens() -> None:
    values = dict.fromkeys(TOKENS, lambda _width: "x")
    assert all(not render(preset, values, NameRules.ASCII).problems for preset in PRESETS)
