"""What the schema asks of MongoDB and what MongoDB says it has, in one form that compares.

The API server's start (``setup``) and the migrations (``migrations``) both go by these: there is
one truth about when a collection or an index is as declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo import IndexModel

from desktop_app.db.collections import Collection, Index

ENFORCED = {"validationLevel": "strict", "validationAction": "error"}
"""MongoDB's own defaults too: where a collection does not say, they hold."""

_NO_PROMISE = {"v", "ns", "name", "key", "background", "textIndexVersion", "2dsphereIndexVersion"}
"""What an index says beside its keys that changes nothing about what it promises."""
_TEXT_DEFAULTS = {"default_language": "english", "language_override": "language"}


def collection_options(collection: Collection) -> dict[str, Any]:
    """The options of ``create`` and ``collMod`` that enforce a collection's schema."""
    return {"validator": {"$jsonSchema": dict(collection.schema)}, **ENFORCED}


def present_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """What ``listCollections`` says about validation, with MongoDB's defaults filled in."""
    return {
        "validator": options.get("validator", {}),
        **{key: options.get(key, default) for key, default in ENFORCED.items()},
    }


def index_model(index: Index) -> IndexModel:
    """The index as ``create_indexes`` takes it."""
    options: dict[str, Any] = {"name": index.name}
    if index.unique:
        options["unique"] = True
    if index.expire_after_s is not None:
        options["expireAfterSeconds"] = index.expire_after_s
    return IndexModel(list(index.keys), **options)


def wanted_index(index: Index) -> dict[str, Any]:
    """A declared index in the form that compares: ``key`` as pairs, then only what it promises."""
    return present_index({**index_model(index).document, "weights": _text_weights(index)})


def present_index(found: Mapping[str, Any]) -> dict[str, Any]:
    """An index as ``listIndexes`` gives it, in the same form; its name is left out."""
    keys: list[list[Any]] = []
    weights = dict(found.get("weights") or {})
    for field, direction in dict(found["key"]).items():
        if field == "_fts" or direction == "text":
            keys += [[name, "text"] for name in sorted(weights)]
            weights, kept = {}, weights
            if set(kept.values()) - {1}:
                keys.append(["weights", dict(sorted(kept.items()))])
        elif field != "_ftsx":
            keys.append([field, int(direction) if isinstance(direction, float) else direction])
    promises = {
        key: value
        for key, value in sorted(found.items())
        if key not in _NO_PROMISE and key != "weights" and _TEXT_DEFAULTS.get(key) != value
    }
    return {"key": keys, **{key: value for key, value in promises.items() if value is not False}}


def _text_weights(index: Index) -> dict[str, int]:
    return {field: 1 for field, kind in index.keys if kind == "text"}
