"""Figures for Prometheus that are not about calls."""

from pathlib import Path

from gateway.api.figures import Figures
from tests.wiring.stylesheets import judges_with, only


def test_what_judges_disagreed_on_is_told_as_it_stands_when_somebody_asks(tmp_path: Path) -> None:
    judges = judges_with(tmp_path)
    figures, labels = Figures(judges.counts), f'{{judge="{only(judges).sha256[:12]}",rules="en16931"}}'
    assert f"gateway_judge_disagreements_total{labels} 0.0" in figures.text().decode()
    judges.tally.disagreed(only(judges))
    judges.tally.disagreed(only(judges))
    judges.tally.broke(only(judges))
    said = figures.text().decode()
    assert f"gateway_judge_disagreements_total{labels} 2.0" in said
    assert f"gateway_judge_breakdowns_total{labels} 1.0" in said


def test_where_no_judge_is_installed_there_is_no_figure_of_one() -> None:
    assert "gateway_judge_disagreements_total{" not in Figures().text().decode()
