/**
 * Korean as it is typed. Words are compared as keystrokes, so that a half-composed syllable (캐심 on the way to 캐시미스)
 * already matches, and so that spellings that sound alike (캐쉬 and 캐시, 멤케시드 and 멤캐시드) are one.
 */

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const INITIALS = [..."ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"];
// Sounds that writers of loan words confuse share one spelling: ㅐ and ㅔ, ㅒ and ㅖ, ㅙ and ㅚ and ㅞ.
const VOWELS = "ㅏ ㅔ ㅑ ㅖ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅜㅔ ㅜㅔ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ".split(" ");
const FINALS =
  " ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ".split(
    " ",
  );
const LOOSE: Readonly<Record<string, string>> = { ㅐ: "ㅔ", ㅒ: "ㅖ" };
// After these, a loan word's glide is not heard: 쥬 and 주, 챠 and 차. 쉬 for 시 is a habit of the same kind.
const GLIDES: Readonly<Record<string, string>> = { ㅑ: "ㅏ", ㅕ: "ㅓ", ㅛ: "ㅗ", ㅠ: "ㅜ" };

const PARTICLES =
  "으로부터 에서부터 이라는 라는 이란 에게서 에서는 으로는 으로써 으로서 에는 에도 에서 에게 까지 부터 처럼 보다 마다 이나 이며 으로 로는 " +
  "은 는 이 가 을 를 에 의 로 와 과 도 란 만";
const VERB_ENDINGS =
  "하는 하기 하고 하면 하여 하려면 하려고 해서 하지 한다 합니다 하세요 시키는 시키기 시키면 시킵니다 시켜 된다 되는 되기 되고 되면 되어 " +
  "됩니다 된 되지 하나요 되나요 인가요 이면 으면";
const byLength = (words: string) => words.split(" ").sort((one, other) => other.length - one.length);
const ENDINGS = byLength(`${PARTICLES} ${VERB_ENDINGS}`);
const FOLLOWING = new Set(byLength(`${PARTICLES} ${VERB_ENDINGS}`).map(keystrokes));
const ONLY_PARTICLE = new Set(PARTICLES.split(" "));

/** The keys pressed to type `text`, sounds folded; every other character as it is, in lower case. */
export function keystrokes(text: string): string {
  let keys = "";
  for (const character of text) keys += keystrokesOf(character);
  return keys;
}

/** The keys of one character. */
export function keystrokesOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < FIRST_SYLLABLE || code > LAST_SYLLABLE) return LOOSE[character] ?? character.toLowerCase();
  const place = code - FIRST_SYLLABLE;
  const initial = INITIALS[Math.floor(place / 588)] ?? "";
  const vowel = VOWELS[Math.floor((place % 588) / 28)] ?? "";
  return initial + soundAfter(initial, vowel) + (FINALS[place % 28] ?? "");
}

/** A word without its particle or verb ending, when at least two syllables remain; else the word. */
export function stemOf(word: string): string {
  const ending = ENDINGS.find((one) => word.endsWith(one) && word.length - one.length >= 2);
  return ending ? word.slice(0, -ending.length) : word;
}

/** Whether keystrokes that follow a word in the same breath are a particle or a verb ending, so that the word ended before. */
export function isEnding(keys: string): boolean {
  return FOLLOWING.has(keys);
}

/** Whether a word is nothing but a particle, as 가 in "MemoryDB가". */
export function isParticle(word: string): boolean {
  return ONLY_PARTICLE.has(word);
}

/** How many keys must be added, dropped or replaced to make one of the other; `limit` + 1 when more than `limit`. */
export function distance(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) > limit) return limit + 1;
  let row = Array.from({ length: other.length + 1 }, (_, place) => place);
  for (let place = 1; place <= one.length; place++) {
    const next = [place];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (one[place - 1] === other[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    if (Math.min(...next) > limit) return limit + 1;
    row = next;
  }
  return row[other.length] ?? limit + 1;
}

function soundAfter(initial: string, vowel: string): string {
  if ("ㅅㅆ".includes(initial) && vowel === "ㅜㅣ") return "ㅣ";
  if ("ㅈㅉㅊ".includes(initial)) return GLIDES[vowel] ?? vowel;
  return vowel;
}
