"""The maintainer's door: `python -m quizzes lint | list | schema | export`."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from quizzes.engine import bank as banks
from quizzes.engine import export, lint, rubric, schema
from quizzes.engine.errors import BankError
from quizzes.engine.lint.history import bank_at
from quizzes.engine.model import Item
from theme import facts as site_facts
from theme.facts import FactsError


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status: 0 nothing to change, 1 something to change, 2 the command was not understood."""
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "lint":
                return _lint(options.since, options.today)
            case "list":
                return _list(options.unit)
            case "export":
                return _export(options.to, options.set, options.out, options.site_url)
            case _:
                return _schema(options.write)
    except (BankError, FactsError) as error:
        print("\n".join(error.problems), file=sys.stderr)
        print(f"\n문제 {len(error.problems)}개 때문에 읽지 못했습니다.", file=sys.stderr)
        return 1


def _lint(since: str | None, today: date) -> int:
    previous = bank_at(since) if since else None
    findings = lint.run(lint.context(banks.load(), today, previous))
    for finding in findings:
        print(finding)
    errors = sum(finding.level == "error" for finding in findings)
    print(f"오류 {errors}개, 경고 {len(findings) - errors}개")
    return 1 if errors else 0


def _list(only: str | None) -> int:
    bank = banks.load()
    units = [bank.unit(only)] if only else bank.units
    for unit in units:
        print(f"{unit.unit}  {unit.file.title}  {_counts(unit.file.items)}")
        for item in unit.file.items:
            marks = "".join(mark for mark, on in (("E", item.exam_format), ("S", item.scenario)) if on)
            print(f"  {item.id} r{item.rev} {item.kind:<7} {marks:<2} {item.task} {item.level:<10} {item.objective}")
    print(f"모두 {sum(len(unit.file.items) for unit in units)}문항 (E 시험 형식, S 시나리오)")
    return 0


def _counts(items: Sequence[Item]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in Counter(item.kind for item in items).items())


def _schema(write: bool) -> int:
    if write:
        schema.write()
        print("schema.json과 types.generated.ts를 새로 썼습니다.")
        return 0
    stale = schema.stale()
    for path in stale:
        print(f"{path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path.name}: 모델과 다릅니다.")
    print(
        "`python -m quizzes schema --write`로 새로 쓰세요."
        if stale
        else "schema.json과 types.generated.ts가 모델과 같습니다."
    )
    return 1 if stale else 0


def _export(to: str, only: str | None, out: Path | None, site: str | None) -> int:
    bank, facts = banks.load(), site_facts.load()
    units = [bank.unit(only)] if only else bank.units
    asked = [question for unit in units for question in export.questions(unit, rubric.build(unit, facts), site)]
    chosen = export.FORMATS[to]
    held, refused = export.sort_out(chosen, asked)
    path = out or Path(f"elasticache-{only or 'bank'}{chosen.suffix}")
    try:
        path.write_bytes(chosen.write(held))
    except OSError as error:
        print(f"{path}에 쓰지 못했습니다({error.strerror}). --out에 쓸 수 있는 곳을 적으세요.", file=sys.stderr)
        return 1
    print(f"{path}에 {len(held)}문항을 썼습니다.")
    for reason, ids in refused.items():
        print(f"뺀 문항 {len(ids)}개: {reason}\n  {', '.join(ids)}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m quizzes", description="문항을 검사하고 목록을 봅니다.")
    commands = parser.add_subparsers(dest="command", required=True)
    lint_command = commands.add_parser("lint", help="모든 규칙으로 문항을 검사합니다")
    lint_command.add_argument("--since", metavar="REF", help="이 git 버전의 문항과 견주어 rev와 id를 검사합니다")
    lint_command.add_argument(
        "--today", type=date.fromisoformat, default=date.today(), help="오늘로 여길 날짜(YYYY-MM-DD)"
    )
    list_command = commands.add_parser("list", help="문항 목록을 봅니다")
    list_command.add_argument("--unit", help="한 단원만 봅니다")
    export_command = commands.add_parser("export", help="다른 프로그램의 형식으로 내보냅니다(정답 포함)")
    export_command.add_argument("--to", required=True, choices=list(export.FORMATS), help="형식")
    export_command.add_argument("--set", metavar="UNIT", help="한 단원만 내보냅니다")
    export_command.add_argument("--out", metavar="FILE", type=Path, help="쓸 파일(기본: 지금 폴더)")
    export_command.add_argument(
        "--site-url", metavar="URL", help="강의로 가는 링크의 앞부분. 없으면 강의 이름만 적습니다"
    )
    schema_command = commands.add_parser("schema", help="schema.json과 types.generated.ts가 모델과 같은지 봅니다")
    schema_command.add_argument("--write", action="store_true", help="다른 것을 새로 씁니다")
    return parser


if __name__ == "__main__":
    sys.exit(main())
