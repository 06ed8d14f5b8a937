/** Numbers of the inspector as a Korean reader expects them. */

import { strings } from "../strings.ts";

const { inspector } = strings;

/** A virtual duration; in seconds up to ten minutes, because the TTLs it is compared with are told in seconds. */
export function duration(ms: number): string {
  if (ms < 1_000) return inspector.milliseconds(short(ms));
  if (ms < 600_000) return inspector.seconds(short(ms / 1_000));
  if (ms < 3_600_000) return inspector.minutes(short(ms / 60_000));
  if (ms < 86_400_000) return inspector.hours(short(ms / 3_600_000));
  return inspector.days(short(ms / 86_400_000));
}

/** What is left of a TTL, in seconds as redis tells it. */
export function ttl(ms: number | null): string {
  return ms === null ? inspector.noTtl : inspector.seconds(short(ms / 1_000));
}

/** A share of 1 as a whole percentage; null when there was nothing to share. */
export function percent(part: number, whole: number): string | null {
  return whole === 0 ? null : `${Math.round((part / whole) * 100)}%`;
}

function short(value: number): string {
  return value.toLocaleString("ko-KR", { maximumFractionDigits: value < 100 ? 1 : 0 });
}
