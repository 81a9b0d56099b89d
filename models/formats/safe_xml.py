"""XML from strangers: parsed without document types, entities or network."""
from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from simcore.models.errors import PlanError, Problem


class _DoctypeError(Exception):
    pass


def parse_xml(data: bytes, name: str) -> Element:
    """The tree of an XML document, with bare tag names (namespaces taken off).

    Parameters
    ----------
    data : bytes
        The document in any encoding it declares.
    name : str
        File name for messages.

    Raises
    ------
    PlanError
        When the document is not well formed, or has a document type (which is where entities and addresses hide).

    Examples
    --------
    >>> parse_xml(b'<p:Plan xmlns:p="urn:x"><p:Name>Pump</p:Name></p:Plan>', "plan.xml").findtext("Name")
    'Pump'
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        builder.start(tag.rpartition(" ")[2], attributes)

    def end(tag: str) -> None:
        builder.end(tag.rpartition(" ")[2])

    def doctype(*_: object) -> None:
        raise _DoctypeError

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        where = f"{name}:{error.lineno}:{error.offset + 1}"
        what = f"not well-formed XML ({expat.ErrorString(error.code)})."
        raise PlanError(Problem(where, what, "The file is damaged or cut off; export it again.")) from None
    except _DoctypeError:
        what = "has a document type (<!DOCTYPE>), which a plan file never needs."
        where = f"{name}:{parser.CurrentLineNumber}"
        raise PlanError(Problem(where, what, "Remove it if you trust the file.")) from None
    except (LookupError, ValueError) as error:  # an encoding Python does not know, or one that is not a single-byte one
        raise PlanError(Problem(name, f"cannot be decoded ({error}).", "Save the file as UTF-8.")) from None
    return builder.close()
