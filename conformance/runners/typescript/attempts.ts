// The attempts of a call: what no generated client does. A real one waits between them; this one is for a test server.
import { type Call, send } from "./client.ts";
import { Operation } from "./contract.ts";
import { type Outcome, unanswered, unreadable, type Verdict, verdictOn } from "./outcomes.ts";

/** Carries a call out. The last attempt decides, with the doubt that all of them left. */
export async function carryOut(call: Call): Promise<Outcome> {
  let operation = Operation.named(call.operation);
  let { retries } = call;
  let doubt = false;
  for (;;) {
    const { outcome, again, unheard, settles } = await attempt(operation, call);
    doubt ||= Boolean(outcome.maybe_applied) && !operation.isSafe();
    const other = unheard && call.method === "auto" ? operation.alias() : undefined;
    if (other) {
      operation = other;
    } else if (retries > 0 && (again === "all" || (again === "idempotent" && operation.isIdempotent()))) {
      retries--;
    } else if (outcome.result === "done") {
      return outcome;
    } else if (settles && (doubt || call.already_ok)) {
      return { result: "already_done", code: outcome.code, message: outcome.message };
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
