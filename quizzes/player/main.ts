/** Entry of quiz.js, loaded by the shell on pages that hold a quiz. */

import { QuizSet } from "./quiz-set.ts";

customElements.define("quiz-set", QuizSet);
