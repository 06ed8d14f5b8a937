/**
 * Bytecode for the runtime: `pyodide py-compile`, run by the very Python that will read its result.
 *
 *   node runtime_compile.mjs SITE_PACKAGES FOLDER [--exclude NAME]
 *
 * SITE_PACKAGES is where pyodide-build is installed; FOLDER holds the wheels and zips to compile in place. py-compile writes the
 * bytecode of the interpreter that runs it, so the build machine's own Python, whatever its version, will not do: this boots
 * Pyodide on Node and mounts both folders into it.
 */
import { loadPyodide } from "pyodide";

const [sitePackages, folder, ...options] = process.argv.slice(2);
if (!sitePackages || !folder) {
  console.error("usage: node runtime_compile.mjs SITE_PACKAGES FOLDER [--exclude NAME]");
  process.exit(2);
}

const pyodide = await loadPyodide({
  // Without docstrings and asserts: a seventh less to download, and the libraries' asserts only narrow types.
  args: ["-OO"],
  // Without SOURCE_DATE_EPOCH each .pyc carries the time it was made; without a hash seed, sets are marshalled in any order.
  env: { SOURCE_DATE_EPOCH: "315532800", PYTHONHASHSEED: "0", NO_COLOR: "1" },
});
pyodide.mountNodeFS("/mnt/site-packages", sitePackages);
pyodide.mountNodeFS("/mnt/work", folder);
pyodide.globals.set("options", pyodide.toPy(options));
pyodide.runPython(`
import sys
sys.path.append("/mnt/site-packages")
from pyodide_build.cli.py_compile import main
main(["/mnt/work", "--silent", "--compression-level", "0", *options], standalone_mode=False)
`);
