/** Why Python could not do something, with the Korean sentence that a learner sees. */

export type FailureCode =
  /** A file of the runtime could not be fetched. */
  | "network"
  /** A file arrived that is not the one that was built. */
  | "damaged"
  /** This browser lacks something Python needs. */
  | "unsupported"
  /** Something else went wrong while starting. */
  | "start"
  /** Another run is going on. */
  | "busy"
  /** The worker ended by itself. */
  | "crashed"
  /** A line at the prompt was stopped. */
  | "stopped"
  /** A line at the prompt took too long. */
  | "deadline";

const SENTENCES: Readonly<Record<FailureCode, string>> = {
  network: "파이썬 파일을 내려받지 못했습니다. 인터넷 연결을 확인하고 다시 시도하세요.",
  damaged: "내려받은 파이썬 파일이 온전하지 않습니다. 페이지를 새로 고친 다음 다시 시도하세요.",
  unsupported: "이 브라우저에서는 파이썬을 실행할 수 없습니다. 브라우저를 최신 판으로 올리세요.",
  start: "파이썬을 시작하지 못했습니다. 페이지를 새로 고친 다음 다시 시도하세요.",
  busy: "다른 코드가 아직 실행 중입니다. 끝나기를 기다리거나 중지를 누르세요.",
  crashed: "파이썬이 갑자기 멈추었습니다. 실습 환경을 다시 준비하니 잠시 뒤에 다시 실행하세요.",
  stopped: "명령을 멈추었습니다.",
  deadline: "명령이 너무 오래 걸려 멈추었습니다.",
};

export class RuntimeFailure extends Error {
  readonly code: FailureCode;
  /** For the console and bug reports, in English. */
  readonly detail: string;

  constructor(code: FailureCode, detail: string, cause?: unknown) {
    super(SENTENCES[code], { cause });
    this.name = "RuntimeFailure";
    this.code = code;
    this.detail = detail;
  }
}
