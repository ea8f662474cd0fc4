"""The switch of the defect server: one defect at a time, and none left behind."""

from __future__ import annotations

import httpx

from tests.defects.registry import defects
from tests.defects.server import DefectServer


def test_a_defect_comes_and_goes_while_the_server_runs(defect_server: DefectServer) -> None:
    with httpx.Client(base_url=defect_server.url) as client:
        before = client.get("/health")
        with defect_server.broken_by(defects()["health_001.status"]):
            during = client.get("/health")
        after = client.get("/health")

    assert [each.status_code for each in (before, during, after)] == [200, 202, 200]
    assert during.json().keys() == before.json().keys()
    assert during.headers.keys() == before.headers.keys()


def test_a_missing_key_is_the_only_difference(defect_server: DefectServer) -> None:
    with httpx.Client(base_url=defect_server.url) as client:
        before = client.get("/health").json()
        with defect_server.broken_by(defects()["health_001.keys"]):
            during = client.get("/health").json()

    assert before.keys() - during.keys() == {"timestamp"}
