"""The templates as files: each compiles, is used and used rightly, and stands in the folder of the pages that use it.

A folder of `templates/` holds the pages of one family and what only they include; `components/` what several include.
"""

import re

import pytest
from django.template.loader import get_template

from tests.conftest import ROOT

TEMPLATES = {
    str(path.relative_to(ROOT / "templates")): path.read_text() for path in (ROOT / "templates").rglob("*.html")
}
COMPONENTS = sorted(name for name in TEMPLATES if name.startswith("components/"))
OF_FAMILIES = sorted(name for name in TEMPLATES if "/" in name and name not in COMPONENTS)
#: templates of others, which ours extend or include, or code names
FOREIGN = ("admin/base.html", "admin/change_form", "admin/change_list", "admin/color_theme_toggle", "otp/")
#: tags of ours that include a template: what stands in the text of a template that uses it
TAGS = {"components/cite.html": ("{% cite ", "{% cite_search ")}
#: found by Django for its own tag `submit_row`
BY_TAG = {"admin/practices/submit_line.html"}
INCLUDE = re.compile(r'\{% (?:include|extends) "([^"]+)"')


def in_code() -> set[str]:
    """Return the names of templates that stand in Python code."""
    modules = [path.read_text() for folder in ("practices", "kb") for path in (ROOT / folder).rglob("*.py")]
    return {name for text in modules for name in re.findall(r"\"((?:\w+/)+\w+\.html)\"", text)}


def includers(name: str) -> set[str]:
    """Return the templates that include or extend a template."""
    tags = TAGS.get(name, ())
    return {
        other
        for other, text in TEMPLATES.items()
        if other != name and (name in INCLUDE.findall(text) or any(tag in text for tag in tags))
    }


def families(name: str) -> set[str]:
    """Return the folders of the pages that show a template, themselves or by a component; base.html counts as one."""
    found: set[str] = set()
    for other in includers(name):
        folder = other.rpartition("/")[0] or "base"
        found |= families(other) if folder == "components" else {folder}
    return found


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_compiles(name: str) -> None:
    get_template(name)


def test_every_template_that_is_named_is_there_and_the_other_way_round() -> None:
    included = {name for text in TEMPLATES.values() for name in INCLUDE.findall(text)} | BY_TAG
    assert {name for name in included | in_code() if not name.startswith(FOREIGN)} == TEMPLATES.keys()


@pytest.mark.parametrize("name", COMPONENTS)
def test_several_families_of_pages_use_a_component(name: str) -> None:
    assert len(families(name)) >= 2


@pytest.mark.parametrize("name", OF_FAMILIES)
def test_only_its_own_family_uses_a_template_in_its_folder(name: str) -> None:
    assert {folder.partition("/")[0] for folder in families(name)} <= {name.partition("/")[0]}


def test_a_template_that_is_included_begins_with_what_it_takes_and_is_given_only_that() -> None:
    includes = [tag for text in TEMPLATES.values() for tag in re.findall(r"\{% include [^%]*%\}", text)]
    assert [tag for tag in includes if not tag.endswith(" only %}")] == []
    partials = {re.findall(r'"([^"]+)"', tag)[0] for tag in includes} | TAGS.keys()
    own = sorted(name for name in partials if not name.startswith(FOREIGN))
    assert [name for name in own if not TEMPLATES[name].startswith("{# ")] == []
