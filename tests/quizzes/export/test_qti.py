"""QTI packages: valid documents, scored all or nothing, listed in the manifest."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from quizzes.engine.export import qti
from quizzes.engine.export.format import ExportError, packed, unpacked
from quizzes.engine.question import Question
from tests.quizzes.export.questions import asked, of_the_bank
from tests.quizzes.samples import Data, choice, choices, command, match, multiple, order, predict

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("qti21_part.xsd")))
NAMES = {"q": qti.ITEM, "p": qti.PACKAGE}
EVERY_KIND = (choice(), multiple(), order(), match(), predict(), command())


def documents(questions: tuple[Question, ...] | list[Question]) -> dict[str, etree._Element]:
    """The parsed files of a package, by name."""
    with zipfile.ZipFile(io.BytesIO(qti.write(questions))) as archive:
        return {name: etree.fromstring(archive.read(name)) for name in archive.namelist()}


def item(data: Data) -> etree._Element:
    """The document of an item."""
    return documents(asked(data))[f"{data['id']}.xml"]


def texts(root: etree._Element, path: str) -> list[str]:
    found = root.xpath(path, namespaces=NAMES)
    assert isinstance(found, list)
    return [one if isinstance(one, str) else "".join(one.itertext()) for one in found if not isinstance(one, tuple)]


def test_every_document_of_the_bank_is_valid() -> None:
    whole = documents(of_the_bank())
    broken = {
        name: str(SCHEMA.error_log)
        for name, root in whole.items()
        if name != qti.MANIFEST and not SCHEMA.validate(root)
    }
    assert broken == {}


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("<prompt>", "<prompt><p>글</p>"),
        ('cardinality="single" baseType="identifier"', 'cardinality="one" baseType="identifier"'),
        ("c-alpha", "c alpha"),
        ('identifier="c-alpha"', 'identifier="c-bravo"'),
        ("<itemBody>", "<itemBody>글"),
        (' adaptive="false"', ""),
        ("<modalFeedback", "<itemBody/><modalFeedback"),
    ],
)
def test_the_schema_refuses_what_qti_does_not_know(now: str, then: str) -> None:
    text = qti.write(asked(choice()))
    document = unpacked(text)["ec-rvm-001.xml"].decode()
    assert now in document
    assert not SCHEMA.validate(etree.fromstring(document.replace(now, then, 1).encode()))


def test_the_manifest_lists_every_item() -> None:
    found = documents(asked(*EVERY_KIND))
    assert texts(found[qti.MANIFEST], "//p:resource/@href") == [f"ec-rvm-00{place}.xml" for place in range(1, 7)]
    assert set(found) == {qti.MANIFEST, *(f"ec-rvm-00{place}.xml" for place in range(1, 7))}
    assert texts(found[qti.MANIFEST], "//p:resource/@type") == ["imsqti_item_xmlv2p1"] * 6


@pytest.mark.parametrize("data", [choice(), multiple(), order(), match(), predict()], ids=lambda data: data["kind"])
def test_only_the_whole_key_scores(data: Data) -> None:
    root = item(data)
    conditions = texts(root, "//q:responseIf/q:match/q:correct/@identifier")
    assert conditions == ["RESPONSE"]
    assert texts(root, "//q:responseIf/q:setOutcomeValue[@identifier='SCORE']") == ["1"]
    assert texts(root, "//q:outcomeDeclaration[@identifier='SCORE']/q:defaultValue/q:value") == ["0"]
    assert texts(root, "//q:mapping") == []


def test_each_kind_declares_its_key() -> None:
    values = "//q:correctResponse/q:value"
    assert texts(item(choice()), values) == ["c-bravo"]
    assert texts(item(multiple()), values) == ["c-alpha", "c-charlie"]
    assert texts(item(multiple()), "//q:choiceInteraction/@maxChoices") == ["2"]
    assert texts(item(order()), values) == ["c-find", "c-make", "c-move", "c-drop"]
    assert texts(item(match()), values) == ["p-cheap o-node", "p-safe o-replica", "p-large o-shard"]
    assert texts(item(predict()), values) == ["c-bravo"]
    assert texts(item(command()), values) == ["SET a 2 EX 60"]


def test_every_accepted_line_of_a_command_scores() -> None:
    root = item(command())
    assert texts(root, "//q:responseIf/q:or/q:stringMatch/q:baseValue") == ["SET a 2 EX 60", "SET a 2 PX 60000"]
    assert texts(root, "//q:textEntryInteraction/@responseIdentifier") == ["RESPONSE"]


def test_what_is_asked_says_nothing_of_the_answer() -> None:
    for data in EVERY_KIND:
        body = "".join(texts(item(data), "//q:itemBody"))
        assert "까닭" not in body
        assert "요구에서 시작해 고릅니다" not in body
    assert texts(item(order()), "//q:simpleChoice/@identifier") != texts(item(order()), "//q:correctResponse/q:value")


def test_every_reason_is_said_afterwards() -> None:
    [said] = texts(item(choice()), "//q:modalFeedback")
    for one in choices():
        assert str(one["why"]) in said
    assert "요구에서 시작해 고릅니다." in said
    assert texts(item(choice()), "//q:modalFeedback/@showHide") == ["show"]
    assert texts(item(choice()), "//q:responseProcessing/q:setOutcomeValue[@identifier='FEEDBACK']") == ["explained"]


def test_a_name_of_html_becomes_its_letter() -> None:
    root = item(choice(stem="R&amp;D 팀은 A&nbsp;B를 &none; 씁니다. 알맞은 구성은 무엇입니까?"))
    assert "R&D 팀은 A\u00a0B를 &none; 씁니다." in texts(root, "//q:itemBody")[0]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"other.xml": b"<a/>"}, "imsmanifest.xml이 없습니다"),
        ({"imsmanifest.xml": b'<manifest><resource href="a.xml"/></manifest>'}, "a.xml"),
        ({"imsmanifest.xml": b'<m><resource href="a.xml"/></m>', "a.xml": b"<assessmentItem/>"}, "itemBody가 없습니다"),
    ],
)
def test_a_package_of_something_else_is_refused(files: dict[str, bytes], words: str) -> None:
    with pytest.raises(ExportError, match=words):
        qti.read(packed(files))
