/** The script of the page that test_runtime.py drives: the runtime as the player gets it, and nothing else of the player. */

import { labRuntime } from "../../labs/player/runtime/index.ts";

Object.assign(globalThis, { lab: labRuntime() });
