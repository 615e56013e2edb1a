// What one answer comes to, by the rules in ../../README.md, and what may follow it.
import type { Answer, Operation } from "./client.ts";
import { meaningOf, type Meaning } from "./codes.ts";

export type Entry = { id: number; email: string; createdAt: string | null };
export type Done = { code?: number; message?: string } & (
  | { result: "deleted" | "already_gone" }
  | { result: "listed"; entries: Entry[] }
  | { result: "added"; id: number }
);
export type Failure = {
  result: "refused" | "unreadable" | "no_answer";
  error?: string;
  name?: string;
  code?: number;
  message?: string;
  errors?: unknown[];
  maybe_applied: boolean;
};
/** `again`: whether a repeat may help. `unheard`: whether the other method may. */
export type Verdict = { outcome: Done | Failure; again?: boolean; unheard?: boolean };

const RATE_LIMIT = 429;
const UNHEARD = 405;
/** A success that lacks what it should hold. It was done, so it is not repeated. */
const LACKING: Failure = { result: "unreadable", maybe_applied: true };

/** `success` and `code` decide, whatever the status is. */
export function verdictOn(answer: Answer | undefined, status: number, operation: Operation): Verdict {
  const meaning = meaningOf(operation, answer?.code);
  const contradicts = meaning && answer?.success !== (meaning.kind === "success");
  if (typeof answer?.success !== "boolean" || contradicts) return unreadable(status);
  if (answer.code !== undefined && !Number.isInteger(answer.code)) return unreadable(status);
  if (!answer.success) return meaning ? refused(answer, meaning) : refusedForUnknownReason(answer, status);
  const outcome = done(answer, operation);
  return { outcome: outcome ?? LACKING };
}

export function unreadable(status: number): Verdict {
  if (status === RATE_LIMIT) {
    return { outcome: { result: "refused", error: "rate_limit", maybe_applied: false }, again: true };
  }
  const unheard = status === UNHEARD;
  const final = status >= 300 && status < 500 && !asksForAnotherTry(status);
  return { outcome: { result: "unreadable", maybe_applied: !unheard }, again: !final, unheard };
}

/** Without an answer nobody knows what the server did. */
export function unanswered(): Verdict {
  return { outcome: { result: "no_answer", maybe_applied: true }, again: true };
}

function refused({ code, message, errors = [] }: Answer, { name, kind }: Meaning): Verdict {
  const failing = kind === "server";
  return {
    outcome: { result: "refused", error: kind, name, code, message, errors, maybe_applied: failing },
    again: failing || kind === "rate_limit",
    // Every request has a key: that it is missing says that the server did not look where it was.
    unheard: name === "API_KEY_REQUIRED",
  };
}

/** Of a code that is not listed, the status is all there is to say what may follow. */
function refusedForUnknownReason({ code, message, errors = [] }: Answer, status: number): Verdict {
  const error = status === RATE_LIMIT ? "rate_limit" : undefined;
  return {
    outcome: { result: "refused", error, code, message, errors, maybe_applied: status >= 500 },
    again: asksForAnotherTry(status),
    unheard: status === UNHEARD,
  };
}

function asksForAnotherTry(status: number): boolean {
  return status === 408 || status === RATE_LIMIT || status >= 500;
}

/** A success, if the answer holds what one promises. */
function done(answer: Answer, operation: Operation): Done | undefined {
  const { code, message, stopId } = answer;
  if (operation === "addUnsubscribe") return isId(stopId) ? { result: "added", code, message, id: stopId } : undefined;
  if (operation !== "listUnsubscribes") return { result: "deleted", code, message };
  const entries = entriesOf(answer);
  return entries && { result: "listed", code, message, entries };
}

/** Serializers leave out what is null, so that a count of 0 may stand alone. */
function entriesOf({ data, nbData }: Answer): Entry[] | undefined {
  const rows = data ?? (nbData === 0 ? [] : undefined);
  if (!Array.isArray(rows) || rows.length !== (nbData ?? rows.length)) return undefined;
  const whole = rows.every((row) => isId(row?.id) && isAddress(row.email));
  return whole ? rows.map(({ id, email, createdAt = null }) => ({ id, email, createdAt })) : undefined;
}

function isId(id: number | undefined): id is number {
  return Number.isSafeInteger(id) && id! > 0;
}

function isAddress(email: unknown): boolean {
  return typeof email === "string" && email.trim() !== "";
}
