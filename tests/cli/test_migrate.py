"""``evalconsole migrate`` as operations use it: what it says, writes and ends with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from desktop_app.cli import main
from desktop_app.config.profiles import Environment
from desktop_app.db.migrations.lease import Lease, LeaseTerms
from desktop_app.db.migrations.server import target_of
from desktop_app.services.migrations.connection import environment_of
from desktop_app.workspace.mongod import Mongod
from tests.db.migrations.databases import AT, old_database, platform_content, user
from tests.workspace.serving import ROOT, environment

Documents = Database[dict[str, Any]]


class Command:
    """The command on one database."""

    def __init__(self, uri: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.uri = uri
        self.name = name
        self._capsys = capsys
        self.said = ""

    def __call__(self, action: str, *words: str, database: str = "") -> int:
        """Run one action; returns the exit code."""
        self._capsys.readouterr()
        where = ["--mongo-uri", self.uri, "--database", database or self.name]
        code = main(["migrate", action, *where, "--by", "김운영", *words])
        answer = self._capsys.readouterr()
        self.out, self.said = answer.out, answer.err
        password = self.uri.split(":")[2].split("@")[0]
        assert password not in self.out + self.said
        return code

    def result(self, action: str, *words: str, database: str = "") -> tuple[int, Any]:
        """Run one action; the exit code and the result as JSON."""
        code = self(action, *words, "--json", "-", database=database)
        return code, json.loads(self.out)["result"]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "en")


@pytest.fixture
def database(_mongo_client: MongoClient[dict[str, Any]], database_name: str) -> Documents:
    return _mongo_client[database_name]


@pytest.fixture
def migrate(mongo: Mongod, database_name: str, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(mongo.uri, database_name, capsys)


@pytest.fixture
def other_name(_mongo_client: MongoClient[dict[str, Any]]) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield name
    _mongo_client.drop_database(name)


def test_an_old_database_in_trouble_is_repaired_and_migrated(
    migrate: Command, database: Documents, other_name: str, tmp_path: Path
) -> None:
    old_database(database)
    database["users"].insert_one(user("twin", login_id="user001"))
    database["companies"].insert_one({"_id": "c2", "name": "", "created_at": AT})
    before = platform_content(database)

    code, plan = migrate.result("plan")
    assert code == 1
    (blocker,) = plan["blockers"]
    assert [one["id"] for one in blocker["offenders"]] == ["twin", "사용자-001"]
    assert "Duplicates that the unique index idx_users_login_id would refuse" in migrate.said
    (company,) = [step for step in plan["steps"] if step["id"] == "collection:companies"]
    assert company["violations"]["offenders"][0]["id"] == "c2"
    assert migrate("apply") == 1
    assert platform_content(database) == before

    assert migrate("backup", "--to", str(tmp_path / "백업")) == 0
    database["users"].update_one({"_id": "twin"}, {"$set": {"login_id": "twin"}})
    database["companies"].update_one({"_id": "c2"}, {"$set": {"name": "이름 찾은 회사"}})
    assert migrate("plan") == 0
    code, applied = migrate.result("apply")
    assert (code, applied["reason"]) == (0, "done")
    assert migrate("status") == 0

    code, found = migrate.result("verify")
    assert code == 1, "old sheets have no totals"
    failed = {one["check"] for one in found["results"] if one["state"] == "fail"}
    assert failed == {"evaluations.total_score"}
    database["evaluations"].update_many({}, {"$set": {"total_score": 0}})
    assert migrate("verify") == 0

    assert migrate("rollback", "--all") == 1
    assert "cannot be undone" in migrate.said
    assert migrate("rollback", "--all", "--skip-irreversible") == 0
    assert migrate("status") == 1
    assert migrate("restore", "--from", str(tmp_path / "백업")) == 1
    assert migrate("restore", "--from", str(tmp_path / "백업"), database=other_name) == 0
    assert platform_content(database.client[other_name]) == before


@pytest.mark.parametrize(
    ("suffix", "shown"), [(".html", "<h1>"), (".md", "# Migration plan"), (".json", '"steps"')]
)
def test_reports(
    migrate: Command, database: Documents, tmp_path: Path, suffix: str, shown: str
) -> None:
    name = "<b>회사</b> | a"
    database["companies"].insert_many([{"_id": n, "name": name} for n in ("x", "y")])
    path = tmp_path / "보고서" / f"plan{suffix}"
    assert migrate("plan", "--report", str(path)) == 1
    text = path.read_text(encoding="utf-8")
    assert shown in text
    assert "127.0.0.1" in text
    assert suffix == ".json" or "<b>회사</b>" not in text
    assert migrate.uri.split(":")[2].split("@")[0] not in text


@pytest.mark.parametrize("action", ["status", "plan", "verify", "apply"])
def test_every_result_can_be_reported(
    migrate: Command, database: Documents, tmp_path: Path, action: str
) -> None:
    old_database(database)
    path = tmp_path / "report.html"
    migrate(action, "--report", str(path), "--json", str(tmp_path / "result.json"))
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["result"]


def test_production_is_migrated_with_a_backup_only(
    migrate: Command, database: Documents, tmp_path: Path
) -> None:
    production = ("--environment", "production")
    assert migrate("apply", *production) == 1
    assert "only with a backup" in migrate.said
    folder = str(tmp_path / "b")
    code = migrate("apply", *production, "--backup", folder, "--json", str(tmp_path / "r.json"))
    assert code == 0
    (line,) = [line for line in migrate.said.splitlines() if "shown once" in line]
    password = line.rsplit(" ", 1)[1]
    assert password not in (tmp_path / "r.json").read_text(encoding="utf-8")
    assert [one["login_id"] for one in database["users"].find()] == ["admin"]
    assert migrate("apply", *production, "--backed-up", folder) == 0
    (tmp_path / "b" / "manifest.json").unlink()
    assert migrate("apply", *production, "--backed-up", folder) == 1


def test_somebody_else_is_named_and_can_be_broken(migrate: Command, database: Documents) -> None:
    other = target_of(database.client, database.name, "이철수@사무실")
    Lease(other, "run1", "apply", LeaseTerms()).take()
    assert migrate("apply") == 1
    assert "이철수@사무실" in migrate.said
    assert migrate("apply", "--break-lease", "another") == 3
    assert migrate("apply", "--break-lease", "run1") == 0
    assert database["audit_log"].find_one({"operation": "migrations.break_lease"})


def test_what_would_be_undone_is_said_without_undoing(
    migrate: Command, database: Documents
) -> None:
    assert migrate("apply") == 0
    before = platform_content(database)
    code, steps = migrate.result("rollback", "--all", "--dry-run")
    assert code == 0
    assert steps[0]["id"] == "seeds"
    assert platform_content(database) == before


@pytest.mark.parametrize(
    "words",
    [
        ["rollback"],
        ["rollback", "nonsense"],
        ["rollback", "--all", "seeds"],
        ["backup"],
        ["restore"],
        ["plan", "--report", "x.pdf"],
        ["plan", "--environment", "moon"],
        ["verify", "--only", "nonsense"],
    ],
)
def test_wrong_usage(migrate: Command, words: list[str]) -> None:
    assert migrate(*words) == 2


def test_a_server_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    uri = "mongodb://user:secret-word@127.0.0.1:1/"
    code = main(["migrate", "plan", "--mongo-uri", uri, "--database", "x"])
    assert code == 3
    said = capsys.readouterr().err
    assert "does not answer" in said
    assert "secret-word" not in said


def test_a_password_from_a_file(
    mongo: Mongod, migrate: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, _colon, rest = mongo.uri.removeprefix("mongodb://").partition(":")
    password, _at, host = rest.partition("@")
    file = tmp_path / "비밀"
    file.write_text(password + "\n", encoding="utf-8")
    words = ["--database", migrate.name, "--password-file", str(file)]
    uri = f"mongodb://{name}@{host}"
    assert main(["migrate", "plan", "--mongo-uri", uri, *words]) == 0
    file.write_text("wrong", encoding="utf-8")
    assert main(["migrate", "plan", "--mongo-uri", uri, *words]) == 3
    assert "Authentication failed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("mongodb://localhost:27017", Environment.LOCAL),
        ("mongodb://a:b@127.0.0.1:5/?x=y", Environment.LOCAL),
        ("mongodb://[::1]:5", Environment.LOCAL),
        ("mongodb://db.example.com", Environment.PRODUCTION),
        ("mongodb://127.0.0.1:1,db.example.com:2/?replicaSet=x", Environment.PRODUCTION),
        ("mongodb+srv://cluster.example.net", Environment.PRODUCTION),
    ],
)
def test_another_computer_is_production_until_said_otherwise(
    uri: str, expected: Environment
) -> None:
    assert environment_of(uri) is expected


def test_ctrl_c_writes_what_was_done(mongo: Mongod, database: Documents, tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("signals are sent to processes on POSIX only")
    holder = target_of(database.client, database.name, "somebody")
    Lease(holder, "run1", "apply", LeaseTerms()).take()
    words = ["--mongo-uri", mongo.uri, "--database", database.name, "--wait", "60"]
    result = tmp_path / "result.json"
    with subprocess.Popen(
        [sys.executable, "-m", "desktop_app.cli", "migrate", "apply", *words, "--json", result],
        cwd=ROOT,
        env=environment(),
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    ) as process:
        assert process.stderr is not None
        assert b"somebody" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert json.loads(result.read_text(encoding="utf-8"))["result"]["reason"] == "cancelled"
