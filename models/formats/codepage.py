"""Text of a file that does not name its encoding: Unicode, or the code page in which its words look like words."""
from __future__ import annotations

import codecs
import re
from itertools import pairwise

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WESTERN = "cp1252"
LATIN = {
    "cp1252": "éèêàâäáãåçñíìîïóòôöõøúùûüßæÉÈÀÄÅÇÑÖØÜ",
    "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžőűöüăâîŁŚŻČŘŠŽ",
    "cp1254": "ıİşŞğĞüÜöÖçÇ",
    "cp1257": "āčēģīķļņšūžąęėįųŽŠ",
}
OTHER_SCRIPTS = {
    "cp1251": "оеаинтсрвлкмдпуяыьгзбчйхжОЕАИНТСРВЛКМДПЗ",
    "cp1253": "αοιετνσςρκπμλίάόέήώύΑΟΙΕΤΝΣΡΚΠΜΛ",
    "cp1255": "יהולאמרשתבנחדעקפםכגןצט",
    "cp1256": "اليمنوترةبعدسقفحكطجشصخضأإ",
    "cp874": "านรอกเงมยลวดทสตะปบคขแจไชำพ่้ีิั็",
}
"""Frequent letters of the languages written in each single-byte code page."""
EAST_ASIAN = {"gb18030": (0xB0, 0xD7, 5), "cp932": (0x82, 0x97, 5), "cp949": (0xB0, 0xC8, 7), "cp950": (0xA4, 0xC6, 5)}
"""First and last lead byte of the everyday characters, and what one of them is worth as evidence."""
NEUTRAL = frozenset("“”‘’‚„–—•…°²³½¼¾µ§®©™×·«»¿¡ºª€£¥¢±\u00a0")
"""Signs that stand beside letters in any language."""
WORD = re.compile(rb"[A-Za-z\x80-\xff]{2,}")
MOST_WORDS = 4000


def decode(data: bytes, sample: bytes | None = None) -> tuple[str, str]:
    """Text and the name of the encoding it was in.

    ``sample`` is the part of the data to guess a code page from; the rest may hold bytes without meaning.

    >>> decode("Straße 7".encode("cp1252"))
    ('Straße 7', 'cp1252')
    >>> decode("Монтаж опор".encode("cp1251"))[1]
    'cp1251'
    """
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace"), encoding.removesuffix("-sig")
    head = data[:2000]
    if head.count(0) > len(head) // 4:
        encoding = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        return data.decode(encoding, "replace"), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = guess_code_page(data if sample is None else sample)
        return data.decode(encoding, "replace"), encoding


def guess_code_page(data: bytes) -> str:
    """The code page in which the words look most like words; Western European unless another is better."""
    lines = [line for line in data.replace(codecs.BOM_UTF8, b"").split(b"\n") if not line.isascii()][:MOST_WORDS]
    words = {word for line in lines for word in WORD.findall(line) if not word.isascii()}
    scores: dict[str, int] = {}
    for page, common in (LATIN | OTHER_SCRIPTS).items():
        score = _score_latin if page in LATIN else _score_script
        scores[page] = sum(score(word.decode(page, "replace"), common) for word in words)
    text = b"\n".join(lines)
    scores |= {page: _score_east_asian(text, page) for page in EAST_ASIAN}
    best = max(scores, key=lambda page: scores[page])
    return best if scores[best] > scores[WESTERN] else WESTERN


def _score_latin(word: str, common: str) -> int:
    """Accented letters stand alone among plain ones; undefined bytes and symbols do not occur inside words."""
    points = sum(_score_letter(c, common) for c in word if not c.isascii())
    points -= 4 * sum(a > "\x7f" and b > "\x7f" and a.isalpha() and b.isalpha() for a, b in pairwise(word))
    return points - 3 * _inner_capitals(word)


def _score_script(word: str, common: str) -> int:
    """Words of another script have no Latin letters among theirs."""
    high = [c for c in word if not c.isascii()]
    points = sum(_score_letter(c, common) for c in high)
    return points - 2 * (len(word) - len(high)) - 3 * _inner_capitals(word)


def _score_letter(c: str, common: str) -> int:
    return 3 if c in common else 0 if c.isalpha() or c in NEUTRAL else -4


def _inner_capitals(word: str) -> int:
    return sum(a.islower() and b.isupper() for a, b in pairwise(word))


def _score_east_asian(data: bytes, page: str) -> int:
    """Ideographs, syllables and kana come in runs and are mostly everyday ones."""
    try:
        text = data.decode(page)
    except UnicodeDecodeError:
        return -1
    first, last, worth = EAST_ASIAN[page]
    points = 0
    for before, c in pairwise(" " + text):
        if c.isascii():
            continue
        encoded = c.encode(page)
        common = len(encoded) == 2 and first <= encoded[0] <= last
        points += worth if common and _is_east_asian(c) and _is_east_asian(before) else -1 if common else -4
    return points


def _is_east_asian(c: str) -> bool:
    return "\u4e00" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" or "\u3040" <= c <= "\u30ff"
