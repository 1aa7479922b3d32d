"""What letters read is compared with the schema and the files, at the template's own line."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.language import load_texts
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.review.campaign_rules import check_campaigns
from orchestrator.review.codes import CODES
from orchestrator.review.letters import check_letters
from tests.language.shop import CAMPAIGN, FILES, PROJECT, SCHEMA, SEGMENTS, TEMPLATE

BODY = "templates/autumn/body.html.j2"
LINK = '<a href="{{ links.unsubscribe }}">Unsubscribe</a>'


def letters(changed: dict[str, str]) -> list[Diagnostic]:
    """Give the findings about letters of the small shop with some files changed; the files are else right."""
    loaded = load_texts({**FILES, **changed}, Path("shop"))
    assert [f.code for f in loaded.diagnostics if f.is_error] == []
    return sorted(check_letters(loaded.workspace), key=lambda f: f.span)


def places(found: list[Diagnostic]) -> list[str]:
    """Give ``file:line:column CODE``."""
    return [f"{f.span.path.rsplit('/', 1)[-1]}:{f.span.line}:{f.span.column} {f.code}" for f in found]


def subject(text: str) -> dict[str, str]:
    """Give the campaign with another subject."""
    return {"campaigns/autumn.yml": CAMPAIGN.replace("Autumn is here", text)}


def test_a_right_letter_has_no_findings() -> None:
    """The small shop's letter reads what is there."""
    assert letters({}) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>\n  {{ person.frist_name | default('you') }}</p>" + LINK, ["body.html.j2:2:6 E631"]),
        ("<p>{{ person.first_name }}</p>" + LINK, ["body.html.j2:1:7 E632"]),
        ("<p>{{ person.country }}</p>" + LINK, []),
        ("{% if person.first_name %}{{ person.first_name }}{% endif %}" + LINK, []),
        ("<p>Hello</p>", ["autumn.yml:14:17 E633"]),
        ("<p>{{ campaign.titel }}</p>" + LINK, ["body.html.j2:1:7 E634"]),
        ("<p>{{ campaign.title }} {{ variant.name }} {{ campaign.name }}</p>" + LINK, []),
        ("<p>{{ campaign.params.code }}</p>" + LINK, ["body.html.j2:1:7 E635"]),
        ("<p>{{ campaign.params.code | default('') }}</p>" + LINK, []),
        ("<p>{{ links.unsubscirbe }}</p>" + LINK, ["body.html.j2:1:7 E634"]),
        ("<p>{{ links.unsubscirbe }}</p>", ["body.html.j2:1:7 E634"]),
        ("<p>{{ content.items }}</p>" + LINK, ["body.html.j2:1:7 E634"]),
    ],
)
def test_each_mistake_in_a_template_has_its_code_and_place(body: str, expected: list[str]) -> None:
    """Unknown names, values without a default and a missing link are found where they are."""
    assert places(letters({BODY: body + "\n"})) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("interests", ["E637"]), ("home", ["E637"]), ("liked", ["E637"]), ("liking", [])],
)
def test_a_list_or_a_place_is_no_text_of_a_letter(name: str, expected: list[str]) -> None:
    """What has entries or coordinates is said where it is read; how many entries there are can be shown."""
    more = "interests: list(text)\n      home: {type: place, latitude: lat, longitude: lon}\n      first_name: text\n"
    schema = FILES["campaigns/schema.yml"].replace("first_name: text\n", more)
    traits = "trait liked: list(text) = interests\ntrait liking: int = count of interests\n"
    body = "<p>{{ person." + name + " | default('') }}</p>" + LINK + "\n"
    found = letters({"campaigns/schema.yml": schema, "campaigns/segments/traits.seg": traits, BODY: body})
    assert [f.code for f in found] == expected
    assert [f.span.path for f in found] == [BODY] * len(expected)


def test_syntax_errors_are_at_the_templates_line() -> None:
    """A tag that is never closed is said once, at its line, by the room that reads templates."""
    found = letters({BODY: "<p>\n{% if person.country %}\n</p>\n"})
    assert len(found) == 1
    assert found[0].span.path == BODY
    assert found[0].code.startswith("E60")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"{{ person.frist_name }}"', ["autumn.yml:15:20 E631"]),
        ('"Hi {{ person.first_name }}"', ["autumn.yml:15:23 E632"]),
        ("Hi {{ person.first_name }}", ["autumn.yml:15:22 E632"]),
        ("\"Hi {{ person.first_name | default('you') }}\"", []),
        ('"Hi {{ person.country }"', ["autumn.yml:15:20 E60"]),
    ],
)
def test_subjects_are_read_at_the_files_line(text: str, expected: list[str]) -> None:
    """A subject is a template too, and its place is that of the YAML file."""
    found = places(letters(subject(text)))
    assert len(found) == len(expected)
    assert all(place.startswith(want) for place, want in zip(found, expected, strict=True))


def test_suggestions_name_what_is_there() -> None:
    """The help can be pasted, the fix is exact."""
    (finding,) = letters({BODY: "{{ person.frist_name | default('you') }}" + LINK})
    assert finding.help == ("{{ person.first_name }}",)
    assert finding.fix is not None
    assert finding.fix.text == "person.first_name"


def test_letters_in_mjml_are_checked_like_others() -> None:
    """Names against the schema, the link to unsubscribe, and what the compiler would leave out."""
    body = (
        "<mjml><mj-body>\n<mj-section><mj-column>\n"
        "<mj-text colour='red'>{{ person.frist_name | default('you') }}</mj-text>\n"
        "<mj-button href='{{ campaign.title }}/a'>Go</mj-button></mj-column></mj-section></mj-body></mjml>"
    )
    changed = {
        "campaigns/autumn.yml": CAMPAIGN.replace("body.html.j2", "body.mjml.j2"),
        "campaigns/project.yml": PROJECT + "utm: {source: news}\n",
        "templates/autumn/body.mjml.j2": body,
    }
    assert places(letters(changed)) == ["body.mjml.j2:3:10 E611", "body.mjml.j2:3:26 E631"]
    changed["templates/autumn/body.mjml.j2"] = body.replace("colour", "color").replace("frist", "first")
    assert places(letters(changed)) == ["autumn.yml:14:17 E633", "body.mjml.j2:4:18 W636"]


def test_traits_are_read_like_attributes() -> None:
    """A trait of a .seg file is there for letters; without a default it may be unknown."""
    traits = SEGMENTS + "\ntrait orders: int = count of purchase ever\ntrait coupon: text = last purchase.status\n"
    body = "{{ person.orders }} {{ person.coupon }}" + LINK
    found = letters({"campaigns/segments/all.seg": traits, BODY: body})
    assert places(found) == ["body.html.j2:1:24 E632"]
    assert found[0].related[0].span.path == "campaigns/segments/all.seg"


def test_a_template_of_two_campaigns_is_said_once() -> None:
    """The same mistake in a shared template is one finding."""
    winter = CAMPAIGN.replace("name: autumn", "name: winter").replace("2026-12-01", "2026-12-02")
    found = letters({"campaigns/winter.yml": winter, BODY: "{{ person.nobody }}" + LINK})
    assert places(found) == ["body.html.j2:1:4 E631"]


def test_service_letters_need_no_link() -> None:
    """A category that nobody can unsubscribe from carries no link."""
    service = {"campaigns/autumn.yml": CAMPAIGN.replace("category: promotional", "category: service")}
    assert letters({**service, BODY: "<p>Hello</p>"}) == []


def test_an_own_text_part_needs_the_link_too() -> None:
    """Whoever reads plain text can unsubscribe as well."""
    campaign = CAMPAIGN.replace("      subject:", "      text: autumn/body.txt.j2\n      subject:")
    found = letters({"campaigns/autumn.yml": campaign, "templates/autumn/body.txt.j2": "Hello\n"})
    assert places(found) == ["autumn.yml:15:13 E633"]


def rules(changed: dict[str, str]) -> list[str]:
    """Give ``line:column CODE`` of the rules' findings in campaign files."""
    workspace = load_texts({**FILES, **changed}, Path("shop")).workspace
    return [f"{f.span.line}:{f.span.column} {f.code}" for f in check_campaigns(workspace)]


SMTP = PROJECT.replace("{kind: outbox}", "{kind: smtp, host: mx.shop.example}")
FULL = SMTP + "public_url: https://m.shop.example\npostal_address: Shop, London\n"
TWO = "      variants: [{name: a, subject: A}, {name: b, subject: B}]\n"


@pytest.mark.parametrize(
    ("code", "bad", "good"),
    [
        ("E520", {"campaigns/schema.yml": SCHEMA[: SCHEMA.index("consent:")]}, {}),
        ("E521", {"campaigns/project.yml": SMTP}, {"campaigns/project.yml": FULL}),
        (
            "E623",
            {
                "campaigns/autumn.yml": CAMPAIGN.replace("body.html.j2", "body.j2"),
                "templates/autumn/body.j2": TEMPLATE,
            },
            {},
        ),
        (
            "W431",
            {"campaigns/autumn.yml": CAMPAIGN + TWO.replace("subject: B", "subject: A")},
            {"campaigns/autumn.yml": CAMPAIGN + TWO},
        ),
        (
            "W421",
            {"campaigns/winter.yml": CAMPAIGN.replace("name: autumn", "name: winter")},
            {"campaigns/winter.yml": CAMPAIGN.replace("name: autumn", "name: winter").replace("12-01T", "12-02T")},
        ),
        ("W422", {"campaigns/segments/all.seg": SEGMENTS + "segment autumn\nwhere everyone\n"}, {}),
    ],
)
def test_each_rule_has_a_bad_and_a_good_file(code: str, bad: dict[str, str], good: dict[str, str]) -> None:
    """The bad files have exactly this finding, the good ones none."""
    assert {line.split()[1] for line in rules(bad)} == {code}
    assert rules(good) == []


def test_every_code_of_the_floor_has_a_page() -> None:
    """`orc explain CODE` knows what these checks may say."""
    import re

    import orchestrator.review as floor

    sources = [path.read_text() for path in Path(floor.__path__[0]).glob("*.py") if path.name != "codes.py"]
    used = {code for text in sources for code in re.findall(r'"([EW]\d{3})"', text)}
    assert used <= CODES.keys()


def test_a_broken_attribute_is_not_also_unknown() -> None:
    """An attribute whose line in schema.yml is wrong is said there, not again in every letter that reads it."""
    from orchestrator.review import check_loaded

    broken = SCHEMA.replace("first_name: text", "first_name: string")
    found = check_loaded(load_texts({**FILES, "campaigns/schema.yml": broken}, Path("shop")))
    assert [(f.span.path, f.code) for f in found] == [("campaigns/schema.yml", "E006")]
