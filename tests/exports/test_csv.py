"""The matrix as CSV: whole, with the numbers of the page, and nothing in it that a spreadsheet would calculate."""

import csv
import io

import pytest

from practices import models as kb
from practices.exports.csv import matrix as matrix_csv
from tests import factories
from tests.pages.test_matrix import cells, matrix, unnamed  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db


def table(query: str) -> list[list[str]]:
    text = "".join(matrix_csv(matrix(query)))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_it_holds_every_row_and_column_with_the_same_numbers() -> None:
    crossed = matrix("rows=country&columns=stakeholder")
    head, *rows, last = table("rows=country&columns=stakeholder")
    values = [column.value for column in crossed.column_axis.headings]
    assert len(head) == len(values) + 3
    counts = {
        (row[0], value): int(count)
        for row in rows
        for value, count in zip(values, row[2:-1], strict=True)
        if count != "0"
    }
    assert counts == cells(crossed)
    assert [row[-1] for row in rows] == [str(row.total) for row in crossed.row_axis.headings]
    assert last[-1] == str(kb.Practice.objects.published().count())


@pytest.mark.usefixtures("unnamed")
def test_it_leaves_empty_what_no_record_names() -> None:
    rows = {row[0]: row for row in table("all=1")}
    assert set(rows["AD"][2:]) == {""}
    assert "" not in rows["CA"][2:]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@a", " =1", "\t=1", "＝1", "\r=1", '"=1"'])
def test_it_holds_no_formula(name: str) -> None:
    actor = factories.make_stakeholder(name=name, slug="one")
    factories.make_practice(involvements=(("ngo", "lead", actor),))
    factories.publish_all()
    for query in ("rows=stakeholder&columns=dimension", "rows=dimension&columns=stakeholder"):
        written = [cell for row in table(query) for cell in row if name.strip() in cell]
        assert written
        assert all(cell.startswith("'") for cell in written)
