"""QTI 2.1: the exchange format of learning platforms. https://www.imsglobal.org/question/

A package of one file an item. Every item is all or nothing: SCORE is 1 for the whole key and 0 for anything else, and one modal
feedback with every reason comes after either. Identifiers are those of the bank, with a letter before them that says of what.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from html import escape, unescape

from quizzes.engine.export.explained import folded
from quizzes.engine.export.format import ExportError, Format, holds_all, packed, unpacked
from quizzes.engine.question import (
    Activity,
    Answer,
    Arrange,
    Connect,
    Pair,
    Pick,
    Question,
    Type,
    in_html,
    shown_order,
)

ITEM = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
MANIFEST = "imsmanifest.xml"
# An outcome of this name holds which feedback is shown.
_FEEDBACK, _SHOWN = "FEEDBACK", "explained"
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def carried(question: Question) -> Question:
    """Everything; reasons are said afterwards, and an answer that was printed output is code like any other."""
    html = folded(in_html(question))
    return replace(
        html, prompt=_canonical(html.prompt), after=_canonical(html.after), activity=_canonical_texts(html.activity)
    )


def write(questions: Sequence[Question]) -> bytes:
    items = {f"{question.id}.xml": _document(_item(carried(question))) for question in questions}
    return packed({MANIFEST: _document(_manifest(list(items)))} | items)


def _manifest(files: Sequence[str]) -> ET.Element:
    manifest = ET.Element("manifest", xmlns=PACKAGE, identifier="elasticache-classroom")
    metadata = ET.SubElement(manifest, "metadata")
    ET.SubElement(metadata, "schema").text = "IMS Content"
    ET.SubElement(metadata, "schemaversion").text = "1.1.4"
    ET.SubElement(manifest, "organizations")
    resources = ET.SubElement(manifest, "resources")
    for file in files:
        identifier = file.removesuffix(".xml")
        resource = ET.SubElement(resources, "resource", identifier=identifier, type="imsqti_item_xmlv2p1", href=file)
        ET.SubElement(resource, "file", href=file)
    return manifest


def _item(question: Question) -> ET.Element:
    item = ET.Element(
        "assessmentItem",
        {
            "xmlns": ITEM,
            "identifier": question.id,
            "title": f"{question.unit}: {question.id}",
            "label": f"{question.kind} rev {question.rev}",
            "adaptive": "false",
            "timeDependent": "false",
            _XML_LANG: "ko",
        },
    )
    _declare(item, question.activity)
    _outcome(item, "SCORE", "float", "0")
    _outcome(item, _FEEDBACK, "identifier", None)
    body = ET.SubElement(item, "itemBody")
    body.append(_fragment("div", question.prompt))
    body.append(_interaction(question))
    _process(item, question.activity)
    said = ET.SubElement(
        item, "modalFeedback", outcomeIdentifier=_FEEDBACK, identifier=_SHOWN, showHide="show", title="해설"
    )
    said.append(_fragment("div", question.after))
    return item


def _declare(item: ET.Element, activity: Activity) -> None:
    match activity:
        case Pick(answers):
            cardinality, base = "multiple" if activity.several else "single", "identifier"
            values = [f"c-{answer.id}" for answer in answers if answer.right]
        case Arrange(steps):
            cardinality, base = "ordered", "identifier"
            values = [f"c-{step.id}" for step in steps]
        case Connect(pairs):
            cardinality, base = "multiple", "directedPair"
            values = [f"p-{pair.id} o-{pair.option}" for pair in pairs]
        case Type(accepted):
            cardinality, base = "single", "string"
            values = [accepted[0]]
    declaration = ET.SubElement(
        item, "responseDeclaration", identifier="RESPONSE", cardinality=cardinality, baseType=base
    )
    correct = ET.SubElement(declaration, "correctResponse")
    for value in values:
        ET.SubElement(correct, "value").text = value


def _outcome(item: ET.Element, identifier: str, base: str, default: str | None) -> None:
    declaration = ET.SubElement(item, "outcomeDeclaration", identifier=identifier, cardinality="single", baseType=base)
    if default is not None:
        ET.SubElement(ET.SubElement(declaration, "defaultValue"), "value").text = default


def _interaction(question: Question) -> ET.Element:
    match question.activity:
        case Pick(answers):
            most = sum(answer.right for answer in answers)
            block = _block("choiceInteraction", question, maxChoices=str(most))
            block.extend(_choices(answers))
        case Arrange(steps):
            block = _block("orderInteraction", question)
            # A platform that does not shuffle must not show the right order.
            block.extend(_choices(shown_order(question.id, steps, lambda step: step.id)))
        case Connect(pairs, options):
            block = _block("matchInteraction", question, maxAssociations=str(len(pairs)))
            left, right = ET.SubElement(block, "simpleMatchSet"), ET.SubElement(block, "simpleMatchSet")
            for pair in pairs:
                left.append(_fragment("simpleAssociableChoice", pair.text, identifier=f"p-{pair.id}", matchMax="1"))
            for option, text in options:
                choice = ET.SubElement(right, "simpleAssociableChoice", identifier=f"o-{option}")
                choice.set("matchMax", str(len(pairs)))
                choice.text = text
        case Type():
            block = ET.Element("p")
            block.text = f"{question.instruction} "
            ET.SubElement(block, "textEntryInteraction", responseIdentifier="RESPONSE", expectedLength="60")
    return block


def _block(tag: str, question: Question, **attributes: str) -> ET.Element:
    block = ET.Element(tag, {"responseIdentifier": "RESPONSE", "shuffle": "true"} | attributes)
    ET.SubElement(block, "prompt").text = question.instruction
    return block


def _choices(answers: Sequence[Answer]) -> list[ET.Element]:
    return [_fragment("simpleChoice", answer.text, identifier=f"c-{answer.id}") for answer in answers]


def _process(item: ET.Element, activity: Activity) -> None:
    processing = ET.SubElement(item, "responseProcessing")
    condition = ET.SubElement(ET.SubElement(processing, "responseCondition"), "responseIf")
    if isinstance(activity, Type):
        known = ET.SubElement(condition, "or")
        for line in activity.accepted:
            same = ET.SubElement(known, "stringMatch", caseSensitive="false")
            ET.SubElement(same, "variable", identifier="RESPONSE")
            ET.SubElement(same, "baseValue", baseType="string").text = line
    else:
        same = ET.SubElement(condition, "match")
        ET.SubElement(same, "variable", identifier="RESPONSE")
        ET.SubElement(same, "correct", identifier="RESPONSE")
    _set(condition, "SCORE", "float", "1")
    _set(processing, _FEEDBACK, "identifier", _SHOWN)


def _set(parent: ET.Element, outcome: str, base: str, value: str) -> None:
    rule = ET.SubElement(parent, "setOutcomeValue", identifier=outcome)
    ET.SubElement(rule, "baseValue", baseType=base).text = value


def _fragment(tag: str, html: str, **attributes: str) -> ET.Element:
    """An element around HTML of our own making, which is well-formed XML but for names such as `&nbsp;`."""
    named = re.sub(r"&(\w+);", lambda name: name[0] if name[1] in _XML_NAMES else escape(unescape(name[0])), html)
    element = ET.fromstring(f"<{tag}>{named}</{tag}>")  # noqa: S314 - our own text, not a stranger's
    element.attrib.update(attributes)
    return element


def _inner(element: ET.Element) -> str:
    """What `_fragment` was given."""
    return escape(element.text or "", quote=False) + "".join(
        ET.tostring(child, encoding="unicode") for child in element
    )


def _canonical(html: str) -> str:
    return _inner(_fragment("div", html))


def _canonical_texts(activity: Activity) -> Activity:
    match activity:
        case Pick(answers):
            return Pick(tuple(one._replace(text=_canonical(one.text), literal=False) for one in answers))
        case Arrange(steps):
            return Arrange(tuple(step._replace(text=_canonical(step.text)) for step in steps))
        case Connect(pairs, options):
            return Connect(tuple(pair._replace(text=_canonical(pair.text)) for pair in pairs), options)
        case Type():
            return activity


def _document(root: ET.Element) -> bytes:
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


# ---- reading ----------------------------------------------------------------------------------------


def read(data: bytes) -> dict[str, Question]:
    """The questions of a package that `write` made. Raises ExportError."""
    files = unpacked(data)
    if MANIFEST not in files:
        raise ExportError(f"{MANIFEST}이 없습니다. 있는 파일: {', '.join(files)}")
    listed = [resource.attrib["href"] for resource in _parsed(files[MANIFEST]).iter("resource")]
    missing = [href for href in listed if href not in files]
    if missing or len(listed) != len(files) - 1:
        raise ExportError(f"{MANIFEST}의 목록과 들어 있는 파일이 다릅니다: {', '.join(missing) or len(listed)}")
    found = [_read_question(_parsed(files[href])) for href in listed]
    return {question.id: question for question in found}


def _parsed(document: bytes) -> ET.Element:
    """The root without namespaces: one document has only one."""
    root = ET.fromstring(document)  # noqa: S314 - what `write` made a moment ago
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _read_question(item: ET.Element) -> Question:
    body, said = _one(item, "itemBody"), _one(item, "modalFeedback")
    kind, _, rev = item.attrib["label"].split()
    line = body.find("p")
    return Question(
        id=item.attrib["identifier"],
        rev=int(rev),
        unit=item.attrib["title"].rpartition(": ")[0],
        kind=kind,
        prompt=_inner(_one(body, "div")),
        instruction=(line.text or "").rstrip() if line is not None else _one(body, "*/prompt").text or "",
        activity=_read_activity(item, body[1]),
        after=_inner(_one(said, "div")),
    )


def _read_activity(item: ET.Element, interaction: ET.Element) -> Activity:
    correct = [value.text or "" for value in item.findall("responseDeclaration/correctResponse/value")]
    choices = {
        choice.attrib["identifier"]: Answer(
            choice.attrib["identifier"][2:], _inner(choice), "", choice.attrib["identifier"] in correct
        )
        for choice in interaction.findall("simpleChoice")
    }
    match interaction.tag:
        case "choiceInteraction":
            return Pick(tuple(choices.values()))
        case "orderInteraction":
            return Arrange(tuple(choices[identifier] for identifier in correct))
        case "matchInteraction":
            return _read_pairs(interaction, dict(value.split(" ", 1) for value in correct))
        case _:
            lines = item.iterfind("responseProcessing//stringMatch/baseValue")
            return Type(tuple(line.text or "" for line in lines), "", ())


def _read_pairs(interaction: ET.Element, correct: dict[str, str]) -> Connect:
    left, right = interaction.findall("simpleMatchSet")
    pairs = [
        Pair(prompt.attrib["identifier"][2:], _inner(prompt), correct[prompt.attrib["identifier"]][2:], "")
        for prompt in left
    ]
    return Connect(tuple(pairs), tuple((option.attrib["identifier"][2:], option.text or "") for option in right))


def _one(parent: ET.Element, path: str) -> ET.Element:
    found = parent.find(path)
    if found is None:
        raise ExportError(f"<{parent.tag}>에 {path}가 없습니다")
    return found


FORMAT = Format("qti", ".qti.zip", holds_all, write, read, carried)
