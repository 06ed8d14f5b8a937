/**
 * Makes runtime files small for any host: `node runtime_pack.mjs PLAN`, where PLAN is a JSON list of
 * `{"do": "zstd" | "decoder" | "glue" | "module", "from": FILE, "to": FILE}`. Whatever the host compresses, few bytes travel.
 *
 * zstd: the worker unpacks these itself.
 * decoder: the WebAssembly that does so, taken out of the module that npm's zstddec wraps around it: that one fetches itself from
 *   a data: address, which the site's policy forbids.
 * glue: Pyodide's large script, gzipped. The site's policy lets a worker begin with text the page hands it, so the page unpacks the
 *   glue with what browsers have built in and starts the worker from it; it leaves its function in `globalThis`.
 * module: other scripts must arrive as scripts, so these are only minified.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { transformSync } from "esbuild";

// The window may not be larger than what the worker's decoder accepts (2^25); 2^24 covers the largest file.
const ZSTD = {
  [constants.ZSTD_c_compressionLevel]: 22,
  [constants.ZSTD_c_windowLog]: 24,
  [constants.ZSTD_c_contentSizeFlag]: 1,
};

/** Exports the loop below would miss because they are a WebAssembly global and a tag. */
const NOT_FUNCTIONS = new Set(["___stack_pointer", "___c_longjmp"]);

/** `source` minified, without its pointer to a source map that is not shipped. */
export function minified(source) {
  const legal = source.replace(/\n\/\/# sourceMappingURL=.*$/m, "");
  return transformSync(legal, { minify: true, format: "esm", target: "es2022", charset: "utf8" }).code;
}

/**
 * Pyodide's glue gives each of its ~4 500 exported functions a variable and a property of its own, 0.5 MB of text. This drops
 * the variables that nothing reads and sets the properties in a loop. Returns `source` unchanged in meaning.
 *
 * Throws when the text does not have the form this knows, for the maintainer who upgrades Pyodide.
 */
export function withoutUnreadExports(source) {
  const assignment = /([A-Za-z_$][\w$]*)=Module\["\1"\]=wasmExports\["([\w$]+)"\];/g;
  const uses = new Map();
  for (const [name] of source.matchAll(/[A-Za-z_$][\w$]*/g)) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const unread = new Set();
  let seen = 0;
  const body = source.replace(assignment, (text, name, wasmName) => {
    seen++;
    // Three uses are the variable's declaration, its assignment and the property's name.
    if (name !== `_${wasmName}` || uses.get(name) !== 3 || NOT_FUNCTIONS.has(name)) {
      return text;
    }
    unread.add(name);
    return "";
  });
  const start = "function assignWasmExports(wasmExports){";
  if (seen < 1000 || unread.size < seen / 2 || body.split(start).length !== 2) {
    throw new Error(
      `pyodide.asm.mjs: ${seen} export assignments, ${unread.size} of them unread; this Pyodide is built differently. ` +
        "Look at withoutUnreadExports in scripts/steps/runtime_pack.mjs.",
    );
  }
  const declared = body.replace(/\bvar ((?:[A-Za-z_$][\w$]*,){100,}[A-Za-z_$][\w$]*);/g, (_, names) => {
    const kept = names.split(",").filter((name) => !unread.has(name));
    return kept.length > 0 ? `var ${kept.join(",")};` : "";
  });
  const loop =
    'for(const name in wasmExports)if(typeof wasmExports[name]=="function")Module["_"+name]=wasmExports[name];';
  return declared.replace(start, start + loop);
}

/**
 * A JavaScript function gets into a WebAssembly table inside a small module that depends on its signature only. Pyodide's glue
 * compiles one for each of some 250 functions while it starts; this compiles one for each signature.
 */
export function withSharedWrappers(source) {
  const compiled =
    "var module=new WebAssembly.Module(bytes);var instance=new WebAssembly.Instance(module,{e:{f:func}})";
  const start = "var convertJsFunctionToWasm=(func,sig)=>{";
  if (source.split(compiled).length !== 2 || source.split(start).length !== 2) {
    throw new Error(
      "pyodide.asm.mjs wraps functions differently; look at withSharedWrappers in runtime_pack.mjs.",
    );
  }
  const shared = compiled.replace(
    "new WebAssembly.Module(bytes)",
    "wrapperModules[sig]??=new WebAssembly.Module(bytes)",
  );
  return source.replace(compiled, shared).replace(start, `var wrapperModules={};${start}`);
}

/**
 * A module of one function, its default export, as `globalThis.createPyodideModule`: text that a worker begins with cannot export.
 * In brackets, which tells JavaScript engines that it is called at once: otherwise they read its 0.7 MB twice.
 */
function leftInGlobal(module) {
  const form = /^(async function (\w+)\(.*\})var (\w+)=\2;export\{\3 as default\};\s*$/s;
  if (!form.test(module)) {
    throw new Error(
      "pyodide.asm.mjs is not one exported function; look at leftInGlobal in runtime_pack.mjs.",
    );
  }
  return module.replace(form, (_, whole) => `globalThis.createPyodideModule=(${whole});\n`);
}

/** The WebAssembly inside zstddec's module, which holds it as base64. */
function decoder(module) {
  const wasm = Buffer.from(/^const wasm = "([A-Za-z0-9+/=]+)";$/m.exec(module)?.[1] ?? "", "base64");
  const needed = ["memory", "malloc", "free", "ZSTD_findDecompressedSize", "ZSTD_decompress", "ZSTD_isError"];
  const offered =
    wasm.length > 0 ? WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name) : [];
  const missing = needed.filter((name) => !offered.includes(name));
  if (missing.length > 0) {
    throw new Error(
      `zstddec holds no WebAssembly with ${missing.join(", ")}; look at decoder in runtime_pack.mjs.`,
    );
  }
  return wasm;
}

function pack({ do: how, from, to }) {
  if (how === "zstd") {
    writeFileSync(to, zstdCompressSync(readFileSync(from), { params: ZSTD }));
    return;
  }
  const source = readFileSync(from, "utf8");
  if (how === "decoder") {
    writeFileSync(to, decoder(source));
  } else if (how === "glue") {
    writeFileSync(
      to,
      gzipSync(leftInGlobal(minified(withSharedWrappers(withoutUnreadExports(source)))), { level: 9 }),
    );
  } else {
    writeFileSync(to, minified(source));
  }
}

if (import.meta.main) {
  for (const task of JSON.parse(process.argv[2])) {
    pack(task);
  }
}
