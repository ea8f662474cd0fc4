"""What the arguments of ``evalconsole load`` ask for."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from desktop_app.cli.load_arguments import asked_for, configure
from desktop_app.core.load.models import LoadModel, duration_s, planned
from desktop_app.core.load.presets import preset


def model_of(*words: str) -> LoadModel:
    parser = argparse.ArgumentParser()
    configure(parser)
    given = ["--api", "http://127.0.0.1:9", "--scenario", "health", *words]
    return asked_for(parser.parse_args(given)).order.model


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALCONSOLE_HOME", str(tmp_path))


def test_a_preset_keeps_its_form_at_another_rate_and_for_other_users() -> None:
    spike = preset("spike").model
    more = model_of("--preset", "spike", "--users", "300")
    assert (more.users, more.stages, more.spacing) == (300, spike.stages, spike.spacing)
    half = model_of("--preset", "spike", "--rate", "500", "--duration", "12")
    assert (half.highest_rate, half.users, half.spacing) == (500, 100, spike.spacing)
    assert duration_s(half.stages) == pytest.approx(12)
    assert planned(half.stages) == planned(spike.stages) // 20


def test_users_alone_set_the_pace() -> None:
    assert not model_of("--users", "5").is_open
    assert model_of("--users", "5", "--rate", "9").is_open
