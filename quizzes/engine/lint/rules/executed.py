"""What an item says that happens, happens: programs and commands are run on the labs' own cache, each time lint runs.
The conformance tests run the same ones on a real server."""

from collections.abc import Iterator

from quizzes.engine.execution import Effect, simulate_command, simulate_program
from quizzes.engine.kinds.command import CommandItem
from quizzes.engine.kinds.predict import PredictItem
from quizzes.engine.lint.report import Context, Finding

RULE = "executed"
# What a test on a real server may wait for one program.
LONGEST_REAL_S = 1.5


def check(context: Context) -> Iterator[Finding]:
    for item in context.bank.items():
        messages: Iterator[str] = iter(())
        if isinstance(item, PredictItem):
            messages = _program(item)
        elif isinstance(item, CommandItem):
            messages = _command(item)
        for message in messages:
            yield Finding(RULE, "error", context.where(item), message)


def _program(item: PredictItem) -> Iterator[str]:
    printed, seconds = simulate_program(item.program)
    if printed.error is not None:
        yield f"프로그램이 오류로 끝났습니다({printed.error}). 오류를 묻는 문항이면 `try`로 잡아 출력하세요."
        return
    for choice in item.choices:
        same = choice.output == printed.text
        if choice.key and not same:
            yield f"정답 `{choice.id}`와 달리 실제로는 “{printed.text}”가 출력됩니다. 정답이나 프로그램을 고치세요."
        if same and not choice.key:
            yield f"오답 `{choice.id}`가 실제로 출력되는 것과 같습니다. 다른 출력으로 바꾸세요."
    if seconds > LONGEST_REAL_S and not item.virtual_only:
        yield (
            f"프로그램이 {seconds:.0f}초를 기다려 실제 서버에서 시험할 수 없습니다. 기다림을 {LONGEST_REAL_S}초 이하로 줄이거나 "
            "virtual_only에 까닭을 적으세요."
        )
    if seconds <= LONGEST_REAL_S and item.virtual_only:
        yield "실제 서버에서 바로 시험할 수 있는 프로그램입니다. virtual_only를 지우세요."


def _command(item: CommandItem) -> Iterator[str]:
    key, *others = item.accept
    try:
        wanted = _effects(item, key)
    except ValueError as error:
        yield f"setup이 실행되지 않습니다({error}). 명령을 고치세요."
        return
    for effect in wanted:
        if effect.refused:
            yield f"정답 `{key}`를 캐시가 거절합니다({effect.reply}). 명령을 고치세요."
    for line in others:
        for effect, want in zip(_effects(item, line), wanted, strict=True):
            if effect != want:
                yield (
                    f"accept의 `{line}`은 `{key}`와 결과가 다릅니다(응답 {effect.reply}, 정답의 응답 {want.reply}). "
                    "빼거나 고치세요."
                )
    for one in item.reject:
        for line in one.inputs:
            if _effects(item, line) == wanted:
                yield f"reject `{one.id}`의 `{line}`은 정답과 응답도 결과도 같습니다. accept로 옮기세요."


def _effects(item: CommandItem, line: str) -> list[Effect]:
    return [simulate_command(setup, line) for setup in item.situations()]
