// The attempts of a call: what no generated client does. A real one waits between them; this one is for a test server.
import { type Call, send, type Operation } from "./client.ts";
import { type Done, type Failure, unanswered, unreadable, type Verdict, verdictOn } from "./outcomes.ts";

/** Nothing can come of it at the server. */
const ONLY_READS: Operation = "listUnsubscribes";

/** Carries a call out. Once something may have been done, a refusal may say that it was: it is gone, or listed. */
export async function carryOut(call: Call): Promise<Done | Failure> {
  const outcome = await lastOutcome(call);
  if (outcome.result !== "refused") return outcome;
  const { error, name, code, message, maybe_applied } = outcome;
  if (error === "not_found" && (call.missing_ok || maybe_applied)) return { result: "already_gone", code, message };
  if (name === "ALREADY_LISTED" && maybe_applied) return (await addedBefore(call)) ?? outcome;
  return outcome;
}

/** The outcome of the attempt that no other follows, with the doubt that all of them left. */
async function lastOutcome(call: Call): Promise<Done | Failure> {
  let { operation, retries } = call;
  let doubt = false;
  for (;;) {
    const { outcome, again, unheard } = await attempt(operation, call);
    if (!("maybe_applied" in outcome)) return outcome;
    doubt ||= outcome.maybe_applied && operation !== ONLY_READS;
    if (unheard && call.method === "auto" && operation === "deleteUnsubscribe") {
      operation = "deleteUnsubscribeWithGet";
    } else if (again && retries > 0) {
      retries--;
    } else {
      return { ...outcome, maybe_applied: doubt };
    }
  }
}

async function attempt(operation: Operation, call: Call): Promise<Verdict> {
  try {
    const { data, error, response } = await send(operation, call);
    return verdictOn(data ?? error, response.status, operation);
  } catch (error) {
    // openapi-fetch throws away the status with the answer: a SyntaxError is an answer at 2xx that is no JSON. What is
    // cut before its Content-Length is a TypeError, as is a connection that was lost.
    return error instanceof SyntaxError ? unreadable(200) : unanswered();
  }
}

/** The addition of an earlier attempt, whose answer was lost with its id; nothing if the list does not show it. */
async function addedBefore(call: Call): Promise<Done | undefined> {
  const { outcome } = await attempt("listUnsubscribes", call);
  if (outcome.result !== "listed") return undefined;
  const wanted = comparable(call.arguments.email!);
  const entry = outcome.entries.findLast(({ email }) => comparable(email) === wanted);
  return entry && { result: "added", code: outcome.code, message: outcome.message, id: entry.id };
}

/** What equal addresses have in common: the case of letters matters before the @, never after it. */
function comparable(email: string): string {
  const domain = email.lastIndexOf("@") + 1;
  return email.slice(0, domain) + email.slice(domain).toLowerCase();
}
