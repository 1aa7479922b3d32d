"""The codes of what can be wrong inside a template, for ``orc explain``. This room uses E601 to E619."""

from __future__ import annotations

from orchestrator.model.diagnostic import CodePage

_PAGES = (
    CodePage(
        "E601",
        "A template cannot be read",
        "A tag of the template is not closed, is not spelled as Jinja expects, or is nested too deeply.",
        "Dear {{ person.first_name",
        "Dear {{ person.first_name | default('friend') }}",
    ),
    CodePage(
        "E602",
        "A template or macro does not exist",
        "The name after extends, include or import is a path below templates/, spelled exactly as the file is.",
        '{% extends "base.html" %}',
        '{% extends "layout/base.html.j2" %}',
    ),
    CodePage(
        "E603",
        "A template's name is computed",
        "extends, include and import take one name in quotes, so that it is known before sending what a letter uses.",
        "{% include variant.name ~ '.html.j2' %}",
        '{% if variant.name == "plain" %}{% include "launch/plain.html.j2" %}{% endif %}',
    ),
    CodePage(
        "E604",
        "Templates use one another in a circle",
        "A file extends, includes or imports itself through others, or more than ten files deep.",
        '{% extends "layout/base.html.j2" %}   in layout/base.html.j2 itself',
        "Take the shared part into a file of its own.",
    ),
    CodePage(
        "E605",
        "Not available in templates",
        "Templates run in a sandbox: no methods of Python, no names that begin with _, no ** and no namespace. "
        "Filters do the work of methods.",
        "{{ person.first_name.upper() }}",
        "{{ person.first_name | upper }}",
    ),
    CodePage(
        "E606",
        "Unknown filter or test",
        "Only the filters and tests in the table of the manual exist. A misspelled one is answered with the nearest.",
        "{{ person.points | intcomma }}",
        "{{ person.points | number }}",
    ),
    CodePage(
        "E607",
        "Unknown name in a template",
        "A template sees person, campaign, variant, links and content, and what it sets itself.",
        "Dear {{ first_name }}",
        "Dear {{ person.first_name | default('friend') }}",
    ),
    CodePage(
        "E608",
        "A letter is too large",
        "The files of a letter have together more than 500,000 characters or 5,000 tags. "
        "Mail programs cut letters far below that.",
        "A picture pasted into the HTML as text",
        "An <img> with an https address",
    ),
)

CODES: dict[str, CodePage] = {page.code: page for page in _PAGES}
