from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from clinic.pages.charts import Band, Dose, Point, Series, score_chart, vitals_chart
from clinic.pages.scales import Scale, ladder, time_marks

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def pulse(*values, every=15):
    points = [Point(NOON + n * every * MINUTE, value) for n, value in enumerate(values)]
    return Series("Pulse", "per min", points)


def drawn(*values, **more):
    return vitals_chart(
        [pulse(*values)], more.get("bands", ()), more.get("doses", ()), NOON, NOON + 60 * MINUTE
    )


def test_time_is_proportional():
    xs = [mark["x"] for mark in drawn(60, 70, 80, 90).plots[0].marks]

    assert xs[1] - xs[0] == xs[2] - xs[1] == xs[3] - xs[2]


def test_a_higher_value_stands_higher():
    low, high = drawn(60, 90).plots[0].marks

    assert high["y"] < low["y"]


def test_a_missed_reading_breaks_the_line():
    chart = drawn(60, None, 70)

    assert chart.plots[0].path.count("M") == 2
    assert "L" not in chart.plots[0].path


def test_a_missed_reading_is_said_in_the_table():
    assert [row["value"] for row in drawn(60, None).rows] == ["60", "not recorded"]


def test_latest_and_previous_are_given_as_numbers():
    plot = drawn(60, 70, 88).plots[0]

    assert (plot.latest, plot.previous) == ("88", "70")


def test_pressure_is_a_bar_without_a_joining_line():
    points = [Point(NOON, 80, 128), Point(NOON + 15 * MINUTE, 96, 152)]
    plot = vitals_chart([Series("Pressure", "mmHg", points, kind="bar")], start=NOON).plots[0]

    assert plot.path == ""
    assert plot.latest == "152/96"
    assert all(mark["high"] < mark["y"] for mark in plot.marks)


def test_every_series_has_its_own_symbol():
    chart = vitals_chart([pulse(60), pulse(60), pulse(60)], start=NOON)

    assert len({plot.symbol for plot in chart.plots}) == 3


def test_a_band_lies_inside_its_plot_also_when_it_has_one_end_only():
    plot = drawn(60, 130, bands=[Band("Pulse", None, 100, "usual, adult")]).plots[0]
    (band,) = plot.bands

    assert plot.top <= band["y"]
    assert band["y"] + band["height"] == plot.bottom


def test_a_dose_outside_the_picture_is_not_drawn():
    chart = drawn(60, doses=[Dose(NOON, "60 mg"), Dose(NOON - 600 * MINUTE, "before")])

    assert [dose["label"] for dose in chart.doses] == ["60 mg"]


def test_the_axis_has_at_most_nine_marks_at_usual_intervals():
    chart = vitals_chart([pulse(60)], start=NOON, end=NOON + 120 * MINUTE)

    assert [time["label"] for time in chart.times][:3] == ["12:00", "12:15", "12:30"]
    assert len(chart.times) <= 9


def test_a_late_entry_says_so_in_words():
    points = [Point(NOON, 60, mark="late", note="+12")]
    (mark,) = vitals_chart([Series("Pulse", "per min", points)], start=NOON).plots[0].marks

    assert mark["late"]
    assert mark["title"] == "12:00 60 late +12"


def test_nothing_measured_is_an_empty_chart():
    assert vitals_chart([]).is_empty
    assert score_chart([Series("PHQ-9", "of 27", [])]).is_empty


def test_scores_over_weeks_are_marked_by_days():
    chart = score_chart([pulse(19, 12, 5, every=14 * 24 * 60)])

    assert all(":" not in time["label"] for time in chart.times)


@given(st.lists(st.floats(-50, 500), min_size=1, max_size=12))
def test_every_point_lies_inside_its_plot(values):
    plot = vitals_chart([pulse(*values)], start=NOON).plots[0]

    assert all(plot.top - 0.1 <= mark["y"] <= plot.bottom + 0.1 for mark in plot.marks)
    assert 2 <= len(plot.ticks) <= 7


def test_a_scale_of_no_extent_draws_its_one_value_at_its_start():
    assert Scale(5, 5, 0, 100)(5) == 0


def test_values_from_the_database_are_drawn_as_they_are():
    plot = drawn(Decimal("36.50"), Decimal("37.1")).plots[0]

    assert (plot.latest, plot.previous) == ("37.1", "36.5")


def test_a_reading_before_the_picture_widens_it():
    chart = vitals_chart([pulse(60, 70)], start=NOON + 10 * MINUTE, end=NOON + 60 * MINUTE)

    assert all(chart.left <= mark["x"] <= chart.right for mark in chart.plots[0].marks)


def test_rungs_are_round_and_hold_every_value():
    assert ladder([78.0, 152.0]) == (50, 200, [50, 100, 150, 200])
    assert ladder([98.0]) == (50, 100, [50, 100])


def test_the_night_the_clocks_change_has_no_hour_drawn_twice():
    start = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    end = start + 180 * MINUTE
    with timezone.override(ZoneInfo("Europe/Amsterdam")):
        marks = time_marks(start, end, Scale(start.timestamp(), end.timestamp(), 0, 100))

    assert [mark["label"] for mark in marks] == [
        "00:30",
        "01:00",
        "01:30",
        "03:00",
        "03:30",
        "04:00",
        "04:30",
    ]
    assert len({mark["x"] for mark in marks}) == len(marks)
