"""Files of other tools, cut off, damaged or no plans at all: name, content, the message (a regular expression)."""

from __future__ import annotations

import gzip
import zlib

_TABLES = "%T\tPROJECT\n%F\tproj_id\tproj_short_name\n%R\t1\tP1\n"
_XER = "ERMHDR\t20.12\t2026-03-02\tProject\tadmin\tadmin\tdb\tPM\tEUR\n"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MSPDI = f'{_XML}<Project xmlns="http://schemas.microsoft.com/project">\n'
_ENTITIES = '<!DOCTYPE Project [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>\n'

CASES: list[tuple[str, str | bytes, str]] = [
    # Primavera XER
    ("header.xer", _XER, r"^header\.xer: there is no project in the file"),
    ("cut.xer", _XER[:20], r"^cut\.xer: there is no project"),
    ("not.xer", "proj_id;name\n1;Pump\n", r"^not\.xer: is not an XER file: it does not begin with ERMHDR"),
    ("letter.xer", "Dear colleague, the file is attached.", r"^letter\.xer: is not an XER file"),
    (
        "row.xer",
        f"{_XER}{_TABLES}%T\tTASK\n%F\ttask_id\tproj_id\ttask_code\tclndr_id\ttask_type\n%R\t7\t1\tA1\t99\tTT_Ta",
        r"^row\.xer",
    ),
    # XML
    ("empty-element.xml", f"{_XML}<Plan/>", r"^empty-element\.xml: is XML of an unknown kind \(<Plan>\)"),
    ("declaration.xml", _XML, r"^declaration\.xml: is XML without any element"),
    ("page.xml", "<!DOCTYPE html><html><body>404</body></html>", r"^page\.xml: is XML of an unknown kind \(<html>\)"),
    ("text.xml", "Project: Pump\n", r"^text\.xml: is not XML: it does not begin with '<'"),
    ("cut.xml", f"{_MSPDI}<Name>Pump</Name>\n<Tasks><Task><UID>1</UID>", r"^cut\.xml:4:\d+: not well-formed XML"),
    ("tags.xml", f"{_MSPDI}<Name>Pump</Title>\n</Project>", r"^tags\.xml:3:\d+: not well-formed XML \(mismatched tag\)"),
    ("ampersand.xml", f"{_MSPDI}<Name>Pumps & pipes</Name></Project>", r"^ampersand\.xml:3:\d+: not well-formed XML"),
    ("entities.xml", f"{_XML}{_ENTITIES}<Project><Name>&b;</Name></Project>", r"^entities\.xml:2: has a document type"),
    (
        "encoding.xml",
        b'<?xml version="1.0" encoding="UTF-8"?><Project><Name>Br\xfccke</Name></Project>',
        r"^encoding\.xml:1:\d+: not well-formed",
    ),
    ("unknown-encoding.xml", '<?xml version="1.0" encoding="klingon"?><Project/>', r"^unknown-encoding\.xml.*(encoding|decoded)"),
    ("cut-p6.xml", f'{_XML}<APIBusinessObjects xmlns="x"><Project><Id>P</Id>', r"^cut-p6\.xml:2:\d+: not well-formed XML"),
    (
        "nothing-p6.xml",
        f'{_XML}<APIBusinessObjects xmlns="x"></APIBusinessObjects>',
        r"^nothing-p6\.xml: there is no project in the file",
    ),
    # other things
    ("plan.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", r"^plan\.png: is a PNG picture, not a plan\. Readable are"),
    ("plan.yaml", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", r"^plan\.yaml: is a PNG picture, not a plan"),
    ("plan.pdf", b"%PDF-1.7\n%\xe2\xe3", r"^plan\.pdf: is a PDF document"),
    ("plan.xlsx", b"PK\x03\x04\x14\x00\x06\x00", r"^plan\.xlsx: is a zip archive or an Excel file"),
    ("plan.xml.gz", gzip.compress(b"<Project/>"), r"^plan\.xml\.gz: is gzip-compressed"),
    ("plan.bin", zlib.compress(bytes(500)) + b"\x00\x01", r"^plan\.bin: (is a binary file of an unknown kind|the byte 0x)"),
]
