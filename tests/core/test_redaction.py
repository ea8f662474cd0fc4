import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.redaction import MARK, PATTERNS, is_secret_key, redact, redact_mapping

SECRET = "Tr0ub4dor&3-짜장면"
PLAIN = "s3cr3t-value_0123456789"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {PLAIN}",
        f"authorization=Basic {PLAIN}",
        f"'Authorization': 'Bearer {PLAIN}'",
        f"Proxy-Authorization: Basic {PLAIN}",
        f"Cookie: a=1; session={PLAIN}; b=2",
        f"Set-Cookie: session={PLAIN}; Path=/",
        f"sent Bearer {PLAIN} to the server",
        f'{{"password": "{PLAIN}"}}',
        f'{{"new_password":"{PLAIN}","x":1}}',
        f'"{{\\"initial_password\\": \\"{PLAIN}\\"}}"',
        f"{{'refresh_token': '{PLAIN}'}}",
        f"POST /login?password={PLAIN}&next=1",
        f"access_token={PLAIN}",
        f"api-key: {PLAIN}",
        f"client_secret={PLAIN}",
        f"EVALCONSOLE_SECRET_KEY={PLAIN}",
        f"password_hash=$argon2id${PLAIN}",
        f'"h": "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA${PLAIN}"',
        f"kept as $2b$12${PLAIN}",
        f"pbkdf2_sha256$260000$salt${PLAIN}",
        f"비밀번호: {PLAIN}",
        f'"password": "{PLAIN}',  # cut off in the middle
        f"mongodb://admin:{PLAIN}@127.0.0.1:27017/?authSource=admin",
        f"https://user:{PLAIN}@proxy.example:8080/",
        f"-----BEGIN PRIVATE KEY-----\n{PLAIN}\n-----END PRIVATE KEY-----",
    ],
)
def test_secret_does_not_survive(text: str) -> None:
    assert PLAIN not in redact(text)
    assert MARK in redact(text)


def test_json_web_token_is_taken_out_wherever_it_stands() -> None:
    assert redact(f"token refused ({JWT}) at 12:00") == f"token refused ({MARK}) at 12:00"


def test_address_keeps_user_and_host() -> None:
    text = redact("mongodb://admin:pa@ss:word@host-1,host-2/db")
    assert text == f"mongodb://admin:{MARK}@host-1,host-2/db"


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/users?page=2&sort=-created_at 200 in 12 ms",
        '{"has_password": false, "must_change_password": true}',
        "token_type: bearer",
        "http://127.0.0.1:8080/a@b",
        "Idempotency-Key: 1234",
    ],
)
def test_harmless_text_stays(text: str) -> None:
    assert redact(text) == text


SECRETS = st.text(min_size=6, max_size=60).map(lambda text: f"q7{text}z9")


@given(SECRETS, st.sampled_from(["password", "access_token", "newPassword", "x_secret", "OTP"]))
def test_any_secret_in_json_is_taken_out(secret: str, key: str) -> None:
    for ascii_only in (True, False):
        text = json.dumps({"a": 1, key: secret, "b": 2}, ensure_ascii=ascii_only)
        clean = redact(text)
        assert json.dumps(secret, ensure_ascii=ascii_only)[1:-1] not in clean
        assert json.dumps(secret, ensure_ascii=ascii_only)[3:-3] not in clean or len(secret) < 10
        assert '"b": 2' in clean


@given(SECRETS.filter(lambda s: not set(s) & set("/@") and not any(c.isspace() for c in s)))
def test_any_password_in_an_address_is_taken_out(secret: str) -> None:
    assert secret not in redact(f"mongodb://admin:{secret}@db.example:27017/x")


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.just(SECRET),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["password", "a", "b"]), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_mapping_keeps_its_shape_and_loses_what_stands_under_secret_keys(value: object) -> None:
    clean = redact_mapping({"outer": value, "password": SECRET})
    assert clean["password"] == MARK
    assert set(clean) == {"outer", "password"}

    def no_secret_under_key(node: object) -> bool:
        if isinstance(node, dict):
            return all(
                (node[key] in (MARK, None, True, False)) if key == "password" else True
                for key in node
            ) and all(map(no_secret_under_key, node.values()))
        return all(map(no_secret_under_key, node)) if isinstance(node, list) else True

    assert no_secret_under_key(clean)


def test_mapping_redacts_texts_too_and_leaves_the_original() -> None:
    original = {"url": f"https://u:{PLAIN}@h/", "list": [f"Bearer {PLAIN}"], "raw": b"token=abc"}
    clean = redact_mapping(original)
    assert PLAIN not in str(clean)
    assert clean["raw"] == f"token={MARK}"
    assert PLAIN in str(original)


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("password", True),
        ("currentPassword", True),
        ("refresh_token", True),
        ("Authorization", True),
        ("token_type", False),
        ("has_password", True),
        ("name", False),
        ("idempotency_key", False),
    ],
)
def test_secret_keys(key: str, secret: bool) -> None:
    assert is_secret_key(key) is secret


def test_long_text_takes_linear_time() -> None:
    assert redact("a" * 200_000 + " password=x").endswith(f"password={MARK}")


_PIECES = st.sampled_from(
    (
        *("paſſword", "PASSWORD", "toKen", "authorızation", "Set-Cookie", "비밀번호", "api_key"),
        *(": ", "=", '"', "\\", "x", " ", "\n", "://", "u:p@h/", "eyJa.b", "Bearer ", "abcdefgh1"),
    )
)


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_leaving_out_what_cannot_match_changes_nothing(text: str) -> None:
    expected = text
    for _hints, pattern, replacement in PATTERNS:
        expected = pattern.sub(replacement, expected)
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        f'{{"login_id": "admin", "password": "{PLAIN}"}}',
        f'{{"Authorization": "Bearer {PLAIN}", "x": 1}}',
        f"GET /?token={PLAIN}&next=1",
        f"mongodb://a:{PLAIN}@h/?x",
        f"(password={PLAIN}) and more",
    ],
)
def test_what_comes_by_twice_loses_no_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once
    assert PLAIN not in once
