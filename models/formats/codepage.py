"""Text of a file that does not name its encoding: Unicode, or the code page in which its words look like words."""
from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from itertools import pairwise

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WESTERN = "cp1252"
COMMON_LETTERS = {
    "cp1252": "éèêàâäáãåçñíìîïóòôöõøúùûüßæÉÈÀÄÅÇÑÖØÜ",
    "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžőűöüăâîŁŚŻČŘŠŽ",
    "cp1254": "ıİşŞğĞüÜöÖçÇ",
    "cp1257": "āčēģīķļņšūžąęėįųŽŠ",
    "cp1251": "оеаинтсрвлкмдпуяыьгзбчйхжОЕАИНТСРВЛКМДПЗ",
    "cp1253": "αοιετνσςρκπμλίάόέήώύΑΟΙΕΤΝΣΡΚΠΜΛ",
    "cp1255": "יהולאמרשתבנחדעקפםכגןצט",
    "cp1256": "اليمنوترةبعدسقفحكطجشصخضأإ",
    "cp874": "านรอกเงมยลวดทสตะปบคขแจไชำพ่้ีิั็",
}
"""Frequent letters of the languages written in each single-byte code page."""
EAST_ASIAN = ("gb18030", "cp932", "cp949", "cp950")
WORD = re.compile(rb"[A-Za-z\x80-\xff]{2,}")
SAMPLE = 4000


def decode(data: bytes, skip_lines: Iterable[bytes] = ()) -> tuple[str, str]:
    """Text and the name of the encoding it was in.

    ``skip_lines`` are bytes without meaning for the guess, such as currency symbols.

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
        encoding = guess_code_page(data, skip_lines)
        return data.decode(encoding, "replace"), encoding


def guess_code_page(data: bytes, skip_lines: Iterable[bytes] = ()) -> str:
    """The code page in which the file's words look most like words; Western European unless another is better."""
    skipped = set(skip_lines)
    lines = [line for line in data.split(b"\n") if not line.isascii() and line not in skipped]
    words: dict[bytes, None] = {}
    for line in lines:
        words.update((w, None) for w in WORD.findall(line) if not w.isascii())
        if len(words) > SAMPLE:
            break
    if not words:
        return WESTERN
    scores = {page: sum(_score(word, page, letters) for word in words) for page, letters in COMMON_LETTERS.items()}
    sample = b"\n".join(lines[:SAMPLE])
    scores.update((page, _score_east_asian(sample, page)) for page in EAST_ASIAN)
    best = max(scores, key=lambda page: (scores[page], page == WESTERN))
    return best if scores[best] > scores[WESTERN] else WESTERN


def _score(word: bytes, page: str, letters: str) -> int:
    """Points of one word: common letters count for, undefined bytes, symbols inside words and mixed scripts against."""
    text = word.decode(page, "replace")
    high = [c for c in text if not c.isascii()]
    points = sum(3 if c in letters else 0 if c.isalpha() else -4 for c in high)
    if page not in (WESTERN, "cp1250", "cp1254", "cp1257") and len(high) < len(text):
        points -= 2 * (len(text) - len(high))
    inner_capitals = sum(b.isupper() and a.islower() for a, b in pairwise(text))
    return points - 3 * inner_capitals


def _score_east_asian(sample: bytes, page: str) -> int:
    """Points of a double-byte code page: every pair of bytes has to be a common ideograph, syllable or kana."""
    try:
        text = sample.decode(page)
    except UnicodeDecodeError:
        return -1
    points = 0
    for c in text:
        if "\u4e00" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" or "\u3040" <= c <= "\u30ff":
            points += 2 if _is_common(c, page) else -2
        elif not c.isascii():
            points -= 2
    return points


def _is_common(c: str, page: str) -> bool:
    """Whether a character lies in the block of the code page that holds the everyday characters."""
    try:
        lead = c.encode(page)[0]
    except UnicodeEncodeError:
        return False
    low, high = {"gb18030": (0xB0, 0xD7), "cp932": (0x82, 0x97), "cp949": (0xB0, 0xC8), "cp950": (0xA4, 0xC6)}[page]
    return low <= lead <= high
