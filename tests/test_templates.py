"""The templates as files: each one compiles, what one names is there, and what is there is named."""

import re

import pytest
from django.template.loader import get_template

from tests.conftest import ROOT

TEMPLATES = {str(path.relative_to(ROOT / "templates")): path for path in (ROOT / "templates").rglob("*.html")}
#: Django names these itself
BY_CONVENTION = ("400.html", "403.html", "404.html", "410.html", "500.html", "503.html", "admin/")


def named() -> set[str]:
    """Return the names of templates in templates and in code."""
    texts = [path.read_text() for path in (*TEMPLATES.values(), *(ROOT / "practices").rglob("*.py"))]
    texts += [path.read_text() for path in (ROOT / "kb").rglob("*.py")]
    return {name for text in texts for name in re.findall(r"[\"']((?:[a-z]+/)*\w+\.html)[\"']", text)}


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_compiles(name: str) -> None:
    get_template(name)


def test_every_template_that_is_named_is_there_and_the_other_way_round() -> None:
    ours = {name for name in TEMPLATES if not name.startswith(BY_CONVENTION)}
    assert {name for name in named() if name.startswith(("components/", "pages/", "practices/"))} <= TEMPLATES.keys()
    assert ours <= named()
