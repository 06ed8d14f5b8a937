"""What the models and the loader take, and what they refuse in which words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quizzes.engine.errors import BankError
from quizzes.engine.yaml_source import read
from tests.quizzes.samples import (
    Data,
    bank,
    bank_data,
    choice,
    choices,
    command,
    match,
    multiple,
    options,
    order,
    outputs,
    predict,
    printed,
    prompts,
    rejected,
    rejects,
    right,
    write,
    wrong,
)


def refusal(*items: Data) -> str:
    with pytest.raises(BankError) as caught:
        bank(*items)
    return str(caught.value)


def test_a_sound_bank_of_every_kind_loads() -> None:
    loaded = bank(choice(), multiple(), order(), match(), predict(), command())
    assert [item.kind for item in loaded.items()] == ["choice", "choice", "order", "match", "predict", "command"]
    assert loaded.item("ec-rvm-001").key() == ("bravo",)
    assert loaded.item("ec-rvm-002").key() == ("alpha", "charlie")
    assert loaded.item("ec-rvm-003").key() == ("find", "make", "move", "drop")
    assert loaded.item("ec-rvm-004").key() == ("cheap:node", "safe:replica", "large:shard")
    assert loaded.item("ec-rvm-005").key() == ("bravo",)
    assert loaded.item("ec-rvm-006").key() == ("SET a 2 EX 60", "SET a 2 PX 60000")


def test_the_instruction_counts_the_keys_itself() -> None:
    assert bank(multiple()).item("ec-rvm-002").instruction() == "정답 2개를 고르세요."


def test_a_refusal_names_file_line_item_and_field() -> None:
    without_why = [{"id": "alpha", "text": "하나", "key": True}, *choices()[2:]]
    message = refusal(choice("ec-rvm-001"), choice("ec-rvm-002", choices=without_why))
    assert "redis-vs-memcached.yml:" in message
    assert "ec-rvm-002: `choices.0.why`가 없습니다" in message


def test_a_refusal_points_at_the_line_of_the_value(tmp_path: Path) -> None:
    with pytest.raises(BankError) as caught:
        write(tmp_path, bank_data(choice(level="guess")))
    number = int(str(caught.value).split(":")[1].split()[0])
    line = (tmp_path / "bank" / "redis-vs-memcached.yml").read_text(encoding="utf-8").splitlines()[number - 1]
    assert line.strip() == "level: guess"


def test_an_unknown_key_is_refused_by_name() -> None:
    assert "`rationale`는 모르는 키입니다" in refusal(choice(rationale="왜"))


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    assert "kind는 choice, order, match, predict, command 가운데 하나" in refusal(choice(kind="essay"))


@pytest.mark.parametrize("id", ["ec-rvm-1", "EC-RVM-001", "rvm-001", "ec-rvm-0001"])
def test_an_id_of_another_shape_is_refused(id: str) -> None:
    assert "`id`의 값이 맞지 않습니다" in refusal(choice(id))


def test_an_id_of_another_unit_is_refused() -> None:
    assert "`ec-rvm-001` 꼴" in refusal(choice("ec-dbc-001"))


def test_an_id_given_twice_is_refused() -> None:
    assert "`ec-rvm-001`를 두 번" in refusal(choice(), choice())


def test_an_objective_that_the_head_does_not_define_is_refused() -> None:
    assert "학습 목표 `other`가 이 파일의 objectives에 없습니다" in refusal(choice(objective="other"))


def test_a_task_of_another_domain_is_refused_with_the_tasks_of_this_one() -> None:
    assert "1.1, 1.2, 1.3" in refusal(choice(domain="secure", task="3.3"))


def test_select_must_equal_the_number_of_keys() -> None:
    assert "select는 1인데 `key: true`인 보기는 2개" in refusal(multiple(select=1))


def test_a_choice_without_distractor_is_refused() -> None:
    assert "모든 보기가 정답" in refusal(choice(select=2, choices=[right("alpha", "하나"), right("bravo", "둘")]))


def test_each_wrong_choice_names_its_misconception() -> None:
    nameless = wrong("alpha", "하나") | {"misconception": None}
    assert "보기 `alpha`: misconception" in refusal(choice(choices=[nameless, right("bravo", "둘")]))


def test_a_key_has_no_misconception() -> None:
    mistaken = right("alpha", "하나") | {"misconception": "mixed-up"}
    assert "보기 `alpha`: misconception" in refusal(choice(choices=[mistaken, wrong("bravo", "둘")]))


def test_two_choices_with_one_id_are_refused() -> None:
    assert "`alpha`를 두 번" in refusal(choice(choices=[right("alpha", "하나"), wrong("alpha", "둘")]))


@pytest.mark.parametrize("make", [order, match])
@pytest.mark.parametrize("changes", [{"exam_format": True}, {"use": ["mock"]}])
def test_order_and_match_stay_out_of_the_mock_exam(make: Callable[..., Data], changes: Data) -> None:
    assert "SAA-C03에는" in refusal(make(**changes))


def test_a_pair_with_an_unknown_option_is_refused() -> None:
    lost = [prompt | {"option": "nothing"} for prompt in prompts()]
    assert "option `nothing`가 options에 없습니다" in refusal(match(prompts=lost))


def test_an_option_too_long_for_a_phone_is_refused() -> None:
    long = [option | {"text": "가" * 25} for option in options()]
    assert "25자입니다" in refusal(match(options=long))


def test_fewer_options_than_prompts_are_refused() -> None:
    many = [prompt | {"id": f"{prompt['id']}-{n}", "option": "node"} for prompt in prompts() for n in (1, 2)]
    assert "options(4개)가 prompts(6개)보다 적습니다" in refusal(match(prompts=many))


def test_a_fixed_review_says_what_was_fixed() -> None:
    review = {"on": "2026-11-22", "rev": 1, "answered": ["bravo"], "outcome": "fixed"}
    assert "무엇을 고쳤는지" in refusal(choice(review=review))


def test_a_key_given_twice_in_the_file_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "twice.yml"
    path.write_text("schema: 1\nschema: 1\n", encoding="utf-8")
    with pytest.raises(BankError, match=r"twice.yml:2: .*`schema` 키가 두 번"):
        read(path)


def test_on_and_yes_are_words_and_only_true_and_false_are_booleans(tmp_path: Path) -> None:
    path = tmp_path / "words.yml"
    path.write_text("on: yes\nflag: true\n", encoding="utf-8")
    assert read(path).data == {"on": "yes", "flag": True}


def test_a_missing_or_broken_file_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="파일이 없습니다"):
        read(tmp_path / "none.yml")
    (tmp_path / "broken.yml").write_text("a: [1\n", encoding="utf-8")
    with pytest.raises(BankError, match="YAML로 읽을 수 없습니다"):
        read(tmp_path / "broken.yml")


def test_a_file_is_named_after_its_unit(tmp_path: Path) -> None:
    with pytest.raises(BankError, match=r"파일을 redis-vs-memcached.yml로"):
        write(tmp_path, bank_data(choice()), name="other.yml")


def test_all_problems_of_all_items_are_told_at_once() -> None:
    message = refusal(choice(rev=0), choice("ec-rvm-002", level="guess"))
    assert "`rev`" in message
    assert "`level`" in message


def test_a_set_and_an_item_that_do_not_exist_are_refused_with_what_to_do() -> None:
    loaded = bank(choice(), retired=["ec-rvm-009"])
    with pytest.raises(BankError, match="있는 묶음: redis-vs-memcached"):
        loaded.unit("nothing")
    with pytest.raises(BankError, match="폐기되었습니다"):
        loaded.unit_of("ec-rvm-009")


def test_an_item_stands_in_the_sets_it_is_used_for() -> None:
    loaded = bank(choice(use=["practice"]), choice("ec-rvm-002", use=["check"]))
    assert [item.id for item in loaded.set_items("redis-vs-memcached")] == ["ec-rvm-001"]
    assert [item.id for item in loaded.set_items("redis-vs-memcached", "check")] == ["ec-rvm-002"]


KEY = {"key": True, "misconception": None}


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (predict(choices=outputs()[:2]), "`choices`의 값이 맞지 않습니다"),
        (predict(choices=[*outputs(), *(printed(name, name) for name in ("d", "e", "f"))]), "`choices`의 값"),
        (predict(choices=[outputs()[0], *outputs()]), "보기 id `alpha`를 두 번"),
        (predict(choices=[outputs()[0], printed("bravo", "2"), outputs()[2]]), "`key: true`인 보기가 0개"),
        (predict(choices=[printed("alpha", "1", **KEY), *outputs()[1:]]), "`key: true`인 보기가 2개"),
        (predict(choices=[printed("alpha", "1", misconception=None), *outputs()[1:]]), "보기 `alpha`: misconception은"),
        (predict(program=f"print('{'a' * 60}')"), "69자인 줄"),
        (predict(use=["mock"]), "출력을 묻는 문항이 없습니다"),
        (predict(exam_format=True), "출력을 묻는 문항이 없습니다"),
        (command(accept=[]), "`accept`의 값이 맞지 않습니다"),
        (command(reject=rejects()[:1]), "`reject`의 값이 맞지 않습니다"),
        (command(reject=[*rejects(), rejected("longer", "GET a")]), "reject id `longer`를 두 번"),
        (command(reject=[*rejects(), rejected("command", "GET a")]), "reject id `command`를 두 번"),
        (command(accept=['SET a "2']), "따옴표를 닫지 않았습니다"),
        (command(setup=['SET a "2"3']), "닫는 따옴표 뒤에"),
        (command(also_setups=[["SET a '2"]]), "따옴표를 닫지 않았습니다"),
        (command(reject=[*rejects(), rejected("same", "SET a 2 EX 60")]), "`SET a 2 EX 60`를 두 번"),
        (command(accept=["SET a " + "2" * 200]), "200자를 넘어"),
        (command(use=["mock"]), "명령을 쓰는 문항이 없습니다"),
        (command(exam_format=True), "명령을 쓰는 문항이 없습니다"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_executed_item_that_cannot_be_is_refused(item: Data, words: str) -> None:
    assert words in refusal(item)


def test_a_wrong_command_may_be_one_that_cannot_be_read() -> None:
    assert bank(command(reject=[*rejects(), rejected("open-quote", 'SET a "2 EX 60')])).item("ec-rvm-006")
