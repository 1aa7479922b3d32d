"""How many digits a currency has behind the point (ISO 4217)."""

from __future__ import annotations

_NONE = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV")
_NONE_EITHER = ("XAF", "XOF", "XPF")
_THREE = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_DIGITS = {**dict.fromkeys(_NONE + _NONE_EITHER, 0), **dict.fromkeys(_THREE, 3)}


def digits(currency: str | None) -> int:
    """Give the number of minor digits: 2 for most currencies."""
    return _DIGITS.get(currency or "", 2)
