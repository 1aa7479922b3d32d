"""Several relays of one provider: read flat, each mistake at its place, and the same shape for editors."""

from __future__ import annotations

import pytest

from tests.language.shop import codes, load, said
from tests.language.test_json_schema import problems
from tests.language.test_project_file import FULL

RELAYS = FULL.replace(
    FULL[FULL.index("    host: ${SMTP_HOST}") : FULL.index("    connections:")],
    """    relays:
      - host: ${SMTP_HOST}
        port: 587
        username: orc
        password: ${SMTP_PASSWORD}
      - {host: backup.example, tls: tls}
""",
)


def test_relays_are_read_in_their_order() -> None:
    """They come out flat, numbered from 1, with what holds for all beside them."""
    loaded = load(project=RELAYS)
    assert said(loaded, "project") == []
    assert loaded.workspace.project.providers["real"].settings == {
        "relays.1.host": "${SMTP_HOST}",
        "relays.1.port": 587,
        "relays.1.username": "orc",
        "relays.1.password": "${SMTP_PASSWORD}",
        "relays.2.host": "backup.example",
        "relays.2.tls": "tls",
        "connections": 4,
        "timeout": "2.5",
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("password: ${SMTP_PASSWORD}", "password: hunter2", ["23:19 E019"]),
        ("port: 587", "prot: 587", ["21:9 E001"]),
        ("port: 587", "port: many", ["21:15 E007"]),
        ("tls: tls", "tls: maybe", ["24:37 E006"]),
        ("{host: backup.example, tls: tls}", "{tls: tls}", ["19:5 E002"]),
        ("{host: backup.example, tls: tls}", "backup.example", ["24:9 E004"]),
        ("    connections:", "    host: mail.example\n    connections:", ["25:5 E024"]),
        ("    connections:", "    username: me\n    connections:", ["25:5 E024"]),
    ],
)
def test_each_mistake_has_its_place(old: str, new: str, expected: list[str]) -> None:
    """At the key or the value of the relay that is wrong."""
    assert old in RELAYS
    assert codes(load(project=RELAYS.replace(old, new, 1)), "project") == expected


@pytest.mark.parametrize("relays", ["[]", "mail.example", "{host: mail.example}"])
def test_relays_are_a_list(relays: str) -> None:
    """A list with at least one entry."""
    start, end = RELAYS.index("    relays:"), RELAYS.index("    connections:")
    assert codes(load(project=RELAYS[:start] + f"    relays: {relays}\n" + RELAYS[end:]), "project")[0].endswith("E004")


DKIM = RELAYS.replace(
    "    connections:", "    dkim:\n      shop.example: {selector: orc1, key: '${ORC_DKIM_KEY}'}\n    connections:"
)


def test_keys_of_domains_are_read_and_never_stand_in_the_file() -> None:
    """Flat again, by domain; a key in the file is a secret, and a key or selector that is missing is said."""
    loaded = load(project=DKIM)
    assert said(loaded, "project") == []
    settings = loaded.workspace.project.providers["real"].settings
    assert settings["dkim.shop.example.selector"] == "orc1"
    assert settings["dkim.shop.example.key"] == "${ORC_DKIM_KEY}"
    assert problems("project", DKIM) == []
    for new, found in (("key: abc", ["E019"]), ("kye: '${X}'", ["E001", "E002"])):
        text = DKIM.replace("key: '${ORC_DKIM_KEY}'", new)
        assert sorted(line.split()[1] for line in codes(load(project=text), "project")) == found
    assert codes(load(project=DKIM.replace(", key: '${ORC_DKIM_KEY}'", "")), "project") == ["26:7 E002"]
    assert codes(load(project=DKIM.replace("{selector: orc1, key: '${ORC_DKIM_KEY}'}", "orc1")), "project") == [
        "26:21 E004"
    ]


def test_editors_know_the_same_shape() -> None:
    """The JSON Schema takes both forms and refuses a wrong key in either."""
    for text in (FULL, RELAYS):
        assert problems("project", text) == []
    for old, new in (("port: 587", "prot: 587"), ("    connections:", "    conections:"), ("kind: smtp", "kind: smpt")):
        for text in (FULL, RELAYS):
            assert problems("project", text.replace(old, new, 1))
    assert problems("project", FULL.replace("    host: ${SMTP_HOST}\n", ""))
