"""The runtime bundle: Pyodide, its standard library and the labs' packages, as small and as quick to start as they get.

From node_modules/pyodide, the installed distributions of this environment and our own `labs`; without network. What is Python
becomes bytecode (runtime_compile.mjs), what no lab needs is left out (runtime_modules.txt), and what is large is packed so that
a host need not compress it (runtime_pack.mjs). `manifest.json` lists every file with its size and SHA-256; `pyodide-lock.json`
lists the packages the worker may load. Both are compiled into the worker, which therefore asks for neither. The same inputs give the same bytes.
"""

import ast
import base64
import csv
import hashlib
import importlib.metadata
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.steps import runtime_modules
from scripts.steps.stages import ROOT, StageError

STAGE = "실습 실행 환경"
DISTRIBUTIONS = ("fakeredis", "redis", "sortedcontainers", "pymemcache")
LABS = "elasticache-labs"
# Apart from the engine, so that py-compile can pass it over: the engine reads lab code as text, cell by cell.
CATALOG = "elasticache-labs-catalog"
LABS_VERSION = "0.1.0"
LABS_ENTRY = "labs.engine.service"

PYODIDE = ROOT / "node_modules/pyodide"
INPUTS = (
    *(ROOT / "labs" / name for name in ("__init__.py", "cloud", "engine", "catalog")),
    ROOT / "labs/player/runtime/guard.py",
    *(ROOT / "scripts/steps" / f"runtime_{name}" for name in ("bundle.py", "modules.txt", "compile.mjs", "pack.mjs")),
    ROOT / "package-lock.json",
    ROOT / "requirements.txt",
)

_NODE = Path(sys.prefix) / "bin/node"
# The earliest time a zip can hold: file times must not make two builds differ.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_DOTTED = re.compile(r"labs(\.[a-z_]+)+")
# Left by pip beside a distribution's own files; the licence texts stay.
_NOT_OF_THE_WHEEL = {"INSTALLER", "REQUESTED", "direct_url.json", "RECORD"}


@dataclass(frozen=True)
class Wheel:
    """A wheel in memory: its file name and its members by archive path, without RECORD."""

    name: str
    members: Mapping[str, bytes]


def build(out: Path) -> None:
    """Write the bundle into `out`, replacing what is there. A failure leaves `out` as it was. Raises StageError."""
    making = out.with_name(f"{out.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    try:
        with tempfile.TemporaryDirectory(prefix="runtime-") as scratch:
            _make(making, Path(scratch))
        shutil.rmtree(out, ignore_errors=True)
        making.rename(out)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _make(out: Path, scratch: Path) -> None:
    kept = runtime_modules.read()
    wheels = scratch / "wheels"
    wheels.mkdir()
    for name in DISTRIBUTIONS:
        write_wheel(kept_only(installed_wheel(name), kept.packages), wheels)
    write_wheel(labs_wheel(), wheels)
    write_wheel(catalog_wheel(), wheels)
    _write_lock(wheels)
    with zipfile.ZipFile(PYODIDE / "python_stdlib.zip") as full:
        members = {name: full.read(name) for name in full.namelist() if name in kept.stdlib}
    _refuse_missing(kept.stdlib - members.keys(), "python_stdlib.zip")
    (wheels / "python_stdlib.zip").write_bytes(stored_zip(members))
    _compile(wheels)

    lock = json.loads((wheels / "pyodide-lock.json").read_text())
    packed = scratch / "packed"
    packed.mkdir()
    plan = [
        {"do": "module", "from": str(PYODIDE / "pyodide.mjs"), "to": str(out / "pyodide.mjs")},
        {"do": "decoder", "from": str(ROOT / "node_modules/zstddec/dist/zstddec.mjs"), "to": str(out / "zstd.wasm")},
        {"do": "glue", "from": str(PYODIDE / "pyodide.asm.mjs"), "to": str(out / "pyodide.asm.mjs.bin")},
        _zstd(PYODIDE / "pyodide.asm.wasm", out),
        _zstd(_repacked(wheels / "python_stdlib.zip", packed / "python_stdlib.zip"), out),
    ]
    for package in lock["packages"].values():
        plan.append(
            _zstd(_repacked(wheels / package["file_name"], packed / f"{package['name']}-{package['version']}.zip"), out)
        )
    _run([str(_NODE), str(ROOT / "scripts/steps/runtime_pack.mjs"), json.dumps(plan)])

    for package in lock["packages"].values():
        # Some company proxies refuse addresses that end in .whl, so no file is called that.
        package["file_name"] = f"{package['name']}-{package['version']}.zip.bin"
        package["sha256"] = hashlib.sha256((out / package["file_name"]).read_bytes()).hexdigest()
    _write_json(out / "pyodide-lock.json", lock)
    _write_json(out / "manifest.json", manifest(out))


def manifest(folder: Path) -> dict[str, object]:
    """What `manifest.json` says about the files of `folder`: bytes and SHA-256 of each."""
    version = json.loads((PYODIDE / "package.json").read_text())["version"]
    files = {
        file.name: {"bytes": file.stat().st_size, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        for file in sorted(folder.iterdir())
        if file.name != "manifest.json"
    }
    return {"schema": 1, "pyodide": version, "files": files}


def installed_wheel(name: str) -> Wheel:
    """The wheel that distribution `name` was installed from, put together again from its RECORD.

    Raises StageError when a file is gone or is not what RECORD says: then the environment was tampered with or half-made.
    """
    distribution = importlib.metadata.distribution(name)
    members: dict[str, bytes] = {}
    for path, digest, _size in csv.reader(io.StringIO(distribution.read_text("RECORD") or "")):
        if path.startswith("..") or path.endswith(".pyc") or Path(path).name in _NOT_OF_THE_WHEEL:
            continue
        file = Path(str(distribution.locate_file(path)))
        content = file.read_bytes() if file.is_file() else None
        if content is None or digest != record_hash(content):
            seen = "없습니다" if content is None else "설치된 뒤에 바뀌었습니다"
            raise StageError(
                STAGE, f"{name} {distribution.version}의 {path} 파일이 {seen}. .venv 폴더를 지우고 다시 시작하세요."
            )
        members[path] = content
    if not members:
        raise StageError(STAGE, f"{name}의 RECORD가 비어 있습니다. .venv 폴더를 지우고 다시 시작하세요.")
    return Wheel(f"{name}-{distribution.version}-py3-none-any.whl", members)


def labs_wheel(root: Path = ROOT) -> Wheel:
    """Our own `labs` as a wheel: what the engine's service imports, so that build-only modules (fence, command line) stay out,
    and the guard of the browser's worker."""
    sources = {f"labs/{path}": content for path, content in _labs_sources(root / "labs").items()}
    # A module of its own: the worker takes it out of learners' reach once it has it.
    sources["lab_guard.py"] = (root / "labs/player/runtime/guard.py").read_bytes()
    return _own_wheel(LABS, sources, (*DISTRIBUTIONS[:2], "pymemcache", CATALOG))


def catalog_wheel(root: Path = ROOT) -> Wheel:
    """The labs' code, installed as text into labs/catalog."""
    catalog = root / "labs/catalog"
    sources = {
        f"labs/catalog/{file.relative_to(catalog).as_posix()}": file.read_bytes()
        for file in sorted(catalog.rglob("*.py"))
    }
    return _own_wheel(CATALOG, sources, ())


def _own_wheel(name: str, sources: Mapping[str, bytes], requires: Iterable[str]) -> Wheel:
    stem = f"{name.replace('-', '_')}-{LABS_VERSION}"
    metadata = [
        "Metadata-Version: 2.4",
        f"Name: {name}",
        f"Version: {LABS_VERSION}",
        *(f"Requires-Dist: {other}" for other in requires),
    ]
    tags = [
        "Wheel-Version: 1.0",
        "Generator: scripts.steps.runtime_bundle",
        "Root-Is-Purelib: true",
        "Tag: py3-none-any",
    ]
    info = {
        f"{stem}.dist-info/METADATA": "\n".join(metadata).encode() + b"\n",
        f"{stem}.dist-info/WHEEL": "\n".join(tags).encode() + b"\n",
    }
    return Wheel(f"{stem}-py3-none-any.whl", {**sources, **info})


def _labs_sources(labs: Path) -> dict[str, bytes]:
    """Files of our package by path below `labs`, reached by imports from the service and from the lab code."""
    waiting = ["labs", LABS_ENTRY]
    for lab_code in labs.joinpath("catalog").rglob("*.py"):
        waiting += _imported_labs(lab_code.read_text(encoding="utf-8"), "")
    found: dict[str, bytes] = {}
    while waiting:
        dotted = waiting.pop()
        file = _module_file(labs, dotted)
        if file is None or file.relative_to(labs).as_posix() in found:
            continue
        found[file.relative_to(labs).as_posix()] = file.read_bytes()
        package = dotted if file.name == "__init__.py" else dotted.rpartition(".")[0]
        waiting += [package, *_imported_labs(file.read_text(encoding="utf-8"), package)]
    entry = LABS_ENTRY.removeprefix("labs.").replace(".", "/") + ".py"
    if entry not in found:
        raise StageError(STAGE, f"labs/{entry} 파일이 없습니다. 실습 엔진의 입구가 있어야 실행 환경을 만듭니다.")
    return dict(sorted(found.items()))


def _imported_labs(source: str, package: str) -> Iterator[str]:
    """Dotted names below `labs` that `source`, a module of `package`, imports or names anywhere, with the packages on the way."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _DOTTED.fullmatch(node.value):
            names = [node.value]  # for importlib.import_module
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "labs":
                yield from (".".join(parts[: count + 1]) for count in range(len(parts)))


def _module_file(labs: Path, dotted: str) -> Path | None:
    path = labs.joinpath(*dotted.split(".")[1:])
    candidates = (path / "__init__.py", path.with_suffix(".py"))
    return next((file for file in candidates if file.is_file()), None)


def kept_only(wheel: Wheel, kept: frozenset[str]) -> Wheel:
    """`wheel` without the modules no lab needs; data files and metadata stay."""
    members = {name: content for name, content in wheel.members.items() if name in kept or not name.endswith(".py")}
    packages = {name.partition("/")[0] for name in wheel.members if name.endswith(".py")}
    _refuse_missing({name for name in kept if name.partition("/")[0] in packages} - members.keys(), wheel.name)
    return Wheel(wheel.name, members)


def _refuse_missing(missing: Iterable[str], where: str) -> None:
    names = sorted(missing)
    if names:
        raise StageError(
            STAGE,
            f"runtime_modules.txt에 적힌 {names[0]} 등 {len(names)}개가 {where}에 없습니다. "
            "판이 바뀌었으면 `python -m scripts.steps.runtime_modules`로 목록을 다시 만드세요.",
        )


def write_wheel(wheel: Wheel, folder: Path) -> Path:
    """Write `wheel` with a RECORD of its own into `folder`; the same wheel gives the same bytes."""
    info = next(name.partition("/")[0] for name in wheel.members if name.partition("/")[0].endswith(".dist-info"))
    rows = [f"{name},{record_hash(content)},{len(content)}" for name, content in sorted(wheel.members.items())]
    record = "\n".join([*rows, f"{info}/RECORD,,"]) + "\n"
    file = folder / wheel.name
    file.write_bytes(stored_zip({**wheel.members, f"{info}/RECORD": record.encode()}))
    return file


def record_hash(content: bytes) -> str:
    """`content`'s hash as RECORD writes it (PEP 376: urlsafe base64 without padding)."""
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def stored_zip(members: Mapping[str, bytes]) -> bytes:
    """A zip of `members`, uncompressed and in name order: quick to read, and packed as a whole later."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(members.items()):
            archive.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content)
    return buffer.getvalue()


def _repacked(source: Path, target: Path) -> Path:
    """`source` again with nothing that depends on when it was made; RECORD, which names the .py files, is dropped."""
    with zipfile.ZipFile(source) as archive:
        members = {
            name: _without_description(content) if name.endswith(".dist-info/METADATA") else content
            for name, content in ((name, archive.read(name)) for name in archive.namelist())
            if not name.endswith(".dist-info/RECORD")
        }
    target.write_bytes(stored_zip(members))
    return target


def _without_description(metadata: bytes) -> bytes:
    """METADATA's headers: its body is the project's README."""
    return metadata.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n"


def _write_lock(wheels: Path) -> None:
    """Let pyodide-lock describe the wheels in `wheels` (names, dependencies, imports, hashes) in pyodide-lock.json there."""
    info = json.loads((PYODIDE / "pyodide-lock.json").read_text())["info"]
    empty = wheels / "empty-lock.json"
    _write_json(empty, {"info": info, "packages": {}})
    files = [str(file) for file in sorted(wheels.glob("*.whl"))]
    pyodide = Path(sys.prefix) / "bin/pyodide"
    output = wheels / "pyodide-lock.json"
    _run([str(pyodide), "lockfile", "add-wheels", *files, "--input", str(empty), "--output", str(output)])
    empty.unlink()


def _compile(folder: Path) -> None:
    """Turn what is Python in the archives of `folder` into bytecode, in place; the lock there keeps up."""
    site_packages = Path(str(importlib.metadata.distribution("pyodide-build").locate_file(".")))
    script = ROOT / "scripts/steps/runtime_compile.mjs"
    _run([str(_NODE), str(script), str(site_packages), str(folder), "--exclude", CATALOG.replace("-", "_")])


def _zstd(file: Path, out: Path) -> dict[str, str]:
    # Not .zst or .gz: servers that know these names send a Content-Encoding of their own accord.
    return {"do": "zstd", "from": str(file), "to": str(out / f"{file.name}.bin")}


def _write_json(file: Path, content: object) -> None:
    file.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        tail = "\n".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-15:])
        raise StageError(STAGE, f"{Path(command[0]).name} {Path(command[1]).name} 명령이 실패했습니다.\n{tail}")
