/** The kinds the player knows. The type makes the compiler ask for each kind that quizzes/engine/kinds has. */

import type { Kind } from "../types.generated.ts";
import { choice } from "./choice.ts";
import { command } from "./command.ts";
import type { ItemKind } from "./kind.ts";
import { match } from "./match.ts";
import { order } from "./order.ts";
import { predict } from "./predict.ts";

export const KINDS: Readonly<Record<Kind, ItemKind>> = { choice, order, match, predict, command };
