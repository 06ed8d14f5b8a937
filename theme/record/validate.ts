import type { Attempt } from "./types.ts";

/**
 * Tells an attempt from anything else that may lie in storage: the log outlives the code that wrote it,
 * and the origin is shared with other sites below the same host.
 */
export function isAttempt(value: unknown): value is Attempt {
  if (!isObject(value) || !isCount(value.rev) || !isCount(value.ms) || !isCount(value.at)) return false;
  switch (value.kind) {
    case "quiz":
      return (
        isText(value.item) &&
        Array.isArray(value.chosen) &&
        value.chosen.every(isText) &&
        isOneOf(value.outcome, ["right", "wrong"]) &&
        isOneOf(value.confidence, [null, "guess", "unsure", "sure"]) &&
        isOneOf(value.mode, ["practice", "check", "mock", "review"])
      );
    case "lab":
      return (
        isText(value.lab) &&
        isText(value.step) &&
        isOneOf(value.outcome, ["passed", "failed", "error", "stopped"])
      );
    default:
      return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length > 0;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isOneOf(value: unknown, allowed: readonly (string | null)[]): boolean {
  return allowed.some((one) => one === value);
}
