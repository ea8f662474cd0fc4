"""Why no answer came, as people read it."""

from __future__ import annotations

import pytest

from desktop_app.config.catalogues import use_language
from desktop_app.core.language import N_
from desktop_app.core.validation.findings import say
from desktop_app.core.validation.reasons import reason_text


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("no connection: [Errno 111] Connection refused", "연결이 거부됨"),
        ("no connection: [Errno 61] Connection refused", "연결이 거부됨"),
        ("no connection: [WinError 10061] 대상 컴퓨터에서 연결을 거부했습니다", "연결이 거부됨"),
        ("[WinError 10054] 현재 연결은 원격 호스트에 의해 끊겼습니다", "연결이 끊김"),
        ("no connection: [Errno 11001] getaddrinfo failed", "호스트 이름을 찾을 수 없음"),
        ("no connection: [Errno -2] Name or service not known", "호스트 이름을 찾을 수 없음"),
        ("timed out after 0.5 s", "0.5초 후 시간 초과"),
        ("no connection: timed out", "시간 초과"),
        ("Server disconnected without sending a response.", "응답 없이 연결이 닫힘"),
        (
            "peer closed connection without … (received 10 bytes, expected 99)",
            "응답이 99바이트 중 10바이트에서 끊김",
        ),
        (
            "no connection: [SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired (_ssl.c:1)",
            "인증서가 만료됨",
        ),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "공통으로 지원하는 TLS 버전이 없음"),
        ("Something nobody foresaw.", "Something nobody foresaw"),
        ("", ""),
    ],
)
def test_a_reason_is_told_in_the_language_in_use(reason: str, text: str) -> None:
    use_language("ko")

    assert reason_text(reason) == text


def test_a_sentence_with_a_reason_ends_once() -> None:
    said = say(
        N_("No answer came: {reason}."), reason="Server disconnected without sending a response."
    )

    assert said.text() == "No answer came: the connection was closed without an answer."


def test_a_status_stays_a_number() -> None:
    assert say(N_("The sign-in was answered {status}."), status=429).text().endswith("429.")
