"""The table of the tries: a package passes where every row has passed, and nothing passes by not being tried."""

from pathlib import Path

import tried

LINUX = (
    *("install the older one", "upgrade", "profiles and drafts kept", "selftest, offscreen", "selftest, X11"),
    *("start", "picture", "remove", "only user data is left"),
)
WINDOWS = (
    *("install the older one", "upgrade", "self-test, unseen", "self-test on a screen"),
    *("the window opens and closes", "remove, with exactly its own entries"),
)
ALL = 2 * 4 * len(LINUX) + 3 * len(WINDOWS) + 2


def linux_rows() -> list[str]:
    steps = [f"{kind}: {step}" for kind in tried.LINUX for step in LINUX]
    rows = [
        f"{system:10} -        {step:32} passed       0      1.2  3 ms; "
        for system in ("bookworm", "trixie")
        for step in steps
    ]
    return ["builds     -        the same bytes                   passed       0      0.1  ", *rows]


def windows_rows() -> list[str]:
    steps = [f"{kind}: {step}" for kind in tried.WINDOWS for step in WINDOWS]
    rows = [f"windows    -        {step}  passed       0.1  " for step in steps]
    return ["windows    -        build again in another folder: same bytes    passed       21.7  both", *rows]


def told(folder: Path, linux: list[str], windows: list[str]) -> tuple[list[str], bool]:
    tables = []
    for name, rows in (("linux", linux), ("windows", windows)):
        (folder / name).write_text("\n".join(rows), "utf-8")
        tables.append(tried.rows_of(folder / name))
    return tried.matrix(*tables, {"deb": 36.25})


def test_all_that_was_tried_and_passed(tmp_path):
    lines, whole = told(tmp_path, linux_rows(), windows_rows())
    assert whole
    assert lines[1].split() == ["deb", "36.2", *["bookworm+trixie"] * 6, "builds"]
    assert lines[-2].split() == ["portable", "0.0", *["windows"] * 7]
    assert lines[-1] == f"{ALL} of {ALL} rows passed."


def test_one_row_that_failed_is_seen_in_its_column_and_in_the_end(tmp_path):
    rows = [
        row.replace("passed", "FAILED") if "trixie" in row and "rpm: upgrade" in row else row for row in linux_rows()
    ]
    lines, whole = told(tmp_path, rows, windows_rows())
    assert not whole
    assert lines[2].split().count("FAILED") == 1
    assert lines[-1] == f"{ALL - 1} of {ALL} rows passed."


def test_what_was_not_tried_has_not_passed(tmp_path):
    lines, whole = told(tmp_path, [row for row in linux_rows() if "AppImage: selftest, X11" not in row], windows_rows())
    assert not whole
    assert lines[3].count("NOT TRIED") == 1
    assert not told(tmp_path, linux_rows(), [])[1]


def test_a_try_that_did_not_come_to_its_end_has_not_passed(tmp_path):
    rows = [*linux_rows(), "trixie     ?        the try itself                   FAILED       -        -  see above"]
    assert not told(tmp_path, rows, windows_rows())[1]
