"""Reports read back: true to the run, in both languages, and nothing in them comes alive."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.config.catalogues import use_language
from desktop_app.core.language import N_
from desktop_app.core.validation.baseline import Accepted, Baseline, weigh
from desktop_app.core.validation.comparison import compare
from desktop_app.core.validation.findings import Exchange, say
from desktop_app.core.validation.report import LeftBehind, SignInProven, Stop
from desktop_app.core.validation.suites import Risk, Severity
from desktop_app.core.verdicts import CheckState
from desktop_app.services.report_document import as_html, as_markdown
from desktop_app.services.validation.junit import as_junit
from desktop_app.services.validation.report_json import as_json
from desktop_app.services.validation.reports import Reported, replay_line, validation_report
from desktop_app.services.validation.runs import RunStore, read_run
from tests.core.validation.reports import finding, report, result
from tests.services.validation.suites import shelf_of

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> ]]> --> \"' & `````\n# no heading\n"
    "\x00\x01\x1b[31m\x7f\x85\u2028\u202e\ufffe\uffff [a](javascript:x) | cell |"
)


def exchange(text: str, **more: object) -> Exchange:
    values: dict[str, object] = {
        "method": "POST",
        "url": f"http://127.0.0.1:8000/api/{text[:40]}",
        "by": "admin",
        "request_headers": (("Authorization", "***"), ("X-Odd", text)),
        "request_body": text,
        "status": 500,
        "reason": text,
        "http_version": "HTTP/1.1",
        "response_headers": ((text, text),),
        "response_body": text,
        "total_ms": 12.0,
    }
    return Exchange(**{**values, **more})  # type: ignore[arg-type]


def whole(text: str = HOSTILE) -> Reported:
    """A run with something of everything, whose server sends ``text`` everywhere."""
    seen = say(N_("The answer was {text}."), text=text)
    run = report(
        result("ok", finding("ok", CheckState.PASS, seen=(seen,))),
        result(
            "bad",
            finding(
                "bad",
                CheckState.FAIL,
                f"GET {text}",
                seen=(seen,),
                facts={"text": text, "p99_ms": 1234.5},
                exchanges=(exchange(text), exchange(text, status=0, failure=text)),
            ),
            severity=Severity.CRITICAL,
        ),
        result("known", finding("known", CheckState.FAIL, seen=(seen,))),
        result("weak", finding("weak", CheckState.WARN, seen=(seen,))),
        result("unsure", finding("unsure", CheckState.INCONCLUSIVE, seen=(seen,))),
        result("absent", finding("absent", CheckState.NOT_APPLICABLE, seen=(seen,))),
        result("skipped", state=CheckState.NOT_RUN, risk=Risk.ATTACKS, reason=seen),
        left_behind=(LeftBehind(kind="users", id="7", name=text, reason=text),),
        sign_ins=(SignInProven(role="manager", login_id=text, ok=False, provided=True, said=seen),),
        allowed=(Risk.READS, Risk.WRITES),
        suites={"security": "1.0"},
    )
    known = Accepted(key="known", reason=text, owner="이보안", expires=date(2026, 12, 31))
    stray = Accepted(key="typo", reason="r", owner="o", expires=date(2026, 12, 31))
    baseline = Baseline(accepted=(known, stray))
    shelf = shelf_of(*(one.check for one in run.results))
    before = report(result("ok", finding("ok", CheckState.FAIL)), run_id="before1")
    return Reported(
        report=run,
        shelf=shelf,
        weighed=weigh(run, baseline, date(2026, 11, 25), shelf.check_ids),
        comparison=compare(before, run),
    )


class Tags(HTMLParser):
    """Every tag with its attributes, and the text between."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


OURS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "table", "thead"),
    *("tbody", "tr", "th", "td", "section", "div", "b", "pre", "br"),
}


def test_the_web_page_says_all_of_it_and_nothing_in_it_is_alive() -> None:
    page = Tags(as_html(validation_report(whole())))
    assert page.tags <= OURS
    assert page.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class"}
    for part in (
        "Not passed. Checks failed: 1. The sign-in of",
        "Title of bad",
        "<script>alert(1)</script>",
        "It matters",
        "Mend it",
        "OWASP ASVS 5.0 V3.4.1",
        "curl -i -X POST",
        "--check bad",
        "That run had other suites",
        "1,234.50",
        "Known finding",
        "이보안",
        "No check has this name",
        "Test data left behind",
        "Fixed",
        "4 of 6 (66 %)",
    ):
        assert part in page.text, part
    assert "Title of ok" in page.text


def test_what_cannot_be_printed_is_shown_by_its_code_point() -> None:
    page = as_html(validation_report(whole()))
    for letter in "\x00\x01\x1b\x7f\x85\u2028\u202e\ufffe\uffff":
        assert letter not in page
    assert "\\x1b[31m" in page
    assert "\\u202e" in page


def test_markdown_keeps_what_a_server_sent_inside_its_block() -> None:
    lines = as_markdown(validation_report(whole())).split("\n")
    fence = ""
    outside: list[str] = []
    for line in lines:
        if not fence and line.startswith("```"):
            fence = line.rstrip("sh")
        elif fence and line == fence:
            fence = ""
        elif not fence:
            outside.append(line)
    assert fence == ""
    text = "\n".join(outside)
    assert "<script>" not in text
    assert "\n# no heading" not in text
    assert "[a](" not in text
    assert text.startswith("# API validation")


def test_junit_is_sound_whatever_was_sent() -> None:
    root = ET.fromstring(as_junit(whole()))
    cases = {one.get("name", "").split()[0]: one for one in root.iter("testcase")}
    kinds = {
        name: next((child.tag for child in case if child.tag != "system-out"), "passed")
        for name, case in cases.items()
        if name != "http://127.0.0.1:8000"
    }
    assert kinds == {
        "ok": "passed",
        "bad": "failure",
        "known": "skipped",
        "weak": "passed",
        "unsure": "error",
        "absent": "skipped",
        "skipped": "skipped",
    }
    assert "Warning" in (cases["weak"].findtext("system-out") or "")
    (known,) = cases["known"].iter("skipped")
    assert "이보안" in known.get("message", "")
    assert "curl -i" in (cases["bad"].findtext("failure") or "")
    for suite in root.iter("testsuite"):
        for kind, attribute in (("failure", "failures"), ("error", "errors")):
            assert len(suite.findall(f"testcase/{kind}")) == int(suite.get(attribute, "-1"))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("8", "1", "1")


def test_junit_says_that_a_server_does_not_answer() -> None:
    said = say(N_("The server does not answer: {reason}."), reason="refused")
    run = report(result("a", state=CheckState.NOT_RUN), stop=Stop.UNREACHABLE, stop_said=said)
    root = ET.fromstring(as_junit(Reported(report=run, shelf=shelf_of("a"))))
    (error, *_others) = root.iter("error")
    assert "does not answer: refused" in (error.text or "")


def test_junit_fails_where_the_gate_does() -> None:
    """A critical check that was not run is no green line."""
    run = report(
        result("a", state=CheckState.NOT_RUN, severity=Severity.CRITICAL),
        result("b", state=CheckState.PASS),
    )
    root = ET.fromstring(as_junit(Reported(report=run, shelf=shelf_of("a", "b"))))
    assert root.get("errors") == "1"


def test_junit_fails_where_no_check_is_to_blame() -> None:
    refused = SignInProven(role="manager", login_id="m", ok=False, provided=True)
    run = report(result("b", state=CheckState.PASS), sign_ins=(refused,))
    root = ET.fromstring(as_junit(Reported(report=run, shelf=shelf_of("b"))))
    assert root.get("errors") == "1"


def test_the_json_is_as_it_is_documented(tmp_path: Path) -> None:
    reported = whole()
    text = as_json(reported)
    found = json.loads(text)
    assert (found["format"], found["language"]) == (1, "en")
    assert found["verdict"]["outcome"] == "not_passed"
    assert found["verdict"]["counting"] == ["bad"]
    assert found["coverage"] == {"measured": 4, "applicable": 6}
    assert found["states"]["fail"] == 2
    assert found["failed"] == {"critical": 1, "high": 1}
    assert found["checks"]["bad"]["fix"] == {"en": "Mend it", "ko": "Mend it (한)"}
    seen = found["report"]["results"][1]["findings"][0]["seen"][0]
    assert seen["message"] == "The answer was {text}."
    assert seen["text"].startswith("The answer was <script>")
    assert found["baseline"]["standings"]["known"]["owner"] == "이보안"
    assert found["baseline"]["unknown"] == ["typo"]
    assert found["comparison"]["fixed"] == ["ok"]
    assert found["comparison"]["new"] == [
        f"bad[{reported.report.results[1].findings[0].subject}]",
        "known",
        "weak",
    ]
    path = tmp_path / "결과.json"
    path.write_text(text, encoding="utf-8")
    assert read_run(path) == reported.report
    path.write_text('{"report": {}}', encoding="utf-8")
    with pytest.raises(msgspec.ValidationError):
        read_run(path)


def test_a_run_of_the_store_can_be_compared_by_its_file(tmp_path: Path) -> None:
    reported = whole("nothing odd")
    RunStore(tmp_path).keep(reported.report)
    (path,) = tmp_path.iterdir()
    assert read_run(path) == reported.report


def test_an_unknown_check_is_called_by_its_id() -> None:
    """A suite may be gone when an old run is looked at again."""
    reported = Reported(report=whole().report, shelf=shelf_of())
    page = Tags(as_html(validation_report(reported)))
    assert "bad · bad" not in page.text
    assert as_junit(reported)
    assert json.loads(as_json(reported))["checks"]["bad"] == {}


@pytest.mark.parametrize("write", [as_junit, as_json, lambda r: as_html(validation_report(r))])
@given(text=st.text(alphabet=st.characters(codec=None), max_size=60))
@settings(max_examples=40, deadline=None)
def test_any_text_can_be_reported(write: Callable[[Reported], str], text: str) -> None:
    written = write(whole(text)).encode("utf-8")
    if write is as_junit:
        ET.fromstring(written)
    if write is as_json:
        json.loads(written)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("", "--check a"),
        ("GET /api/users/{id}", '--check a --subject "GET /api/users/{id}"'),
        ("GET /$(reboot)", "--check a"),
        ("GET /%PATH%", "--check a"),
        ('x" & calc', "--check a"),
        ("GET /회사", "--check a"),
    ],
)
def test_whoever_copies_the_line_runs_nothing_else(subject: str, words: str) -> None:
    assert replay_line("a", subject) == words


def test_a_check_that_fails_everywhere_does_not_fill_the_report() -> None:
    many = [finding("a", CheckState.FAIL, f"GET /{number}") for number in range(60)]
    reported = Reported(report=report(result("a", *many)), shelf=shelf_of("a"))
    page = as_html(validation_report(reported))
    assert page.count("<section") == 25
    assert "a: 35 more" in page
    (failure,) = ET.fromstring(as_junit(reported)).iter("failure")
    assert "a: 35 more" in (failure.text or "")
    assert "GET /30" not in (failure.text or "")
    assert len(json.loads(as_json(reported))["report"]["results"][0]["findings"]) == 60


def test_reports_speak_korean() -> None:
    use_language("ko")
    page = Tags(as_html(validation_report(whole("이상 없음"))))
    for part in ("API 검증", "통과하지 못함", "심각", "Mend it (한)", "고치는 방법"):
        assert part in page.text, part
