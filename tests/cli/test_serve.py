"""``evalconsole workspace serve`` as scripts use it."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import httpx
import pytest
from pymongo import MongoClient

from tests.workspace.serving import environment, serving
from tests.workspace.watching import assert_gone


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served") / "작업 폴더"


def test_prints_one_line_that_opens_everything_and_stops_on_ctrl_c(folder: Path) -> None:
    with serving(folder) as command:
        info = command.announced()
        password = Path(info.admin_password_file).read_text(encoding="utf-8")
        body = {"login_id": info.admin_login, "password": password}
        answer = httpx.post(f"{info.api_url}/api/auth/login", json=body, trust_env=False)
        assert answer.status_code == 200
        with MongoClient[dict[str, object]](info.mongo_uri) as client:
            assert "users" in client["online_evaluation"].list_collection_names()
        code, out, err = command.end(signal.SIGINT)
        assert code == 130
        assert out == "", "exactly one line"
        assert "Starting the database" in err
        assert "ready" in err
        assert password not in err
        assert_gone(info.pids)


def test_stops_on_terminate_and_takes_the_port_asked_for(folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with serving(folder, "--api-port", str(port)) as command:
        info = command.announced()
        assert info.api_url == f"http://127.0.0.1:{port}"
        assert set(info.pids) == {"supervisor", "mongod", "api"}
        code, _out, _err = command.end(signal.SIGTERM)
        assert code == 0


def test_ctrl_c_while_it_starts_leaves_nothing(folder: Path) -> None:
    with serving(folder) as command:
        assert command.process.stderr is not None
        while "Starting the database" not in command.process.stderr.readline():
            continue
        code, out, _err = command.end(signal.SIGINT)
        assert code == 130
        assert out == ""
    assert not (folder / "runtime.json").exists()


def test_says_why_it_cannot_start(tmp_path: Path) -> None:
    env = environment(EVALCONSOLE_MONGOD=str(tmp_path / "missing"))
    with serving(tmp_path / "data", env=env) as command:
        code, out, err = command.ended()
    assert code == 3
    assert out == ""
    assert "There is no mongod at" in err


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with serving(tmp_path, "--api-port", str(port)) as command:
            code, _out, err = command.ended()
    assert code == 3
    assert f"Port {port} is taken" in err
