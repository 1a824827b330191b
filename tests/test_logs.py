"""The log: private, bounded, and without secrets."""

import base64
import json
import logging
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from cbr_desktop import logs
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.logs import Log, PrivateFileHandler, RedactingFormatter

CANARY = 'S3cr3t "Käse"/\\+%'
TOKEN = "MIIatA" + "YJKoZIhvcNAQcCoIIa" * 200
PLAIN = "hunter2hunter2"
ENCODERS = (base64.b64encode, base64.urlsafe_b64encode)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "logs" / "cbr-desktop.log", logging.DEBUG)
    yield log
    log.close()


def written(log: Log) -> str:
    return log.path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        f"X-Auth-Token: {PLAIN}",
        f"x-subject-token={PLAIN}",
        f"headers={{'X-Auth-Token': '{PLAIN}', 'Accept': 'x'}}",
        f'{{"x-auth-token":"{PLAIN}"}}',
        f"[(b'X-Subject-Token', b'{PLAIN}')]",
        f"Authorization: SDK-HMAC-SHA256 Access={PLAIN}, SignedHeaders=host, Signature={PLAIN}",
        f"signing with Access={PLAIN},Signature={PLAIN}",
        f'Authorization: Digest username="a", response="{PLAIN}"',
        f"Cookie: session={PLAIN}; other={PLAIN}",
        f'{{"auth": {{"identity": {{"password": {{"user": {{"name": "op", "password": "{PLAIN}"}}}}}}}}}}',
        f'{{\\"password\\": \\"{PLAIN}\\"}}',
        f'{{"password": "\\"{PLAIN}"}}',
        f"Profile(user='op', password='{PLAIN}')",
        f"CBR_DESKTOP_PASSWORD={PLAIN}",
        f"https://host/x?access_token={PLAIN}&page=1",
        f"proxy http://user:{PLAIN}@proxy.example:3128",
        f"proxy http://user:p@{PLAIN}@proxy.example:3128",
        f"body secret_key: {PLAIN}",
        f"token {TOKEN}",
        f"bytes b'{TOKEN}'",
        "jwt eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdefghijklmnop",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    shown = RedactingFormatter().redact(text)
    assert "[hidden]" in shown
    for secret in (PLAIN, TOKEN[20:60], "eyJzdWIi"):
        assert secret not in shown


@pytest.mark.parametrize(
    "text",
    [
        "vault 5f0d1c5e-1f2a-4b3c-8d9e-0a1b2c3d4e5f has 5 resources",
        '  File "/home/operator/Desktop/venv/lib/python3.11/site-packages/httpx/_transports/default.py", line 101',
        "GET https://cbr.eu-de.otc.t-systems.com/v3/0123456789abcdef0123456789abcdef/vaults?limit=1000 200",
        "sha256 " + "0123456789abcdef" * 8,
        "the password was refused",
    ],
)
def test_what_an_operator_needs_stays(text: str) -> None:
    assert RedactingFormatter().redact(text) == text


@pytest.mark.parametrize(
    "word", ["a", "a:", "://", "password", 'password: "', "://a", "aB1/", "x-auth-token:'\\", "\\"]
)
def test_a_long_text_does_not_stop_the_program(word: str) -> None:
    # a pattern that looks at every place from every place would take minutes
    RedactingFormatter().redact(word * 100_000)


def test_a_known_secret_is_hidden_in_every_form(log: Log) -> None:
    log.hide(CANARY)
    forms = [
        CANARY,
        json.dumps({"x": CANARY}),
        json.dumps({"x": CANARY}, ensure_ascii=False),
        repr({"x": CANARY}),
        repr(CANARY.encode()),
        quote(CANARY, safe=""),
        base64.b64encode(CANARY.encode()).decode(),
        base64.urlsafe_b64encode(CANARY.encode()).decode(),
        *(base64.b64encode(f"{user}:{CANARY}!".encode()).decode() for user in ("a", "ab", "abc")),
        CANARY.encode("utf-16-le").decode("latin-1"),
        repr(CANARY.encode("utf-16-le")),
        base64.b64encode(CANARY.encode("utf-16-le")).decode(),
        f"caf\u00e9 {CANARY} {CANARY}",
    ]
    for form in forms:
        logging.getLogger("test").warning("%s", form)
    text = written(log)
    assert text.count("[hidden]") == len(forms) + 1
    assert "S3cr3t" not in text
    assert base64.b64encode(CANARY.encode()).decode()[:12] not in text
    assert "\\x00" not in text
    assert "3\\u0000" not in text


SECRETS = {
    "of all kinds": CANARY,
    "in quotes": '"quoted"',
    "beyond ASCII": "ünder-ü",
    "as in an address": "a b+c/d~e",
    "with slashes in base64": "???>>>???",
    "with half a character": "half \ud800",
    "escaped": "'one' \\n",
    "with a tab": "tab\tnew",
    "between blanks": " blank ",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_not_a_letter_of_a_known_secret_is_left_in_any_form(secret: str) -> None:
    log = RedactingFormatter()
    log.hide(secret)
    data, wide = secret.encode("utf-8", "surrogatepass"), secret.encode("utf-16-le", "surrogatepass")
    forms = [
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        repr(data)[2:-1],
        repr(wide)[2:-1],
        quote(data, safe=""),
        quote_plus(data),
        "\0".join(secret),
        *(encode(each).decode().rstrip("=") for encode in ENCODERS for each in (data, wide)),
    ]
    assert [log.redact(f"<{form}>") for form in forms] == ["<[hidden]>"] * len(forms)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("length", [0, 1, 2])
def test_what_stands_before_a_secret_in_base64_gives_no_more_than_its_edges_away(secret: str, length: int) -> None:
    log = RedactingFormatter()
    log.hide(secret)
    for data in (secret.encode("utf-8", "surrogatepass"), secret.encode("utf-16-le", "surrogatepass")):
        for encode in ENCODERS:
            whole = encode(b"." * length + data + b"\xff\xff").decode()
            # signs in which a byte beside the secret has a part stay
            begin, end = (0, 2, 3)[length], (length + len(data)) * 4 // 3
            assert log.redact(whole) == f"{whole[:begin]}[hidden]{whole[end:]}"


def test_a_secret_that_is_part_of_another_does_not_break_it_up() -> None:
    log = RedactingFormatter()
    log.hide("tail1234")
    log.hide("headtail1234zz")
    assert log.redact("headtail1234zz tail1234") == "[hidden] [hidden]"


def test_a_line_tells_when_how_grave_and_from_whom(log: Log) -> None:
    logging.getLogger("test").warning("trouble")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARNING test: trouble\n", written(log))


def test_the_folders_are_made_and_where_that_cannot_be_nothing_stops(tmp_path: Path) -> None:
    for parent in (tmp_path / "a" / "b", tmp_path / "a" / "b" / "x.log" / "c"):
        log = Log(parent / "x.log")
        logging.getLogger("test").warning("trouble")
        log.close()
    assert (tmp_path / "a" / "b" / "x.log").read_text().count("trouble") == 1


def test_a_file_is_written_in_the_encoding_that_was_asked_for(tmp_path: Path) -> None:
    handler = PrivateFileHandler(tmp_path / "x.log", encoding="latin-1", errors="backslashreplace", delay=True)
    handler.emit(logging.makeLogRecord({"msg": "ü\u2028"}))
    handler.close()
    assert (tmp_path / "x.log").read_bytes().strip() == b"\xfc\\u2028"


@pytest.mark.parametrize("kind", list(SecretKind))
def test_the_variable_and_the_field_of_every_secret_are_known(kind: SecretKind) -> None:
    for name in (f"CBR_DESKTOP_{kind.name}", kind.value, kind.name.lower()):
        for text in (f"{name}={PLAIN}", f'{{"{name}": "{PLAIN}"}}'):
            assert PLAIN not in RedactingFormatter().redact(text), text


def test_a_secret_in_a_traceback_is_hidden(log: Log) -> None:
    log.hide("correct horse")
    try:
        try:
            raise ValueError(f"Illegal header value b'{TOKEN}\\n' correct horse")
        except ValueError as error:
            raise RuntimeError(f"password={PLAIN}") from error
    except RuntimeError:
        logging.getLogger("test").exception("failed")
    text = written(log)
    assert "RuntimeError" in text
    assert not [secret for secret in (TOKEN[30:60], PLAIN, "correct horse") if secret in text]


def test_a_short_text_is_not_taken_out(log: Log) -> None:
    log.hide("a")
    log.hide("")
    logging.getLogger("test").info("a vault")
    assert written(log).endswith("a vault\n")


def test_control_characters_are_shown_not_obeyed() -> None:
    assert RedactingFormatter().redact("a\x1b[2J\r\u202eb\ud800") == "a\\u001b[2J\\u000d\\u202eb\ud800"


def test_half_a_character_is_logged(log: Log) -> None:
    logging.getLogger("test").info("name \ud800")
    assert "name \\ud800" in written(log)


def test_talkative_libraries_are_held(log: Log) -> None:
    for name in ("httpx", "httpcore", "httpcore.http11"):
        logging.getLogger(name).info("headers")
    logging.getLogger("httpx").warning("trouble")
    assert written(log).count("\n") == 1


def test_the_log_is_bounded(log: Log) -> None:
    for _ in range(45):
        logging.getLogger("test").info("x y " * 25_000)
    sizes = [file.stat().st_size for file in log.path.parent.iterdir()]
    assert len(sizes) == logs.FILES
    assert max(sizes) <= logs.FILE_BYTES


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_every_file_is_private_under_any_umask(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "x.log"
    path.parent.mkdir()
    path.touch(0o644)
    before = os.umask(0)
    try:
        handler = PrivateFileHandler(path, maxBytes=10, backupCount=2, delay=True)
        for _ in range(3):
            handler.emit(logging.makeLogRecord({"msg": "long enough"}))
        handler.close()
    finally:
        os.umask(before)
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_a_folder_in_the_place_of_the_file_stops_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.log").mkdir()
    log = Log(tmp_path / "x.log")
    logging.getLogger("test").warning("lost")
    log.close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_fault_90_a_pipe_in_the_place_of_the_file_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cbr-desktop.log"
    os.mkfifo(path)
    log = Log(path)
    try:
        logging.getLogger("here").warning("nobody reads this")
        # one that reads gets nothing either
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        logging.getLogger("here").warning("nobody reads this")
        assert os.read(reader, 100) == b""
        os.close(reader)
    finally:
        log.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_stops_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    class FullHandler(PrivateFileHandler):
        def _open(self):  # type: ignore[no-untyped-def]
            return Path("/dev/full").open("a", encoding="utf-8")

    handler = FullHandler(tmp_path / "x.log", maxBytes=10, backupCount=1, delay=True)
    for _ in range(3):
        handler.emit(logging.makeLogRecord({"msg": "lost"}))
    handler.close()
    assert capfd.readouterr() == ("", "")


def test_closing_leaves_the_root_as_it_was(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    Log(tmp_path / "x.log").close()
    assert (root.level, list(root.handlers)) == before
