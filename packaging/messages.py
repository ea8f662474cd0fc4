"""The message catalogues: update them from the sources, compile them, check that they are whole.

A catalogue is ``resources/locale/<language>/LC_MESSAGES/evalconsole.po``; its compiled form is
built by set-up and by the packager, never tracked.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "desktop_app"
LOCALE = ROOT / "resources" / "locale"
DOMAIN = "evalconsole"
LANGUAGES = ("ko",)
KEYWORDS = {"_": None, "N_": None, "NN_": (1, 2), "ngettext": (1, 2)}
PLACE = re.compile(r"\{(\w*)[^{}]*\}")
WIDTH = 100


def path_of(language: str) -> Path:
    """Where a language's catalogue lives."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def extracted() -> Catalog:
    """Every message of the sources, sorted, without places that change with each edit."""
    template = Catalog(project="Evaluation Console", charset="utf-8")
    found = extract_from_dir(str(SOURCES), keywords=KEYWORDS, comment_tags=("Translators:",))
    for file_name, _line, message, comments, context in found:
        place = ((f"desktop_app/{Path(file_name).as_posix()}", 1),)
        template.add(message, None, place, auto_comments=comments, context=context)
    return template


def catalogue(language: str) -> Catalog:
    """The tracked catalogue of a language; an empty one where there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Evaluation Console", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> int:
    """Bring each catalogue to the messages of the sources, keeping what is translated."""
    template = extracted()
    for language in LANGUAGES:
        merged = catalogue(language)
        merged.update(template, no_fuzzy_matching=True, update_creation_date=False)
        merged.obsolete.clear()
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(
                file, merged, width=WIDTH, no_location=True, omit_header=True, sort_output=True
            )
        _say(f"{language}: {len(merged)} messages, {len(_untranslated(merged))} to translate")
    return 0


def compile_all() -> int:
    """Write the compiled form beside each catalogue."""
    for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"):
        with path.open("rb") as file:
            compiled = read_po(file, locale=path.parent.parent.name)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, compiled)
    return 0


def check() -> int:
    """Fail on messages that are missing, left over, untranslated or whose places differ."""
    wanted = {_key(message) for message in _messages(extracted())}
    failures = 0
    for language in LANGUAGES:
        tracked = catalogue(language)
        have = {_key(message) for message in _messages(tracked)}
        findings = {
            "missing (run `dev.py messages`)": wanted - have,
            "not used any more (run `dev.py messages`)": have - wanted,
            "not translated": {_key(m) for m in _untranslated(tracked)},
            "places differ": {_key(m) for m in _messages(tracked) if not _same_places(m)},
        }
        for finding, keys in findings.items():
            failures += len(keys)
            for key in sorted(keys)[:20]:
                _say(f"{language}: {finding}: {key!r}")
            if len(keys) > 20:
                _say(f"{language}: {finding}: … and {len(keys) - 20} more")
    _say(f"{len(wanted)} messages, {failures} findings")
    return 1 if failures else 0


def _messages(of: Catalog) -> Iterator[Message]:
    return (message for message in of if message.id)


def _texts(part: str | Iterable[str] | None) -> tuple[str, ...]:
    return (part,) if isinstance(part, str) else tuple(part or ())


def _key(message: Message) -> str:
    return _texts(message.id)[0]


def _untranslated(of: Catalog) -> list[Message]:
    return [m for m in _messages(of) if m.fuzzy or not all(_texts(m.string) or ("",))]


def _same_places(message: Message) -> bool:
    """Whether a translation fills the same named places; a plural's may leave the count out."""
    wanted = {place for text in _texts(message.id) for place in PLACE.findall(text)}
    given = [set(PLACE.findall(text)) for text in _texts(message.string) if text]
    if isinstance(message.id, str):
        return all(places == wanted for places in given)
    return all(places <= wanted for places in given)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


COMMANDS = {"update": update, "compile": compile_all, "check": check}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"usage: messages.py {'|'.join(COMMANDS)}")
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(COMMANDS[sys.argv[1]]())
