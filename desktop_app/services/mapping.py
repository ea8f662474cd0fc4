"""From the columns and cells of a file to the fields and values of a document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from desktop_app.config.catalogues import in_every_language
from desktop_app.core import business_number
from desktop_app.core.fields import Field, Kind, normalised
from desktop_app.core.moments import KOREA, moment_of, moment_text, written_moment
from desktop_app.core.problems import Problem, Scalar
from desktop_app.services.sheet import Cell

_SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
_YES = frozenset(["true", "yes", "y", "1", "o", "예", "네", "참", "사용", "활성"])
_NO = frozenset(["false", "no", "n", "0", "x", "아니오", "아니요", "거짓", "미사용", "비활성"])


def guess_mapping(columns: Sequence[str], fields: Sequence[Field]) -> dict[str, int]:
    """Which column carries which field, by headings in either language; a column goes once.

    Exact names come before aliases, and aliases before headings with remarks in brackets.
    """
    plain = [_folded(title) for title in columns]
    bare = [_folded(re.sub(r"[(（\[].*?[)）\]]", "", title)) for title in columns]
    rounds: tuple[tuple[list[str], Callable[[Field], Sequence[str]]], ...] = (
        (plain, lambda field: (field.key, *in_every_language(field.label))),
        (plain, lambda field: field.aliases),
        (bare, lambda field: (field.key, *in_every_language(field.label), *field.aliases)),
    )
    mapping: dict[str, int] = {}
    for titles, names_of in rounds:
        for field in fields:
            if field.key in mapping:
                continue
            for name in map(_folded, names_of(field)):
                free = (i for i, title in enumerate(titles) if title == name)
                column = next((i for i in free if i not in mapping.values()), None)
                if name and column is not None:
                    mapping[field.key] = column
                    break
    return {field.key: mapping[field.key] for field in fields if field.key in mapping}


def _folded(text: str) -> str:
    return re.sub(r"[\s_*:.\-]+", "", unicodedata.normalize("NFKC", text)).casefold()


class RowConverter:
    """Turns the rows of one file into values by a mapping; choices are looked up once."""

    def __init__(self, fields: Sequence[Field], mapping: Mapping[str, int]) -> None:
        self._columns = [(field, mapping[field.key]) for field in fields if field.key in mapping]
        self._choices = {
            field.key: _choice_words(field) for field, _ in self._columns if field.choices
        }

    def convert(self, row: Sequence[Cell]) -> tuple[dict[str, Scalar], tuple[Problem, ...]]:
        """The flat values of one row, and what was wrong with its cells themselves.

        An empty cell of a field that has a default leaves the field out: a new document gets the
        default, an existing one keeps what it has.
        """
        values: dict[str, Scalar] = {}
        problems: list[Problem] = []
        for field, column in self._columns:
            cell = row[column] if column < len(row) else None
            if isinstance(cell, str) and cell.strip().upper() in _SPREADSHEET_ERRORS:
                problems.append(Problem(field=field.key, code="spreadsheet_error"))
                continue
            value = normalised(field, self._value(field, cell))
            if value is not None or field.default is None:
                values[field.key] = value
        return values, tuple(problems)

    def _value(self, field: Field, cell: Cell) -> Any:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return None
        if field.kind is Kind.CHOICE:
            text = text_of(cell)
            return self._choices.get(field.key, {}).get(_folded(text), text)
        convert = _BY_KIND.get(field.kind, text_of)
        return convert(cell)


def text_of(cell: Cell) -> str:
    """A cell as a person would type it: 3.0 as 3, a date without a time as its day."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        day = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if day else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def phone_of(cell: Cell) -> str:
    """A telephone number; the zero that Excel took from a number is put back.

    1012345678 is 010-1234-5678, 212345678 is 02-1234-5678; numbers of eight digits that begin
    with 15, 16 or 18 (nationwide ones) have no zero.
    """
    text = unicodedata.normalize("NFKC", text_of(cell)).strip()
    if isinstance(cell, str) or not text.isdigit():
        return text
    if len(text) == 8 and text[:2] in ("15", "16", "18"):
        return f"{text[:4]}-{text[4:]}"
    if not 8 <= len(text) <= 10:
        return text
    digits = text if text.startswith("0") else f"0{text}"
    area = 2 if digits.startswith("02") else 3
    if not 7 <= len(digits) - area <= 8:
        return digits
    return f"{digits[:area]}-{digits[area:-4]}-{digits[-4:]}"


def business_number_of(cell: Cell) -> str:
    """A business number with its dashes; a number has its leading zeros put back."""
    text = unicodedata.normalize("NFKC", text_of(cell)).strip()
    if not isinstance(cell, str) and text.isdigit():
        text = text.zfill(10)
    digits = business_number.digits_of(text)
    well_formed = len(digits) == 10 and not set(text) - set("0123456789- ")
    return business_number.formatted(text) if well_formed else text


def flag_of(cell: Cell) -> bool | str:
    """Yes or no in either language; anything else stays the text it is."""
    if isinstance(cell, bool):
        return cell
    text = text_of(cell)
    word = _folded(text)
    if word in _YES:
        return True
    return False if word in _NO else text


def integer_of(cell: Cell) -> int | float | str:
    """A whole number, also from text with thousands separators; anything else stays."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    text = unicodedata.normalize("NFKC", text_of(cell)).strip()
    plain = text.replace(",", "").removesuffix(".0")
    return int(plain) if re.fullmatch(r"[+-]?[0-9]{1,15}", plain) else text


def decimal_of(cell: Cell) -> int | float | str:
    """A number, also from text with thousands separators; anything else stays."""
    whole = integer_of(cell)
    if isinstance(whole, str):
        plain = whole.replace(",", "")
        return float(plain) if re.fullmatch(r"[+-]?[0-9]{1,15}\.[0-9]{1,15}", plain) else whole
    return whole


def moment_of_cell(cell: Cell) -> str:
    """A moment as the server takes it; Korean time unless the cell says otherwise.

    A day without a time stays what it is, for the rules to ask for one. So does midnight in a
    workbook, which is how it keeps such a day.
    """
    text = unicodedata.normalize("NFKC", text_of(cell)).strip()
    if moment_of(text) is not None:
        return text
    moment = written_moment(text)
    return text if moment is None else moment_text(moment.astimezone(KOREA))


_BY_KIND: dict[Kind, Callable[[Cell], Any]] = {
    Kind.PHONE: phone_of,
    Kind.BUSINESS_NUMBER: business_number_of,
    Kind.FLAG: flag_of,
    Kind.INTEGER: integer_of,
    Kind.DECIMAL: decimal_of,
    Kind.DATETIME: moment_of_cell,
}


def choice_of(field: Field, cell: Cell) -> str | None:
    """The value of ``field`` that a cell names in either language; None for none of its choices."""
    return _choice_words(field).get(_folded(text_of(cell)))


def _choice_words(field: Field) -> dict[str, str]:
    words: dict[str, str] = {}
    for choice in field.choices:
        for word in (choice.value, *in_every_language(choice.label), *choice.aliases):
            words.setdefault(_folded(word), choice.value)
    return words
