"""The runtime bundle: what goes in, that it is small, that the same inputs give the same bytes."""

import gzip
import hashlib
import importlib.metadata
import json
import subprocess
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest

from scripts.commands.build import build_runtime
from scripts.steps import notices, runtime_bundle, runtime_modules
from scripts.steps.runtime_bundle import Wheel
from scripts.steps.stages import ROOT, StageError

NODE = str(ROOT / ".venv/bin/node")
# Of CPython 3.14; bytecode of any other version would be refused by Pyodide 314.
MAGIC_3_14 = 3627
MEGABYTE = 1_000_000


def node(script: str, *arguments: str) -> str:
    """What `script`, an ES module, prints."""
    command = [NODE, "--input-type=module", "--eval", script, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def bundle() -> Path:
    """The bundle that the site ships, brought up to date."""
    return build_runtime(lambda line: None)


@pytest.fixture(scope="module")
def unpacked(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every packed file of the bundle under its real name."""
    folder = tmp_path_factory.mktemp("unpacked")
    script = """
        import fs from "node:fs";
        import { gunzipSync, zstdDecompressSync } from "node:zlib";
        const [from, to] = process.argv.slice(1);
        for (const name of fs.readdirSync(from).filter((name) => name.endsWith(".bin"))) {
          const unpack = name.includes(".mjs") ? gunzipSync : zstdDecompressSync;
          fs.writeFileSync(`${to}/${name.slice(0, -4)}`, unpack(fs.readFileSync(`${from}/${name}`)));
        }"""
    node(script, str(bundle), str(folder))
    return folder


@pytest.fixture(scope="module")
def lock(bundle: Path) -> dict[str, dict[str, object]]:
    packages: dict[str, dict[str, object]] = json.loads((bundle / "pyodide-lock.json").read_text())["packages"]
    return packages


class TestBuild:
    def test_gives_the_same_bytes_every_time(self, bundle: Path, tmp_path: Path) -> None:
        again = tmp_path / "again"
        runtime_bundle.build(again)
        first, second = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in (bundle, again))
        assert first.keys() == second.keys()
        assert [name for name in first if first[name] != second[name]] == []

    def test_manifest_lists_every_file_as_it_is(self, bundle: Path) -> None:
        manifest = json.loads((bundle / "manifest.json").read_text())
        seen = {
            file.name: {"bytes": file.stat().st_size, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
            for file in bundle.iterdir()
            if file.name != "manifest.json"
        }
        assert manifest["files"] == seen
        assert manifest["pyodide"] == "314.0.7"

    def test_has_what_pyodide_asks_for(self, bundle: Path) -> None:
        names = {file.name for file in bundle.iterdir()}
        core = (
            "pyodide.asm.wasm.bin",
            "python_stdlib.zip.bin",
            "pyodide.mjs",
            "pyodide.asm.mjs.bin",
            "pyodide-lock.json",
        )
        assert set(core) <= names
        assert [name for name in names if name.endswith((".whl", ".map", ".py"))] == []

    def test_is_small_on_a_host_that_compresses_nothing(self, bundle: Path) -> None:
        """6.5 MB is for the whole first visit of a lab; the page, its fonts and the player take 1 MB of it."""
        assert sum(file.stat().st_size for file in bundle.iterdir()) <= 5.5 * MEGABYTE

    def test_is_smaller_on_a_host_that_gzips(self, bundle: Path) -> None:
        sent = [
            min(len(gzip.compress(data, 6)), len(data)) for data in (file.read_bytes() for file in bundle.iterdir())
        ]
        assert sum(sent) <= 5.6 * MEGABYTE

    def test_replaces_what_was_there(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        out = tmp_path / "runtime"
        out.mkdir()
        (out / "old").touch()
        monkeypatch.setattr(runtime_bundle, "_make", lambda making, scratch: (making / "new").touch())
        runtime_bundle.build(out)
        assert [file.name for file in out.iterdir()] == ["new"]
        assert list(tmp_path.iterdir()) == [out]

    def test_a_failure_leaves_everything_as_it_was(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        out = tmp_path / "runtime"
        out.mkdir()
        (out / "manifest.json").touch()

        def fail(making: Path, scratch: Path) -> None:
            (making / "half").touch()
            raise StageError("실습 실행 환경", "끊겼습니다.")

        monkeypatch.setattr(runtime_bundle, "_make", fail)
        with pytest.raises(StageError):
            runtime_bundle.build(out)
        assert [file.name for file in out.iterdir()] == ["manifest.json"]
        assert list(tmp_path.iterdir()) == [out]


class TestLock:
    def test_names_our_packages_and_no_others(self, lock: Mapping[str, Mapping[str, object]]) -> None:
        assert set(lock) == {*runtime_bundle.DISTRIBUTIONS, runtime_bundle.LABS, runtime_bundle.CATALOG}

    def test_holds_the_hashes_of_the_files_as_they_travel(
        self, bundle: Path, lock: Mapping[str, Mapping[str, object]]
    ) -> None:
        for package in lock.values():
            content = (bundle / str(package["file_name"])).read_bytes()
            assert hashlib.sha256(content).hexdigest() == package["sha256"]

    def test_needs_nothing_that_it_does_not_name(self, lock: Mapping[str, Mapping[str, object]]) -> None:
        for package in lock.values():
            depends = package["depends"]
            assert isinstance(depends, list)
            assert set(depends) <= set(lock)

    def test_names_the_installed_versions(self, lock: Mapping[str, Mapping[str, object]]) -> None:
        for name in runtime_bundle.DISTRIBUTIONS:
            assert lock[name]["version"] == importlib.metadata.version(name)

    def test_the_third_party_notices_name_the_same_packages(self) -> None:
        assert set(notices.RUNTIME_PACKAGES) == set(runtime_bundle.DISTRIBUTIONS)


class TestContents:
    def test_python_is_bytecode_of_the_python_that_reads_it(self, unpacked: Path) -> None:
        magics = set()
        for file in unpacked.glob("*.zip"):
            with zipfile.ZipFile(file) as archive:
                compiled = [name for name in archive.namelist() if name.endswith(".pyc")]
                magics |= {int.from_bytes(archive.read(name)[:2], "little") for name in compiled}
                if runtime_bundle.CATALOG not in file.name:
                    assert [name for name in archive.namelist() if name.endswith(".py")] == []
        assert magics == {MAGIC_3_14}

    def test_lab_code_stays_text_because_the_engine_reads_it_cell_by_cell(self, unpacked: Path) -> None:
        [file] = unpacked.glob(f"{runtime_bundle.CATALOG}-*.zip")
        with zipfile.ZipFile(file) as archive:
            starter = archive.read("labs/catalog/cache-hit-miss/starter.py")
        assert starter == (ROOT / "labs/catalog/cache-hit-miss/starter.py").read_bytes()

    def test_archives_are_stored_because_they_travel_packed(self, unpacked: Path) -> None:
        for file in unpacked.glob("*.zip"):
            with zipfile.ZipFile(file) as archive:
                assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}

    def test_keeps_the_licences_of_what_it_redistributes(self, unpacked: Path) -> None:
        for name in runtime_bundle.DISTRIBUTIONS:
            [file] = unpacked.glob(f"{name}-*.zip")
            with zipfile.ZipFile(file) as archive:
                assert [entry for entry in archive.namelist() if "LICENSE" in entry.upper()], name

    def test_keeps_the_data_that_packages_read(self, unpacked: Path) -> None:
        [file] = unpacked.glob("fakeredis-*.zip")
        with zipfile.ZipFile(file) as archive:
            assert "fakeredis/commands.json" in archive.namelist()

    def test_web_assembly_is_untouched(self, unpacked: Path) -> None:
        shipped = (unpacked / "pyodide.asm.wasm").read_bytes()
        assert shipped == (ROOT / "node_modules/pyodide/pyodide.asm.wasm").read_bytes()

    def test_the_glue_keeps_every_function_that_pyodide_exports(self, unpacked: Path) -> None:
        """Booted on Node with the shortened glue: nothing that the long one offers is missing."""
        lost = node(
            """
            import { loadPyodide } from "pyodide";
            await import(process.argv[1]);
            const whole = await loadPyodide();
            const short = await loadPyodide({ createPyodideModule: globalThis.createPyodideModule });
            const kind = ({ _module }, name) => typeof _module[name];
            const names = Object.keys(whole._module).filter((name) => kind(whole, name) !== kind(short, name));
            console.log(JSON.stringify({ names, two: short.runPython("1 + 1") }));
            process.exit();
            """,
            str(unpacked / "pyodide.asm.mjs"),
        )
        assert json.loads(lost) == {"names": [], "two": 2}

    @pytest.mark.parametrize("step", ["withoutUnreadExports", "withSharedWrappers"])
    def test_refuses_a_glue_it_does_not_know(self, step: str) -> None:
        said = node(
            f"""
            import {{ {step} }} from "./scripts/steps/runtime_pack.mjs";
            try {{ {step}("function assignWasmExports(wasmExports){{}}"); }} catch (error) {{ console.log(error.message); }}
            """
        )
        assert f"{step} in" in said


class TestWheels:
    def test_an_installed_distribution_gives_its_wheel_back(self) -> None:
        wheel = runtime_bundle.installed_wheel("sortedcontainers")
        assert wheel.name == f"sortedcontainers-{importlib.metadata.version('sortedcontainers')}-py3-none-any.whl"
        assert "sortedcontainers/sortedlist.py" in wheel.members
        assert [name for name in wheel.members if name.endswith((".pyc", "INSTALLER", "RECORD")) or ".." in name] == []

    @pytest.mark.parametrize(("change", "said"), [("edit", "바뀌었습니다"), ("delete", "없습니다")])
    def test_refuses_an_environment_that_was_touched(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, said: str
    ) -> None:
        info = tmp_path / "thing-1.0.dist-info"
        info.mkdir()
        (tmp_path / "thing.py").write_text("x = 1\n")
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        rows = [f"thing.py,{runtime_bundle.record_hash(b'x = 1' + bytes([10]))},6", "thing-1.0.dist-info/RECORD,,"]
        (info / "RECORD").write_text("\n".join(rows))
        distribution = importlib.metadata.PathDistribution(info)
        monkeypatch.setattr(importlib.metadata, "distribution", lambda name: distribution)
        assert runtime_bundle.installed_wheel("thing").members == {"thing.py": b"x = 1\n"}
        if change == "edit":
            (tmp_path / "thing.py").write_text("x = 2\n")
        else:
            (tmp_path / "thing.py").unlink()
        with pytest.raises(StageError, match=said):
            runtime_bundle.installed_wheel("thing")

    def test_a_written_wheel_records_its_files(self, tmp_path: Path) -> None:
        wheel = Wheel(
            "thing-1.0-py3-none-any.whl", {"thing.py": b"x = 1\n", "thing-1.0.dist-info/METADATA": b"Name: thing\n"}
        )
        with zipfile.ZipFile(runtime_bundle.write_wheel(wheel, tmp_path)) as archive:
            record = archive.read("thing-1.0.dist-info/RECORD").decode()
        assert f"thing.py,{runtime_bundle.record_hash(wheel.members['thing.py'])},6\n" in record
        assert record.endswith("thing-1.0.dist-info/RECORD,,\n")

    def test_a_stored_zip_does_not_depend_on_time_or_order(self) -> None:
        one = runtime_bundle.stored_zip({"b": b"2", "a": b"1"})
        assert one == runtime_bundle.stored_zip({"a": b"1", "b": b"2"})
        with zipfile.ZipFile(BytesIO(one)) as archive:
            assert archive.namelist() == ["a", "b"]


class TestOurWheel:
    def test_leaves_out_what_only_the_build_needs(self) -> None:
        members = runtime_bundle.labs_wheel().members
        assert {"labs/__init__.py", "labs/engine/service.py", "labs/cloud/cloud.py"} <= members.keys()
        assert "labs/engine/fence.py" not in members
        assert "lab_guard.py" in members
        assert [name for name in members if name.startswith(("labs/player/", "labs/catalog/"))] == []

    def test_follows_imports_wherever_they_stand(self, tmp_path: Path) -> None:
        files = {
            "__init__.py": "",
            "engine/__init__.py": "",
            "engine/service.py": "from . import grade\n\ndef late():\n    from labs.cloud.clock import tick\n    import_module('labs.cloud.named')\n",
            "engine/grade.py": "import json\nfrom .deep.well import water\n",
            "engine/deep/__init__.py": "",
            "engine/deep/well.py": "",
            "engine/fence.py": "import markdown\n",
            "cloud/__init__.py": "",
            "cloud/clock.py": "",
            "cloud/named.py": "",
            "cloud/unused.py": "",
            "cloud/database.py": "",
            "catalog/lab/starter.py": "# %% one\nfrom labs.cloud import database\n",
        }
        files["player/runtime/guard.py"] = ""
        for name, content in files.items():
            (tmp_path / "labs" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "labs" / name).write_text(content)
        modules = {name for name in runtime_bundle.labs_wheel(tmp_path).members if name.startswith("labs/")}
        unreached = {"engine/fence.py", "cloud/unused.py", "catalog/lab/starter.py", "player/runtime/guard.py"}
        assert modules == {f"labs/{name}" for name in files.keys() - unreached}
        catalog = {name for name in runtime_bundle.catalog_wheel(tmp_path).members if name.startswith("labs/")}
        assert catalog == {"labs/catalog/lab/starter.py"}

    def test_refuses_labs_without_an_engine(self, tmp_path: Path) -> None:
        (tmp_path / "labs").mkdir()
        (tmp_path / "labs/__init__.py").touch()
        with pytest.raises(StageError, match=r"labs/engine/service\.py"):
            runtime_bundle.labs_wheel(tmp_path)


class TestModuleList:
    def test_is_what_the_labs_need_now_and_pyodide_grades_like_cpython(self) -> None:
        """When the lists differ: `python -m scripts.steps.runtime_modules` writes it anew; look at what it changed.

        One boot for both: deriving the list grades every program of the catalog in stock Pyodide.
        """
        (derived, misjudged), committed = runtime_modules.derive(), runtime_modules.read()
        assert misjudged == []
        assert derived.stdlib - committed.stdlib == frozenset()
        assert committed.stdlib - derived.stdlib == frozenset()
        assert derived.packages ^ committed.packages == frozenset()

    def test_reads_back_what_it_writes(self, tmp_path: Path) -> None:
        kept = runtime_modules.Kept(frozenset({"os.py", "json/__init__.py"}), frozenset({"redis/client.py"}))
        (tmp_path / "list.txt").write_text(runtime_modules.text(kept), encoding="utf-8")
        assert runtime_modules.read(tmp_path / "list.txt") == kept

    def test_leaves_out_what_no_learner_needs(self) -> None:
        stdlib = runtime_modules.read().stdlib
        assert [
            name for name in stdlib if name.startswith(("unittest/", "multiprocessing/", "xml/", "_pyrepl/", "http/"))
        ] == []

    def test_a_list_of_other_versions_is_refused(self) -> None:
        wheel = Wheel("thing-1.0-py3-none-any.whl", {"thing/a.py": b""})
        with pytest.raises(StageError, match=r"runtime_modules\.txt에 적힌 thing/gone\.py 등 1개"):
            runtime_bundle.kept_only(wheel, frozenset({"thing/a.py", "thing/gone.py", "other/b.py"}))
