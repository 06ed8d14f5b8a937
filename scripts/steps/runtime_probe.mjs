/**
 * Says which modules the labs import: `node runtime_probe.mjs SITE_PACKAGES ROOT` boots stock Pyodide, mounts both, runs
 * runtime_probe.py in it and prints its JSON line.
 */
import { readFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

const [sitePackages, root] = process.argv.slice(2);
const pyodide = await loadPyodide();
pyodide.mountNodeFS("/mnt/site-packages", sitePackages);
pyodide.mountNodeFS("/mnt/project/labs", `${root}/labs`);
// A promise, because the guard of a run may wait.
console.log(
  await pyodide.runPythonAsync(readFileSync(new URL("./runtime_probe.py", import.meta.url), "utf8")),
);
