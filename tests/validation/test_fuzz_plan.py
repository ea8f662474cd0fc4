"""What the fuzzer is given of a description: nothing that leads elsewhere, and not without end."""

from __future__ import annotations

import json
from typing import Any

from desktop_app.core.tasks import TaskContext
from desktop_app.engines.validation.bed import TestBed
from desktop_app.engines.validation.client import Client
from desktop_app.engines.validation.contract import Contract
from desktop_app.engines.validation.fuzz_plan import FuzzPlan, plan
from desktop_app.engines.validation.target import Consent, Limits
from tests.validation.running import target


def planned(paths: dict[str, Any], **more: Any) -> FuzzPlan:
    """The plan for a target that describes these paths, where nothing may be written."""
    limits = Limits()
    client = Client(target("http://127.0.0.1:9"), limits, TaskContext())
    try:
        bed = TestBed(client, (), Consent(), "run")
        described = {"openapi": "3.1.0", "paths": paths, **more}
        return plan(Contract(described=described), bed, lambda _endpoint: True)
    finally:
        client.close()


def test_files_of_this_computer_and_other_addresses_are_left_out() -> None:
    elsewhere = ("/etc/hostname", "file:///etc/hostname", "http://127.0.0.1:9/x", "other.json#/x")
    schemas = {f"S{n}": {"$ref": where} for n, where in enumerate(elsewhere)}
    example = {"externalValue": "http://127.0.0.1:9/example"}
    parameter = {"name": "q", "in": "query", "schema": {"$ref": "#/components/schemas/S0"}}
    item = {"get": {"parameters": [{**parameter, "examples": {"x": example}}]}}

    made = planned({"/api/users": item}, components={"schemas": schemas})

    text = json.dumps(made.described)
    assert "#/components/schemas/S0" in text
    assert not [where for where in (*elsewhere, "externalValue") if where in text]


def test_of_a_description_without_end_some_is_tried_and_the_rest_counted() -> None:
    made = planned({f"/p{n}": {"get": {}} for n in range(3_000)})

    assert len(made.endpoints) + made.left_out == 3_000
    assert len(made.endpoints) < 1_000
