"""The pages of this room's codes, for ``orc explain CODE``."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.language.segment_codes import SEGMENT_CODES
from orchestrator.language.yaml_codes import YAML_CODES
from orchestrator.model.diagnostic import CodePage

CODES: Mapping[str, CodePage] = {**YAML_CODES, **SEGMENT_CODES}
