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
        "The files of a letter have together more than 500,000 characters, 20,000 elements or 1,000 tags, or its "
        "expressions too many parts (1,000 in one, 4,000 in all), or tags too many characters (20,000 in one, 150,000 "
        "in all). "
        "Mail programs cut letters far below that.",
        "A picture pasted into the HTML as text",
        "An <img> with an https address",
    ),
    CodePage(
        "E609",
        "MJML that cannot be read",
        "An element or a tag is not closed, a value stands without quotes, or text stands where only elements do. "
        "Inside mj-text and its like stands HTML, and what it opens it must close there.",
        "<mj-column><mj-text>Hello</mj-column>",
        "<mj-column><mj-text>Hello</mj-text></mj-column>",
    ),
    CodePage(
        "E610",
        "An element of MJML that is unknown, or stands elsewhere",
        "The compiler would leave it out or pass it on as it is, and the letter would look broken. The table of the "
        "manual says what stands where. Files come in by the include of Jinja, not by mj-include.",
        "<mj-section><mj-text>Hello</mj-text></mj-section>",
        "<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>",
    ),
    CodePage(
        "E611",
        "An attribute of MJML that does nothing",
        "The compiler leaves out attributes that an element does not have, values that it cannot use, and classes that "
        "nobody defined, without a word. So they are told here.",
        '<mj-text colour="red">Hello</mj-text>',
        '<mj-text color="red">Hello</mj-text>',
    ),
    CodePage(
        "E612",
        "Jinja where MJML has no room for it",
        "MJML is compiled once, before any value is known. Jinja may stand in what mj-text and its like hold, in "
        "addresses, colours and texts of attributes, and if and for between whole elements; not in sizes, not as a "
        "part of a tag, and not around half of an element.",
        '<mj-column width="{{ campaign.params.width }}">',
        '<mj-column width="50%">',
    ),
    CodePage(
        "E613",
        "The compiler of MJML is missing",
        "Letters in MJML need a library that a shop without them does not. It comes as an extra.",
        "pip install campaign-orchestrator",
        "pip install 'campaign-orchestrator[mjml]'",
    ),
)

CODES: dict[str, CodePage] = {page.code: page for page in _PAGES}
