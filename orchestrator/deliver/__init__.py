"""The deliver room: messages in, receipts out.

A provider is one file that gives a :class:`Channel`. Receipts come one by one, as soon as the other side has
spoken; a receipt says ``unknown`` only where nobody can tell. Mail to real people needs :func:`ready` first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.table import exports

if TYPE_CHECKING:
    from orchestrator.deliver.channel import PROVIDERS as PROVIDERS
    from orchestrator.deliver.channel import Channel as Channel
    from orchestrator.deliver.channel import open_channel as open_channel
    from orchestrator.deliver.email.mime import assemble as assemble
    from orchestrator.deliver.gallery import GalleryRow as GalleryRow
    from orchestrator.deliver.gallery import write_gallery as write_gallery
    from orchestrator.deliver.gate import ready as ready

__getattr__ = exports(
    __name__,
    {
        "Channel": "channel",
        "GalleryRow": "gallery",
        "PROVIDERS": "channel",
        "assemble": "email.mime",
        "open_channel": "channel",
        "ready": "gate",
        "write_gallery": "gallery",
    },
)
