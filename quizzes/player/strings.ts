/** Every word of the player that a learner reads. Texts of items come from the build. */

import type { Confidence, Verdict } from "./session.ts";

export const strings = {
  practice: (count: number) => `연습 문제 ${count}개`,
  check: "확인 문제",
  items: "문항 고르기",
  item: (number: number, state: string) => `문항 ${number}, ${state}`,
  results: "결과",
  states: { open: "아직 안 풂", started: "푸는 중", right: "맞음", wrong: "틀림" },
  count: (number: number, total: number) => `문항 ${number} / ${total}`,
  reserved: "저장 공간을 쓸 수 없어 이번 방문 동안만 답을 기억합니다.",

  confidence: "얼마나 확신하나요?",
  confidenceNote: "고르지 않아도 됩니다. 점수는 그대로입니다.",
  confidences: { guess: "찍음", unsure: "애매함", sure: "확신" } satisfies Record<Confidence, string>,
  checkAnswer: "확인",
  checking: "채점하는 중…",
  later: "나중에 풀기",
  digits: "숫자 키로도 고를 수 있습니다.",

  tooFew: {
    choice: (missing: number) => `아직 ${missing}개를 더 골라야 합니다.`,
    order: (missing: number) => `아직 ${missing}개를 더 놓아야 합니다.`,
    match: (missing: number) => `아직 ${missing}개의 짝을 더 골라야 합니다.`,
    command: () => "아직 명령을 쓰지 않았습니다.",
  },
  tooMany: (needed: number, extra: number) => `정답은 ${needed}개입니다. ${extra}개를 빼세요.`,

  verdicts: {
    right: { title: "정답입니다", note: "틀린 보기가 왜 틀렸는지도 읽어 보세요." },
    wrong: { title: "오답입니다", note: "보기마다 까닭을 읽고, 강의에서 그 대목을 다시 보세요." },
  } satisfies Record<Verdict, { title: string; note: string }>,
  orderVerdictNote: "아래는 바른 차례입니다.",
  predictVerdictNote: "출력마다 까닭을 읽고, 프로그램을 한 줄씩 다시 따라가 보세요.",
  commandVerdictNote: "아래에 정답과 까닭을 적었습니다.",
  matchVerdictNote: "항목마다 바른 짝과 까닭을 적었습니다.",
  marks: { key: "정답", picked: "고른 답", keyPicked: "정답 · 고른 답" },
  takeaway: "정리",
  see: "강의에서 다시 보기",
  sources: "출처",
  checkedOn: (day: string) => `${day} 확인`,
  next: "다음 문항",
  toResults: "결과 보기",
  again: "다시 풀기",

  rubricFailed: "정답을 받지 못했습니다. 인터넷 연결을 살피고 다시 눌러 주세요. 고른 답은 그대로 있습니다.",
  rubricOutdated: "이 문항이 방금 바뀌었습니다. 페이지를 새로 고친 다음 다시 풀어 주세요.",
  explanationFailed: "해설을 받지 못했습니다.",
  fetchAgain: "다시 받기",

  place: (text: string, position: number) => `${position}번째로 놓기: ${text}`,
  placed: (position: number) => `${position}번째에 놓았습니다.`,
  moveUp: (text: string) => `앞으로 옮기기: ${text}`,
  moveDown: (text: string) => `뒤로 옮기기: ${text}`,
  takeOut: (text: string) => `빼기: ${text}`,
  tookOut: "뺐습니다.",
  remaining: "아직 놓지 않은 것",
  sequence: "정한 차례",
  sequenceEmpty: "아래에서 먼저 할 것부터 누르세요.",
  placedRight: "자리가 맞음",
  placedAt: (position: number) => `고른 자리 ${position}번째`,
  pairRight: "짝이 맞음",
  pairWrong: (option: string) => `정답: ${option}`,

  commandKey: "정답",
  commandAlso: "이렇게 써도 됩니다",
  commandUnknown:
    "이 문항이 아는 답이 아닙니다. 명령의 이름, 인수의 차례, 키와 값을 정답과 하나씩 견주어 보세요.",
  commandRight: "맞는 명령",
  commandWrong: "쓴 명령이 정답과 다름",

  report: "이 문항 신고",
  reportLead:
    "답이나 해설이 이상하면 아래 글을 복사해 이 사이트의 저장소에 이슈로 올려 주세요. 여기서 보내지는 않습니다.",
  reportLabel: "신고 글",
  copy: "복사",
  copied: "복사했습니다.",
  copyFailed: "복사하지 못했습니다. 글을 직접 선택해 복사하세요.",
  close: "닫기",

  resultTitle: (right: number, total: number) => `${total}문항 가운데 ${right}문항을 한 번에 맞혔습니다`,
  resultAll: (total: number) => `${total}문항을 모두 한 번에 맞혔습니다`,
  resultNow: (right: number, total: number) =>
    `다시 풀어서 지금은 ${total}문항 가운데 ${right}문항이 맞았습니다.`,
  resultOpen: (open: number) => `아직 풀지 않은 문항이 ${open}개 있습니다.`,
  weak: "다시 볼 곳",
  weakCount: (missed: number, total: number) => `${total}문항 중 ${missed}문항 틀림`,
  noWeak: "틀린 목표가 없습니다. 며칠 뒤에 한 번 더 풀면 오래 남습니다.",
  lucky: "찍어서 맞힌 문항",
  misconceived: "확신했는데 틀린 문항",
  itemLink: (number: number) => `${number}번`,
  onlyWrong: (count: number) => `틀린 것만 다시 (${count})`,
  restart: "처음부터 다시",
  continueOpen: "남은 문항 풀기",
  printable: "인쇄할 수 있는 정답과 해설",
} as const;
