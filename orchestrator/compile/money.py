"""How many digits a currency has behind the point (ISO 4217)."""

from __future__ import annotations

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
_THREE = "BHD IQD JOD KWD LYD OMR TND".split()
_DIGITS = {**dict.fromkeys(_NONE, 0), **dict.fromkeys(_THREE, 3)}


def digits(currency: str | None) -> int:
    """Give the number of minor digits: 2 for most currencies."""
    return _DIGITS.get(currency or "", 2)
