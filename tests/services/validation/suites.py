"""A small suite that tests write into a folder, and a desk that knows nothing else."""

from __future__ import annotations

from pathlib import Path

from desktop_app.core.validation.suites import Check, Risk, Severity, Suite, Words
from desktop_app.services.validation.shelf import Shelf

OWN = """
schema = 1
id = "own"
version = "1.0"
title = {en = "Our own", ko = "자체 점검"}
purpose = {en = "What we look at", ko = "우리가 보는 것"}

[categories]
health = {en = "Health", ko = "상태"}
writing = {en = "Writing", ko = "쓰기"}

[[checks]]
id = "own.health"
category = "health"
severity = "critical"
title = {en = "The system says that it is well", ko = "시스템이 정상이라고 답한다"}
why = {en = "Nothing works without it.", ko = "이것 없이는 아무것도 동작하지 않습니다."}
fix = {en = "Start it.", ko = "시작하십시오."}
reference = "SYSTEM.md §3"
[[checks.steps]]
method = "GET"
path = "/health"
expect = {status = [200], keys = ["status"]}

[[checks]]
id = "own.users"
category = "health"
severity = "high"
title = {en = "The administrator lists users", ko = "관리자가 사용자를 조회한다"}
why = {en = "Administration needs it.", ko = "관리에 필요합니다."}
fix = {en = "Look at the route.", ko = "경로를 확인하십시오."}
[[checks.steps]]
method = "GET"
path = "/api/users"
by = "admin"
expect = {status = [200], keys = ["users"]}

[[checks]]
id = "own.teapot"
category = "health"
severity = "medium"
title = {en = "Health is a teapot", ko = "상태가 찻주전자다"}
why = {en = "It never is.", ko = "그런 일은 없습니다."}
fix = {en = "Brew tea.", ko = "차를 끓이십시오."}
[[checks.steps]]
method = "GET"
path = "/health"
expect = {status = [418]}

[[checks]]
id = "own.writes"
category = "writing"
severity = "high"
risk = "writes"
title = {en = "A company is found by its id", ko = "회사를 ID로 찾는다"}
why = {en = "Everything leans on it.", ko = "모든 것이 이에 의존합니다."}
fix = {en = "Look at the route.", ko = "경로를 확인하십시오."}
[[checks.steps]]
method = "GET"
path = "/api/companies/{company_id}"
by = "admin"
expect = {status = [200], keys = ["company"]}
"""

SOUND = ("own.health", "own.users")
ALL = (*SOUND, "own.teapot", "own.writes")


def write_suite(folder: Path, text: str = OWN, name: str = "own.toml") -> Path:
    """The suite in a folder of its own; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def shelf_of(*checks: str, severity: Severity = Severity.HIGH) -> Shelf:
    """A shelf with a suite "security" of these checks."""

    def words(text: str) -> Words:
        return Words(en=text, ko=f"{text} (한)")

    return Shelf(
        suites=(
            Suite(
                schema=1,
                id="security",
                version="1",
                title=words("Security"),
                purpose=words("Finds holes"),
                categories={"headers": words("Headers")},
                checks=tuple(
                    Check(
                        id=check,
                        category="headers",
                        severity=severity,
                        title=words(f"Title of {check}"),
                        why=words("It matters"),
                        fix=words("Mend it"),
                        reference="OWASP ASVS 5.0 V3.4.1",
                        risk=Risk.READS,
                        probe="none",
                    )
                    for check in checks
                ),
            ),
        )
    )
