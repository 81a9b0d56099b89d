"""Texts whose encoding no file names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.models.formats.codepage import decode
from tests.p6_cases import only, read, with_values


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_without_a_name(encoding: str) -> None:
    small = read(with_values("TASK", 0, task_name="Gräben für Kabel – 3 m²"), encoding=encoding)
    assert small.activities[0].name == "Gräben für Kabel – 3 m²"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("cp1251", "Заливка фундамента, монтаж опор"),
        ("cp1250", "Zażółć gęślą jaźń, żelbet"),
        ("cp1254", "Şantiye kurulumu ve kazı işleri"),
        ("cp1253", "Θεμελίωση και εκσκαφές"),
        ("cp1255", "עבודות עפר ויסודות"),
        ("cp1256", "أعمال الحفر والخرسانة"),
        ("cp1257", "Pamatu betonēšana, būvlaukuma ierīkošana"),
        ("cp874", "งานก่อสร้าง ฐานราก"),
        ("gb18030", "施工准备 基础开挖 混凝土浇筑 设备安装"),
        ("cp932", "設計 基礎工事 コンクリート打設"),
        ("cp949", "토목공사 기초 콘크리트 설치"),
        ("cp950", "土木工程 基礎開挖 混凝土澆置"),
    ],
)
def test_code_pages_are_told_by_their_words(page: str, text: str) -> None:
    tables = with_values("TASK", 0, task_name=text)
    tables["CURRTYPE"][0]["curr_symbol"] = "?"
    small = read(tables, encoding=page)
    assert small.activities[0].name == text
    assert page in only(small.notes, "code page")


@given(st.text(alphabet=st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=40))
def test_western_text_survives_whatever_is_guessed(text: str) -> None:
    decoded, page = decode(text.encode("cp1252"))
    assert decoded.encode(page, "replace") or not text
