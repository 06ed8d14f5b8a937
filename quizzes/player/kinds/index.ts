/** The kinds the player knows. The type makes the compiler ask for each kind that quizzes/engine/kinds has. */

import type { Kind } from "../types.generated.ts";
import { choice } from "./choice.ts";
import type { ItemKind } from "./kind.ts";
import { match } from "./match.ts";
import { order } from "./order.ts";

export const KINDS: Readonly<Record<Kind, ItemKind>> = { choice, order, match };
