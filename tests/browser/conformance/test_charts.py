"""Charts: what is drawn, and what is said of it."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conformance.bench import Bench
from tests.browser.conformance.variants import Variants, css
from tests.support.inventory import ids_of

DATA = [
    {"month": "Jan", "sold": 10, "lost": 4},
    {"month": "Feb", "sold": 30, "lost": 2},
    {"month": "Mar", "sold": 20, "lost": 8},
]


def series(kind: str = "bar", key: str = "sold", **more: Any) -> dict[str, Any]:
    return {"type": kind, "dataKey": key, **more}


async def draw(bench: Bench, *charts: dict[str, Any]) -> list[dict[str, Any]]:
    """What stands in each chart: shapes, labels, legend, and the words for who does not see it."""
    await bench.plain()
    nodes = [{"type": "Chart", "data": DATA, "series": [series()], "xAxis": "month", **chart} for chart in charts]
    await bench.show(*({"type": "Card", "size": "lg", "children": [node]} for node in nodes))
    await expect(bench.page.locator(".w-root svg[viewBox] .w-chart-base")).to_have_count(len(charts))
    return await bench.page.evaluate(
        """probe.all('.w-root').map((root) => {
            const box = (node) => node.getBoundingClientRect().toJSON();
            const all = (selector) => [...root.querySelectorAll(selector)];
            return {
                bars: all('.w-chart-bar').map((bar) => ({ ...box(bar), fill: getComputedStyle(bar).fill })),
                lines: all('.w-chart-line').map((line) => ({ d: line.getAttribute('d') })),
                areas: all('.w-chart-area').map((area) => area.getAttribute('d')),
                labels: all('svg text').map((text) => text.textContent),
                legend: all('.w-chart-legend li').map((entry) => entry.textContent),
                sliders: all('[role=slider]').length,
                heads: all('thead th').map((head) => head.textContent),
                rows: all('tbody tr').map((row) => [...row.children].map((cell) => cell.textContent)),
            };
        })"""
    )


@pytest.mark.shows(
    "component:Chart", "field:Chart.data", "field:Chart.series", "own:Chart.series.bar", "own:Chart.series.dataKey"
)
async def test_bars_are_as_high_as_their_values(bench: Bench) -> None:
    (chart,) = await draw(bench, {"series": [series(), series(key="lost")]})
    heights = [bar["height"] for bar in chart["bars"]]
    assert len(heights) == 6
    assert heights[1] / heights[0] == pytest.approx(3, abs=0.1)
    assert heights[5] / heights[3] == pytest.approx(2, abs=0.2)
    assert [row[1:] for row in chart["rows"]] == [["10", "4"], ["30", "2"], ["20", "8"]]


@pytest.mark.shows("own:Chart.series.line", "own:Chart.series.area")
async def test_lines_and_areas_are_drawn_in_the_same_plot(bench: Bench) -> None:
    (chart,) = await draw(bench, {"series": [series(), series("line"), series("area", "lost")]})
    assert (len(chart["bars"]), len(chart["lines"]), len(chart["areas"])) == (3, 2, 1)
    assert all(chart["areas"])


@pytest.mark.shows("own:Chart.series.label")
async def test_a_series_has_a_name(bench: Bench) -> None:
    named, plain = await draw(bench, {"series": [series(label="Sold <b>")]}, {})
    assert (named["legend"], named["heads"]) == (["Sold <b>"], ["Sold <b>"])
    assert plain["legend"] == ["sold"]


@pytest.mark.shows("own:Chart.series.stack")
async def test_stacked_bars_stand_on_each_other(bench: Bench) -> None:
    both = [series(stack="s"), series(key="lost", stack="s")]
    stacked, beside = await draw(bench, {"series": both}, {"series": [series(), series(key="lost")]})
    low, high = stacked["bars"][0], stacked["bars"][3]
    assert high["x"] == pytest.approx(low["x"], abs=1)
    assert high["y"] + high["height"] == pytest.approx(low["y"], abs=3)
    assert beside["bars"][3]["x"] > beside["bars"][0]["x"]


@pytest.mark.shows("own:Chart.series.color")
async def test_a_series_has_its_colour(bench: Bench) -> None:
    names = ["blue", "purple", "orange", "green", "red", "yellow", "pink", "#ff0000"]
    charts = await draw(bench, *({"series": [series(color=name)]} for name in names))
    fills = [chart["bars"][0]["fill"] for chart in charts]
    assert len(set(fills)) == len(names)
    assert fills[-1] == "rgb(255, 0, 0)"


@pytest.mark.shows("own:Chart.series.curveType")
async def test_a_line_goes_through_its_points_in_many_ways(bench: Bench) -> None:
    curves = [
        "basis",
        "basisClosed",
        "basisOpen",
        "bumpX",
        "bumpY",
        "linear",
        "linearClosed",
        "natural",
        "monotoneX",
        "monotoneY",
        "step",
        "stepBefore",
        "stepAfter",
    ]
    charts = await draw(bench, *({"series": [series("line", curveType=curve)]} for curve in curves))
    drawn = [chart["lines"][0]["d"] for chart in charts]
    assert len(set(drawn)) == len(curves)


@pytest.mark.shows("field:Chart.xAxis", "own:Chart.xAxis.dataKey", "own:Chart.xAxis.hide", "own:Chart.xAxis.labels")
async def test_categories_are_named_below(bench: Bench) -> None:
    axis = {"dataKey": "month", "labels": {"Jan": "January"}}
    short, long, hidden = await draw(bench, {}, {"xAxis": axis}, {"xAxis": {**axis, "hide": True}})
    assert short["labels"] == ["Jan", "Feb", "Mar"]
    assert long["labels"] == ["January", "Feb", "Mar"]
    assert hidden["labels"] == []
    assert [row[0] for row in hidden["rows"]] == ["January", "Feb", "Mar"]


@pytest.mark.parametrize("name", ids_of("field:Chart.{showYAxis,showLegend,showTooltip}"))
async def test_what_stands_around_the_plot(bench: Bench, name: str) -> None:
    field = name.rpartition(".")[2]
    on, off, absent = await draw(bench, {field: True}, {field: False}, {})
    key, shown = {"showYAxis": ("labels", "30"), "showLegend": ("legend", "sold"), "showTooltip": ("sliders", None)}[
        field
    ]

    def has(chart: dict[str, Any]) -> bool:
        return bool(chart[key]) if shown is None else shown in chart[key]

    assert (has(on), has(off)) == (True, False)
    assert has(absent) == (field != "showYAxis")


@pytest.mark.parametrize("name", ids_of("field:Chart.{barGap,barCategoryGap}"))
async def test_bars_keep_their_distance(bench: Bench, name: str) -> None:
    field = name.rpartition(".")[2]
    both = [series(), series(key="lost")]
    months = [{"month": str(number), "sold": 5, "lost": 3} for number in range(8)]
    narrow, wide = await draw(bench, *({"data": months, "series": both, field: distance} for distance in (2, 12)))

    def gap(chart: dict[str, Any]) -> float:
        # The bars of one series come before those of the other.
        before, after = (0, 8) if field == "barGap" else (8, 1)
        return chart["bars"][after]["x"] - chart["bars"][before]["x"] - chart["bars"][before]["width"]

    assert gap(narrow) == pytest.approx(2, abs=1)
    assert gap(wide) == pytest.approx(12, abs=1)


SIZES = {
    "height": ("height",),
    "width": ("width",),
    "size": ("width", "height"),
    "minHeight": ("min-height",),
    "minWidth": ("min-width",),
    "minSize": ("min-width", "min-height"),
    "maxHeight": ("max-height",),
    "maxWidth": ("max-width",),
    "maxSize": ("max-width", "max-height"),
}


@pytest.mark.parametrize(
    "name",
    ids_of("field:Chart.{height,width,size,minHeight,minWidth,minSize,maxHeight,maxWidth,maxSize,aspectRatio,flex}"),
)
async def test_sizes_of_a_chart(bench: Bench, name: str) -> None:
    variants = Variants(await bench.plain(), name)
    match variants.field:
        case "aspectRatio":
            await css("aspect-ratio", cases={2: "2 / 1", "4/3": "4 / 3"})(variants)
        case "flex":
            await css("flex", cases={1: "1 1 0%", "none": "0 0 auto"})(variants)
        case field:
            await css(*SIZES[field], cases={150: "150px", "12rem": "192px"})(variants)
