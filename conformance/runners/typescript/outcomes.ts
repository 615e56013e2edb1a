// What one answer comes to, by the rules in ../../README.md, and what may follow it.
import type { Answer } from "./client.ts";
import { resolved, type Meaning, type Operation, type Schema } from "./contract.ts";

export type Outcome = {
  result: "done" | "already_done" | "refused" | "unreadable" | "no_answer";
  error?: string;
  name?: string;
  code?: number;
  message?: string;
  errors?: unknown[];
  data?: Fields;
  maybe_applied?: boolean;
};
type Fields = Record<string, unknown>;
/**
 * `again`: for which operations a repeat may help and does no harm. `unheard`: whether the other method may help.
 * `settles`: whether the code says that what was asked for is so already.
 */
export type Verdict = { outcome: Outcome; again?: "all" | "idempotent"; unheard?: boolean; settles?: boolean };

const RATE_LIMIT = 429;
const UNHEARD = 405;
const TEXTS = ["success", "code", "message", "errors"];

/** `success` and `code` decide, whatever the status is. */
export function verdictOn(answer: Answer | undefined, status: number, operation: Operation): Verdict {
  const meaning = operation.meaningOf(answer?.code);
  const contradicts = meaning && answer?.success !== (meaning.effect === "applied");
  if (typeof answer?.success !== "boolean" || contradicts) return unreadable(status);
  if (answer.code !== undefined && !Number.isInteger(answer.code)) return unreadable(status);
  if (!answer.success) return meaning ? refused(answer, meaning) : refusedForUnknownReason(answer, status);
  const data = fieldsOf(answer, operation.answer(), TEXTS);
  // A success that lacks what is essential was done, so it is not repeated.
  if (!data || !isWhole(data)) return { outcome: { result: "unreadable", maybe_applied: true } };
  return { outcome: { result: "done", code: answer.code, message: answer.message, data } };
}

export function unreadable(status: number): Verdict {
  if (status === RATE_LIMIT) return { outcome: { result: "refused", error: "rate_limit" }, again: "idempotent" };
  const unheard = status === UNHEARD;
  const final = status >= 300 && status < 500 && !asksForAnotherTry(status);
  const again = final ? undefined : "idempotent";
  return { outcome: { result: "unreadable", maybe_applied: !unheard }, again, unheard };
}

/** Without an answer nobody knows what the server did. */
export function unanswered(): Verdict {
  return { outcome: { result: "no_answer", maybe_applied: true }, again: "idempotent" };
}

function refused({ code, message, errors = [] }: Answer, { name, kind, effect }: Meaning): Verdict {
  const unknown = effect === "unknown";
  return {
    outcome: { result: "refused", error: kind, name, code, message, errors, maybe_applied: unknown },
    again: effect === "not_applied_retry" ? "all" : unknown ? "idempotent" : undefined,
    // Every request has a key: that it is missing says that the server did not look where it was.
    unheard: name === "API_KEY_REQUIRED",
    settles: effect === "settles",
  };
}

/** Of a code that is not listed, the status is all there is to say what may follow. */
function refusedForUnknownReason({ code, message, errors = [] }: Answer, status: number): Verdict {
  const error = status === RATE_LIMIT ? "rate_limit" : undefined;
  return {
    outcome: { result: "refused", error, code, message, errors, maybe_applied: status >= 500 },
    again: asksForAnotherTry(status) ? "idempotent" : undefined,
    unheard: status === UNHEARD,
  };
}

function asksForAnotherTry(status: number): boolean {
  return status === 408 || status === RATE_LIMIT || status >= 500;
}

/** The fields of an object that fit the document; nothing where it is no object, or an essential one does not fit. */
function fieldsOf(value: unknown, schema: Schema, without: string[] = []): Fields | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const fields: Fields = {};
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    if (without.includes(name)) continue;
    const found = fitting((value as Fields)[name], resolved(inner));
    if (schema["x-essential"]?.includes(name) && (found === undefined || isBlank(found))) return undefined;
    fields[name] = found;
  }
  return fields;
}

/** The value where it is of the type in the document; a whole number of 64 bits is an id, which begins at 1. */
function fitting(value: unknown, schema: Schema): unknown {
  switch (schema.type) {
    case "object":
      return fieldsOf(value, schema);
    case "array": {
      const items = asList(value)?.map((item) => fitting(item, resolved(schema.items)));
      return items?.includes(undefined) ? undefined : items;
    }
    case "integer":
      return Number.isSafeInteger(value) && (schema.format !== "int64" || (value as number) > 0) ? value : undefined;
    default:
      return typeof value === schema.type ? value : undefined;
  }
}

/** A list, or the object that PHP makes of one with gaps or without rows. */
function asList(value: unknown): unknown[] | undefined {
  const isObject = typeof value === "object" && value !== null;
  return isObject && Object.keys(value).every((name) => /^\d+$/.test(name)) ? Object.values(value) : undefined;
}

function isBlank(value: unknown): boolean {
  return typeof value === "string" && value.trim() === "";
}

/** `nbData` is how many rows there are in `data`. */
function isWhole({ nbData, data }: Fields): boolean {
  return nbData === undefined || (Array.isArray(data) && data.length === nbData);
}
