"""A console that types as fast as it can until it is killed, and says what is on the disk.

usage: python -m tests.services.scoring.writing_child FOLDER KEY_HEX

Prints ``ready BEGUN`` and then a line for each number that the journal has acknowledged. With a
third argument it stays a nursery: each line read from stdin has it fork such a console (printing
``pid PID`` first, and ``dead`` once that one has ended), which saves the start of an interpreter.
Imports no Qt.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktop_app.services.scoring.journal import Change, Journal
from desktop_app.services.scoring.journal_writer import JournalWriter

FIELDS = 40


def changes(number: int) -> list[Change]:
    """Keystroke ``number``: one field typed further, now and then a pair that belongs together."""
    field = f"text:scores.c{number % FIELDS}"
    both = [Change("sheet", "pair:a", str(number)), Change("sheet", "pair:b", str(number))]
    return [Change("sheet", field, f"{number} 가나다"), *(both if number % 3 == 0 else ())]


def type_for_ever(folder: Path, key: bytes) -> None:
    """Go on from the highest number in the journal."""
    journal = Journal(folder / "killed.journal", key)
    texts = journal.read()[0].get("sheet", {})
    begun = max((int(text.split()[0]) for text in texts.values()), default=0)

    def say(text: str) -> None:
        os.write(1, f"{text}\n".encode())

    writer = JournalWriter(journal, written=lambda number: say(str(begun + number)))
    say(f"ready {begun}")
    number = begun
    while True:
        number += 1
        writer.put(changes(number))
        if number % 4 == 0:
            writer.flush(10)


def nurse(folder: Path, key: bytes) -> None:
    """Fork a console for each line that comes."""
    for _line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            type_for_ever(folder, key)
        os.write(1, f"pid {pid}\n".encode())
        os.waitpid(pid, 0)
        os.write(1, b"dead\n")


if __name__ == "__main__":
    (nurse if len(sys.argv) > 3 else type_for_ever)(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))
