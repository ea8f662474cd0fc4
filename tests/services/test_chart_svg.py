"""Charts in reports: what was measured is in them, and nothing else."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.services.chart_svg import (
    HEIGHT,
    WIDTH,
    Chart,
    Limit,
    Line,
    Moment,
    as_svg,
    thinned,
    ticks,
)

_SVG = "{http://www.w3.org/2000/svg}"


def chart(*points: tuple[float, float | None], **more: object) -> Chart:
    line = Line(name="p95", points=points, color="#0072B2")
    return Chart(title="응답 시간", unit="ms", x_unit="s", lines=(line,), **more)  # type: ignore[arg-type]


def test_a_gap_is_a_gap_and_not_a_zero() -> None:
    [path] = ElementTree.fromstring(as_svg(chart((0, 5.0), (1, None), (2, 5.0)))).iter(
        f"{_SVG}path"
    )
    assert path.attrib["d"].count("M") == 2


def test_texts_are_never_markup() -> None:
    moment = Moment(at=1, text="<script>\x00&\"'")
    shown = as_svg(chart((0, 1.0), (2, 2.0), moments=(moment,)))
    texts = [text.text for text in ElementTree.fromstring(shown).iter(f"{_SVG}text")]
    assert "<script>&\"'" in texts


def test_a_limit_is_drawn_with_its_words_unless_it_is_far_above() -> None:
    near, far = Limit(value=15, text="15 ms"), Limit(value=900, text="900 ms")
    shown = as_svg(chart((0, 10.0), (1, 12.0), limits=(near, far)))
    assert "15 ms" in shown
    assert "900 ms" not in shown


def test_names_of_lines_stay_clear_of_the_axis() -> None:
    lines = tuple(
        Line(name=name, points=((0, 900.0), (1, 1.0)), color="#0072B2") for name in ("p50", "p95")
    )
    shown = ElementTree.fromstring(as_svg(Chart(title="t", unit="ms", x_unit="s", lines=lines)))
    heights = {text.text: float(text.attrib["y"]) for text in shown.iter(f"{_SVG}text")}
    assert heights["p50"] < heights["p95"] < heights["s"] - 8


def test_nothing_measured_is_no_picture() -> None:
    assert as_svg(chart((0, None))) == ""
    assert as_svg(chart()) == ""


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.one_of(st.none(), st.floats(0, 1e9))), min_size=1).map(
        lambda points: sorted(points, key=lambda point: point[0])
    )
)
def test_everything_lies_within_the_picture(points: list[tuple[float, float | None]]) -> None:
    shown = as_svg(chart(*points))
    if not shown:
        return
    [path] = ElementTree.fromstring(shown).iter(f"{_SVG}path")
    for pair in path.attrib["d"].replace("L", "M").split("M")[1:]:
        x, y = map(float, pair.split())
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


def test_thinning_keeps_peaks_dips_and_gaps() -> None:
    points: list[tuple[float, float | None]] = [(float(n), 50.0) for n in range(10_000)]
    odd: list[tuple[float, float | None]] = [(2_222.0, None), (7_777.0, 99.0), (7_779.0, 0.0)]
    for point in odd:
        points[int(point[0])] = point
    kept = thinned(points)
    assert len(kept) <= 600
    assert [point for point in kept if point[1] != 50] == odd


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0, 10, [0, 2, 4, 6, 8, 10]), (0, 0.5, [0, 0.1, 0.2, 0.3, 0.4, 0.5]), (3, 3, [3])],
)
def test_ticks_are_round(low: float, high: float, wanted: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(wanted)
