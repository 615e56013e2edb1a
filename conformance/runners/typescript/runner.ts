// The conformance cases with a TypeScript client: openapi-typescript makes the types, openapi-fetch sends with them.
//
// client.ts sends one request, contract.ts reads from the document what an operation and a code mean, outcomes.ts says
// what an answer comes to, attempts.ts repeats. How the client is made: see `build` beside this file. The traps:
// - The key is a security scheme in the query, of which openapi-fetch knows nothing: a middleware adds it. It stands in
//   every URL then, so record none.
// - Types are a promise. Nothing is checked at run time, so `success` is compared with === and a row is looked at.
// - A number holds whole numbers up to 2^53 - 1 only; ids have 64 bits. A greater one is refused here, never rounded.
// - fetch follows redirects, with the request, unless it is told `redirect: "manual"`; and it waits for five minutes.
// - At an error status the answer is in `error`, as text where it is no JSON; at 2xx, what is no JSON is thrown.
import { readFileSync } from "node:fs";
import { carryOut } from "./attempts.ts";
import type { Call } from "./client.ts";

/** What the client made of a call, or what of it is not supported. */
async function report(call: Call): Promise<object> {
  if (call.requires.includes("xml")) return { unsupported: "the JSON-only profile has no XML" };
  if (call.requires.includes("look-up")) return { unsupported: "a generated client makes no second call by itself" };
  if (Object.values(call.arguments).some((value) => Math.abs(Number(value)) > Number.MAX_SAFE_INTEGER)) {
    return { unsupported: "a number of JavaScript holds no id above 2^53 - 1" };
  }
  return carryOut(call);
}

const calls: Call[] = JSON.parse(readFileSync(process.env.CONFORMANCE_CALLS!, "utf8"));
for (const call of calls) console.log(JSON.stringify({ case: call.case, ...(await report(call)) }));
