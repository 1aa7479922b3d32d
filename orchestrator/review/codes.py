"""The pages of the codes that only a look at all files together can give: one row a code."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.model.diagnostic import CodePage

_ROWS: tuple[tuple[str, str, str, str, str], ...] = (
    ("E520", "Consent is needed, and nobody knows where it is",
     "The category needs consent. Without a consent table in schema.yml nobody would ever get the message.",
     "", "consent: {table: consents, key: customer_id, channel: channel, topic: topic, granted: granted}"),
    ("E521", "Real mail needs an address and a page",
     "Mail that leaves this machine carries a postal address and, in marketing, a link that unsubscribes. orc "
     "refuses to start such a provider without them.", "", "public_url: https://mail.example.com"),
    ("E623", "A template with an unclear ending",
     "Values are escaped in *.html.j2 and left alone in *.txt.j2, so the ending must be one of the two.",
     "template: launch/body.j2", "template: launch/body.html.j2"),
    ("E631", "A template reads an attribute that does not exist",
     "`person` has the attributes of schema.yml and the traits of the .seg files.",
     "{{ person.frist_name }}", "{{ person.first_name }}"),
    ("E632", "A template reads a value that some people do not have",
     "For these people the letter could not be written. Give a default, or ask first; or say `nullable: false` in "
     "schema.yml when everybody has one.",
     "Hello {{ person.first_name }}", "Hello {{ person.first_name | default('you') }}"),
    ("E633", "No unsubscribe link",
     "Every message of a category that people can unsubscribe from shows the link.",
     "", '<a href="{{ links.unsubscribe }}">Unsubscribe</a>'),
    ("E634", "A template reads something that does not exist",
     "campaign has name, title, params, postal_address and project; variant has name and params; links has "
     "unsubscribe; content has subject and preheader.", "{{ campaign.titel }}", "{{ campaign.title }}"),
    ("E635", "A template reads a parameter that the campaign does not give",
     "Parameters are given under `params:` of the step or of each variant.", "{{ campaign.params.cod }}",
     "{{ campaign.params.code }}"),
    ("E637", "A template reads a list or a place",
     "A letter shows single values. Put what it needs into a trait: how many entries there are, or a text of its own.",
     "{{ person.interests }}", "{{ person.number_of_interests }}"),
    ("W636", "A link that gets no UTM parameters",
     "`utm:` asks for parameters in every link. They are put in where the host is written in the template, or where "
     "one value is the whole link. Say `data-utm=\"off\"` at the tag where none are wanted.",
     '<a href="{{ campaign.params.shop }}/sale">Shop</a>', '<a href="https://shop.example/sale">Shop</a>'),
    ("W421", "Two campaigns to the same people at the same time",
     "Both are active, with the same audience and the same trigger.", "", ""),
    ("W422", "A campaign is called like a definition", "`orc explain NAME` could mean either.", "", ""),
    ("W431", "Two variants are the same letter", "Their results could differ only by chance.", "", ""),
)  # fmt: skip

CODES: Mapping[str, CodePage] = {row[0]: CodePage(*row) for row in _ROWS}
