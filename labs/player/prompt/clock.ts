/** Virtual time as a clock shows it. */

import { strings } from "./strings.ts";

/** Milliseconds since the caches were made → "00:01:05", with the days before it once there are any. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const days = Math.floor(seconds / 86_400);
  const parts = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const time = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return days === 0 ? time : strings.days(days) + time;
}
