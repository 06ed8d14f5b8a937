/** What the runtime itself says to a learner; the player's other words are in ../strings.ts. */

import type { BootStage } from "./protocol.ts";

const MEGABYTE = 1_000_000;

/** One sentence for the status line while Python loads. `again` when an earlier worker was given up. */
export function loadingNote(stage: BootStage, loaded: number, total: number, again: boolean): string {
  const note = stageNote(stage, loaded, total);
  return again ? `실습 환경을 다시 준비합니다. ${note}` : note;
}

function stageNote(stage: BootStage, loaded: number, total: number): string {
  switch (stage) {
    case "download":
      return total > 0
        ? `파이썬을 내려받는 중입니다(${megabytes(loaded)}/${megabytes(total)}MB).`
        : "파이썬을 내려받는 중입니다.";
    case "start":
      return "파이썬을 시작하는 중입니다.";
    case "open":
      return "실습 도구를 여는 중입니다.";
  }
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1);
}

/** The explanation of a run that took Python down with it. */
export const CRASHED =
  "코드가 파이썬을 멈추게 해서 실습 환경을 새로 열었습니다. 메모리를 아주 많이 쓰거나 파이썬을 끝내는 줄이 없는지 보세요.";
