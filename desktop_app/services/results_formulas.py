"""The formulas of an exported workbook: each comes to our figure in Excel and LibreOffice.

Where we round exactly, a spreadsheet has binary numbers: the inner ROUND to 9 decimals takes their
noise away, so that a figure in the middle of two hundredths goes up as it must.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.core.results import APART, LEAST_COMPANIES, LEAST_TO_TRIM, Leaning
from desktop_app.services.results_places import NAMES


def rounded(expression: str) -> str:
    """``expression`` to 2 decimals, half-up."""
    return f"ROUND(ROUND({expression},9),2)"


def text(word: str) -> str:
    """A word as formulas write it."""
    return '"' + word.replace('"', '""') + '"'


def total(scores: str, weights: str, highest: str) -> str:
    """The total of a sheet from its scores."""
    return f"={rounded(f'SUMPRODUCT({scores}/{highest}*{weights})')}"


def over(area: str, function: str) -> str:
    """The mean or median of an area; nothing of no numbers."""
    return f'=IF(COUNT({area})=0,"",{rounded(f"{function}({area})")})'


def deviation(area: str, n: str) -> str:
    """The standard deviation of a sample; nothing of fewer than two."""
    return f'=IF({n}<2,"",{rounded(f"STDEV({area})")})'


def trimmed(area: str, n: str, total_: str) -> str:
    """The mean without one highest and one lowest, once there are enough sheets."""
    needed = f"MAX({LEAST_TO_TRIM},{NAMES['minimum_panel']})"
    kept = f"({total_}-MAX({area})-MIN({area}))/({n}-2)"
    return f'=IF({n}<{needed},"",{rounded(kept)})'


def figure(n: str, mean: str, median: str, trimmed_: str) -> str:
    """What ranks, by the project's rule."""
    basis = NAMES["basis"]
    return (
        f'=IF({n}=0,"",IF({basis}="median",{median},'
        f'IF({basis}="mean",{mean},IF({trimmed_}="",{mean},{trimmed_}))))'
    )


def key_part(cells: Sequence[str], n: str) -> str:
    """Figures as text of equal length: the higher text is the better company."""
    parts = "&".join(f'TEXT(IF({cell}="",0,{cell}*100+1),"00000000")' for cell in cells)
    return f'=IF({n}=0,"",{parts})' if cells else '=""'


def rank(key: str, keys: str) -> str:
    """One more than the companies that are better; equal ones share it."""
    return f'=IF({key}="","",1+SUMPRODUCT(({keys}>{key})*1))'


def passes(figure_: str, yes: str, no: str) -> str:
    """Whether the figure reaches the cut line; nothing where there is none."""
    line = NAMES["cut_line"]
    return f'=IF(OR({figure_}="",{line}=""),"",IF({figure_}>={line},{text(yes)},{text(no)}))'


@dataclass(frozen=True, slots=True)
class Columns:
    """The calculation's columns over all companies: an evaluator's totals, and of each company
    the number of sheets, their sum, and their sum of squares."""

    own: str
    n: str
    sum: str
    squares: str

    @property
    def _counted(self) -> str:
        return f"ISNUMBER({self.own})*({self.n}>1)"

    @property
    def _others(self) -> str:
        """n − 1, and 1 instead of 0, which would divide."""
        return f"(ABS({self.n}-1)+({self.n}=1))"

    @property
    def _difference(self) -> str:
        each = f"{self.own}-({self.sum}-{self.own})/{self._others}"
        return f"SUMPRODUCT({self._counted}*({each}))/SUMPRODUCT({self._counted})"

    @property
    def _freedom(self) -> str:
        return f"SUMPRODUCT({self._counted}*({self.n}-2))"

    @property
    def _variance(self) -> str:
        rest = f"{self.squares}-{self.own}^2-({self.sum}-{self.own})^2/{self._others}"
        return f"ABS(ROUND(SUMPRODUCT({self._counted}*({rest}))/{self._freedom},10))"

    def compared(self) -> str:
        """Companies in which an evaluator can be compared with others."""
        return f"=SUMPRODUCT({self._counted})"

    def difference(self, companies: str) -> str:
        """The mean over companies of the own total minus the mean of the others'."""
        return f'=IF({companies}=0,"",{rounded(self._difference)})'

    def spread(self) -> str:
        """The others' standard deviation within companies, pooled."""
        return f'=IF({self._freedom}=0,"",{rounded(f"SQRT({self._variance})")})'

    def standardised(self) -> str:
        """The difference in units of the usual spread."""
        figure_ = rounded(f"{self._difference}/SQRT({self._variance})")
        return f'=IF({self._freedom}=0,"",IF({self._variance}=0,"",{figure_}))'


def leaning(standardised_: str, companies: str, words: dict[Leaning, str]) -> str:
    """The advice on an evaluator."""
    return (
        f'=IF(OR({standardised_}="",{companies}<{LEAST_COMPANIES}),{text(words[Leaning.UNKNOWN])},'
        f"IF(ABS({standardised_})<{APART},{text(words[Leaning.USUAL])},"
        f"IF({standardised_}>0,{text(words[Leaning.HIGHER])},{text(words[Leaning.LOWER])})))"
    )
