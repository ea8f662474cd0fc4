"""Checks made of steps: what each demand says of an answer that is not like it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop_app.core.validation.findings import Finding
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.target import Limits
from tests.validation.running import own_check, own_suite, report_of
from tests.validation.strange_servers import MakeServer, answer, scripted, signing_in

DESCRIBED = {
    "openapi": "3.1.0",
    "paths": {
        "/thing": {
            "get": {
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        }
                    }
                }
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"type": "integer"}},
            }
        }
    },
}
THING = {"id": 7, "inner": {"list": [{"name": "first"}]}, "none": None, "yes": True}


def thing(method: str, path: str) -> bytes:
    """A thing at /thing, which exists by GET only."""
    if path == "/openapi.json":
        return answer(200, DESCRIBED)
    if path.startswith("/thing"):
        if method == "GET":
            return answer(200, THING)
        problem = {"type": "t", "title": "no", "status": 405}
        return answer(405, problem, "application/problem+json")
    return answer(404, {"status": 200})


def get(expect: str, path: str = "/thing", method: str = "GET", more: str = "") -> str:
    """One step."""
    return f'[[checks.steps]]\nmethod = "{method}"\npath = "{path}"\n{more}{expect}\n'


def finding(make: MakeServer, folder: Path, steps: str) -> Finding:
    """What a check of these steps says of the thing."""
    report = report_of(
        make(scripted(thing)).url,
        [own_suite(folder, own_check(steps, risk="writes"))],
        limits=Limits(answer_s=1.0),
    )
    [result] = report.results
    [found] = result.findings
    return found


@pytest.mark.parametrize(
    ("expect", "right"),
    [
        ("expect.status = [200]", True),
        ("expect.status = [201, 204]", False),
        ('expect.keys = ["id", "inner.list.0.name"]', True),
        ('expect.keys = ["inner.list.1.name"]', False),
        ('expect.keys = ["none"]', False),
        ("expect.json = { id = 7, yes = true }", True),
        ('expect.json = { id = "7" }', False),
        ("expect.json = { yes = 1 }", False),
        ('expect.json = { "inner.list" = [{ name = "first" }] }', True),
        ('expect.content_type = "application/json"', True),
        ('expect.content_type = "text/html"', False),
        ('expect.headers = { Content-Type = "^application/" }', True),
        ('expect.headers = { Content-Type = "^text/" }', False),
        ('expect.headers = { X-Frame-Options = "DENY" }', False),
        ('expect.without = ["Server"]', True),
        ('expect.without = ["Content-Length"]', False),
        ('expect.absent = ["Traceback"]', True),
        ('expect.absent = ["fir.t"]', False),
        ("expect.schema = true", True),
        ("expect.problem = true", False),
    ],
)
def test_each_demand_can_pass_and_fail(
    strange_server: MakeServer, tmp_path: Path, expect: str, right: bool
) -> None:
    found = finding(strange_server, tmp_path, get(expect))

    assert found.state is (CheckState.PASS if right else CheckState.FAIL)
    assert found.subject == "GET /thing"
    [exchange] = found.exchanges
    assert exchange.status == 200
    assert all(said.text() for said in found.seen)


def test_problem_details_are_known_by_their_members(
    strange_server: MakeServer, tmp_path: Path
) -> None:
    sound = finding(
        strange_server, tmp_path, get("expect.status = [405]\nexpect.problem = true", method="PUT")
    )
    other = finding(strange_server, tmp_path, get("expect.problem = true", path="/other"))

    assert sound.state is CheckState.PASS
    assert other.state is CheckState.FAIL


def test_a_schema_that_does_not_hold_fails_and_one_that_is_missing_tells_nothing(
    strange_server: MakeServer, tmp_path: Path
) -> None:
    def wrong(method: str, path: str) -> bytes:
        return answer(200, {"id": "seven"}) if path == "/thing" else thing(method, path)

    suite = own_suite(tmp_path, own_check(get("expect.schema = true")))
    [broken] = report_of(strange_server(scripted(wrong)).url, [suite]).results
    unknown = finding(
        strange_server, tmp_path, get("expect.schema = true", path="/elsewhere", method="PUT")
    )

    assert broken.state is CheckState.FAIL
    assert "id" in broken.findings[0].seen[0].text()
    assert unknown.state is CheckState.INCONCLUSIVE
    expect = "expect.status = [200]\nexpect.schema = true"
    both = finding(strange_server, tmp_path, get(expect, path="/elsewhere", method="PUT"))
    assert both.state is CheckState.FAIL


def test_what_was_saved_is_sent_later(strange_server: MakeServer, tmp_path: Path) -> None:
    asked: list[str] = []

    def noting(method: str, path: str) -> bytes:
        asked.append(f"{method} {path}")
        return answer(200, {"id": "a/b?c", "number": 5, "kept": path})

    steps = get("save = { made = 'id', count = 'number' }") + get(
        "expect.json = { number = '{count}', id = '{made}' }",
        path="/thing/{made}",
        more='query = { n = "{count}", own = "{unique}" }\n',
    )
    [result] = report_of(
        strange_server(scripted(noting)).url, [own_suite(tmp_path, own_check(steps))]
    ).results

    assert result.state is CheckState.PASS, result.findings[0].seen
    assert asked[-1].startswith("GET /thing/a%2Fb%3Fc?n=5&own=zz-evalcheck-")


def test_a_token_that_was_saved_signs_and_is_never_shown(
    strange_server: MakeServer, tmp_path: Path
) -> None:
    server = strange_server(
        signing_in(lambda _method, _path: answer(200, {"secret": "s3cret-value-x"}))
    )
    steps = get("save = { my_token = 'secret' }") + get(
        "expect.status = [200]", path="/again", more='by = "token:my_token"\n'
    )
    report = report_of(server.url, [own_suite(tmp_path, own_check(steps))])

    [found] = report.results[0].findings
    assert found.state is CheckState.PASS
    assert found.exchanges[-1].by == "token:my_token"
    assert any(name == "Authorization" for name, _ in found.exchanges[-1].request_headers)
    assert "s3cret-value-x" not in json.dumps([str(one) for one in found.exchanges])
    assert "token-of-a-strange-server" not in str(report)


@pytest.mark.parametrize(
    ("setup", "state"), [(True, CheckState.INCONCLUSIVE), (False, CheckState.FAIL)]
)
@pytest.mark.parametrize("path", ["/missing", "/silent"])
def test_a_step_of_preparation_that_fails_tells_nothing_and_a_main_one_fails(
    strange_server: MakeServer, tmp_path: Path, setup: bool, state: CheckState, path: str
) -> None:
    server = strange_server(
        scripted(lambda m, p: b"no http\r\n\r\n" if p == "/silent" else thing(m, p))
    )
    first = get("expect.status = [200]", path=path, more=f"setup = {str(setup).lower()}\n")
    steps = first + get("expect.status = [200]")
    suite = own_suite(tmp_path, own_check(steps))

    [result] = report_of(server.url, [suite], limits=Limits(answer_s=1.0)).results

    assert result.state is state
    assert len(result.findings[0].exchanges) == 1  # it went no further
