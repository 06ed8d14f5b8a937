/** Entry of the lab player: the shell imports this file on pages that hold a lab. */

import { learningRecord } from "../../theme/record/index.ts";
import { defineLabStep } from "./lab-step.ts";
import { labRuntime } from "./runtime/index.ts";

defineLabStep({ runtime: labRuntime(), record: learningRecord() });
