/** Every word a learner reads at the prompt that does not come from Python. Apart from ../strings.ts, so that a lab does without it. */

export const strings = {
  label: "명령 프롬프트",
  field: (prompt: string) => `명령 입력 ${prompt}`,
  placeholder: "명령을 입력하세요",
  send: "보내기",
  stop: "중지",
  place: "엔드포인트",
  tools: "기록 도구",
  readable: "한글 그대로 보기",
  copy: "기록 복사",
  fresh: "새로 시작",
  sample: "이렇게 주고받습니다",
  failedAdvice: "인터넷 연결을 살펴보고 다시 시도하세요.",
  log: "주고받은 내용",
  dropped: (count: number) => `오래된 ${count}개는 화면에서 지웠습니다.`,
  options: "자동 완성",
  optionKeys: [
    { key: "→", does: "첫 번째로 완성" },
    { key: "↓", does: "목록에서 고르기" },
  ],
  idleHint: ["명령의 첫 글자를 입력하면 문법을 알려 드립니다.", "↑를 누르면 지난 명령이 나옵니다."],
  clock: "실습 시계",
  days: (days: number) => `${days}일 `,
  passing: "시간 보내기",
  passages: [
    { seconds: 1, text: "+1초" },
    { seconds: 60, text: "+1분" },
    { seconds: 3_600, text: "+1시간" },
    { seconds: 86_400, text: "+1일" },
  ],
  status: {
    idle: "명령을 보내면 준비합니다",
    working: (seconds: string) => `답을 기다리는 중 ${seconds}초`,
  },
  renewed: "캐시를 새로 켰습니다.",
  adviceOnLetters:
    "한글은 바이트로 저장되고, redis-cli는 그 바이트를 `\\x`로 보여 줍니다. 글자로 보려면 ‘한글 그대로 보기’를 켜세요.",
  unsent: (count: number) => `남은 ${count}줄은 보내지 않았습니다.`,
  tooMany: (most: number, rest: number) =>
    `한 번에 ${most}줄까지 보냅니다. 뒤의 ${rest}줄은 보내지 않았습니다.`,
  forgets: "브라우저가 저장을 막아 두어, 창을 닫으면 지난 명령이 사라집니다.",
} as const;
