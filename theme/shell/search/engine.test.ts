import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, pagesOf } from "./answer.ts";
import { createEngine, type Section } from "./engine.ts";
import { distance, keystrokes, stemOf } from "./hangul.ts";
import { markedText, markedTitle } from "./marks.ts";
import { find, prepare, wordsOf } from "./text.ts";

function section(location: string, title: string, text: string[] = [], more: Partial<Section> = {}): Section {
  return { location, title, text, names: [], keys: [], boost: 1, ...more };
}

const SECTIONS = [
  section("db/", "DB 캐시: 데이터베이스 옆에", [
    "앱이 캐시에 먼저 묻습니다.",
    "캐시 적중이면 여기서 끝납니다.",
  ]),
  section("db/#miss", "캐시 미스", ["키가 없거나 만료되면 캐시 미스입니다."], { names: ["cache miss"] }),
  section("db/#invalidation", "값이 바뀌면: 캐시 무효화", ["TTL은 한도입니다. 삭제는 곧바로 지웁니다."]),
  section("board/", "리더보드", ["정렬된 집합을 씁니다."], { names: ["leaderboard"] }),
  section("board/#sorted-set", "정렬된 집합이 하는 일", ["ZADD로 넣습니다."], {
    names: ["sorted set", "정렬 세트"],
  }),
  section("security/#tls", "전송 중 암호화", ["`volatile-lru`가 아닙니다.", "a < b 그리고 TLS & 인증"]),
  section("choice/#memorydb", "MemoryDB: 기본 데이터베이스", ["메모리에 원본을 둡니다."]),
];
const engine = createEngine(SECTIONS);
const first = (query: string) => engine.search(query)[0]?.section.location;

for (const [query, expected] of [
  ["무효화를", "db/#invalidation"],
  ["캐시미스가", "db/#miss"],
  ["정렬된집합", "board/#sorted-set"],
  ["정렬 세트", "board/#sorted-set"],
  ["sorted set", "board/#sorted-set"],
  ["전송중암호화", "security/#tls"],
  ["무효화하기", "db/#invalidation"],
  ["MemoryDB가", "choice/#memorydb"],
  ["리더", "board/"],
  ["zadd", "board/#sorted-set"],
  ["volatile-lru", "security/#tls"],
] as const)
  test(`${query} finds ${expected}`, () => assert.equal(first(query), expected));

test("a syllable that is still being typed finds what it may become", () => {
  assert.equal(first("캐심"), "db/#miss");
  assert.equal(first("리더ㅂ"), "board/");
});

test("spellings that sound alike and slips of a key find the word", () => {
  assert.equal(first("캐쉬 미스"), "db/#miss");
  assert.equal(first("리더보느"), "board/");
  assert.equal(first("MemorDB"), "choice/#memorydb");
});

test("a compound that stands nowhere is looked for in its parts", () => {
  assert.equal(first("리더보드명령"), "board/");
});

test("what nothing speaks of finds nothing", () => {
  assert.deepEqual(engine.search("카프카"), []);
  assert.deepEqual(engine.search("  ?! "), []);
});

test("a section with all words of the query comes before one with a single of them", () => {
  const two = createEngine([
    section("a/", "캐시를 고르는 법", ["캐시 캐시 캐시"]),
    section("b/", "글", ["캐시를 백업합니다. 백업은 파일입니다."]),
    section("c/", "캐시를 비우는 법", ["캐시 캐시 캐시"]),
  ]);
  assert.equal(two.search("캐시 백업")[0]?.section.location, "b/");
});

test("words of the query that a section lacks are told", () => {
  const hit = engine.search("무효화 스냅샷").find(({ section }) => section.location === "db/#invalidation");
  assert.deepEqual(hit?.terms, { 무효화: true, 스냅샷: false });
});

test("weightier sections come first when they say the same", () => {
  const same = [section("a/", "제거", [], { boost: 1 }), section("b/", "제거", [], { boost: 2 })];
  assert.deepEqual(
    createEngine(same)
      .search("제거")
      .map((hit) => hit.section.location),
    ["b/", "a/"],
  );
});

test("a page that has the word in its name and throughout comes before a heading that has it once", () => {
  const sections = [
    section("board/#one", "리더보드 하나", ["리더보드"]),
    section("board/", "리더보드: 순위", ["리더보드"]),
    section("board/#two", "둘", ["리더보드"]),
  ];
  assert.equal(createEngine(sections).search("리더보드")[0]?.section.location, "board/");
});

test("a word is keystrokes, with compound sounds split and like sounds folded", () => {
  assert.equal(keystrokes("과"), "ㄱㅗㅏ");
  assert.equal(keystrokes("값"), "ㄱㅏㅂㅅ");
  assert.equal(keystrokes("캐쉬"), keystrokes("케시"));
  assert.equal(keystrokes("TTL"), "ttl");
});

test("particles and verb endings come off when a word remains", () => {
  assert.deepEqual(["캐시를", "샤딩이란", "만료시키기", "평가", "TTL을"].map(stemOf), [
    "캐시",
    "샤딩",
    "만료",
    "평가",
    "TTL",
  ]);
});

test("the distance of words stops counting at its limit", () => {
  assert.equal(distance("abc", "abd", 2), 1);
  assert.equal(distance("abc", "ab", 2), 1);
  assert.equal(distance("abcd", "wxyz", 2), 3);
  assert.equal(distance("a", "abcd", 2), 3);
});

test("words end where the script changes", () => {
  assert.deepEqual(wordsOf("MemoryDB가 volatile-lru?"), ["memorydb", "가", "volatile", "lru"]);
});

test("a match is worth more the more of a word it is, and never reaches over the end of a sentence", () => {
  const quality = (text: string, word: string, typing = false) =>
    [...find(prepare(text), keystrokes(word), typing)].map((found) => found.quality);
  assert.deepEqual(quality("캐시를 봅니다", "캐시"), [1]);
  assert.ok((quality("캐시미스", "캐시")[0] ?? 1) < 1);
  assert.ok((quality("무캐시", "캐시")[0] ?? 1) < (quality("캐시미스", "캐시")[0] ?? 0));
  assert.deepEqual(quality("idlettl", "ttl"), []);
  assert.deepEqual(quality("캐시. 미스", "캐시미스"), []);
  assert.deepEqual(quality("캐시 미스", "캐시미스"), [1]);
  assert.deepEqual(quality("캐시미", "캐심"), []);
  assert.equal(quality("캐시미", "캐심", true).length, 1);
});

test("what was looked for is marked in title and text, and everything else is escaped", () => {
  const hit = engine.search("TLS 암호화")[0];
  assert.ok(hit);
  assert.equal(markedTitle(hit), "전송 중 <mark>암호화</mark>");
  assert.equal(markedText(hit), "<p>a &lt; b 그리고 <mark>TLS</mark> &amp; 인증</p>");
});

test("a long paragraph is cut to the surroundings of its first mark", () => {
  const long = section("a/", "글", [`${"앞의 말 ".repeat(30)}스냅샷을 찍습니다. ${"뒤의 말 ".repeat(60)}`]);
  const [hit] = createEngine([long]).search("스냅샷");
  assert.ok(hit);
  const html = markedText(hit);
  assert.match(html, /^<p>… .{0,30}<mark>스냅샷<\/mark>/);
  assert.match(html, / …<\/p>$/);
  assert.ok(html.length < 200);
});

test("answers are grouped by page, and a page without a hit stands above its headings without text", () => {
  const { items } = answer(engine, pagesOf(SECTIONS), "미스");
  assert.deepEqual(
    items[0]?.map((line) => [line.location, line.score > 0]),
    [
      ["db/#miss", true],
      ["db/", false],
    ],
  );
  assert.equal(items[0]?.at(-1)?.text, "");
});
