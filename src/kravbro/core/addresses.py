"""What an address must have for a letter to arrive: a country that exists, and in Norway a postcode of four digits.

Countries are the 249 codes of ISO 3166-1 alpha-2. Norwegian postcodes: Posten, "Postnummer i Norge". Nothing is asked
of a postcode in another country: each has its own form, and some have none.
"""

from __future__ import annotations

from kravbro.core.identifiers.digits import is_digits

NORWAY = "NO"
_POSTCODE_DIGITS = 4
_CODES = (
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCV"
    "CWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIM"
    "INIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMW"
    "MXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSS"
    "STSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW"
)
COUNTRIES = frozenset(_CODES[place : place + 2] for place in range(0, len(_CODES), 2))


def is_country(code: str) -> bool:
    """Whether a code is a country's, in capital letters."""
    return code in COUNTRIES


def is_abroad(country: str) -> bool:
    """Whether an address with this country code lies outside Norway; Svalbard and Jan Mayen (SJ) do not."""
    return country not in {NORWAY, "SJ"}


def is_norwegian_postcode(postcode: str) -> bool:
    """Whether a postcode has the form of Norwegian ones: four digits.

    >>> is_norwegian_postcode("0150"), is_norwegian_postcode("150"), is_norwegian_postcode("N-0150")
    (True, False, False)
    """
    return is_digits(postcode.strip(), _POSTCODE_DIGITS)
