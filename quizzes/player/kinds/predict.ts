/** Kind `predict`: a program above, and below it what it might print. Picked, shown and judged as a single choice. */

import { strings } from "../strings.ts";
import { choice } from "./choice.ts";
import type { ItemKind } from "./kind.ts";

export const predict: ItemKind = { ...choice, note: strings.predictVerdictNote };
