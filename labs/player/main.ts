/** Entry of the lab player: the shell imports this file on pages that hold a lab or the playground. */

import { learningRecord } from "../../theme/record/index.ts";
import { defineLabStep } from "./lab-step.ts";
import { defineLabPrompt } from "./prompt/door.ts";
import { labRuntime } from "./runtime/index.ts";

const services = { runtime: labRuntime(), record: learningRecord() };
defineLabStep(services);
defineLabPrompt(services);
