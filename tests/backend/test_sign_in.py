"""Signing in and out over the wire."""

from __future__ import annotations

import httpx

from tests.fixtures.server import RunningServer


def test_administrator_signs_in_and_is_known(api_server: RunningServer) -> None:
    login_id, password = api_server.admin
    with httpx.Client(base_url=api_server.url) as client:
        answer = client.post("/api/auth/login", json={"login_id": login_id, "password": password})
        assert answer.status_code == 200
        token = answer.json()["access_token"]
        me = client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["login_id"] == "admin"
