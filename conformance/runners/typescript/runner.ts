// The conformance cases with a TypeScript client: openapi-typescript makes the types, openapi-fetch sends with them.
//
// How the client is made: see `build` beside this file. The traps:
// - The key is a security scheme in the query, of which openapi-fetch knows nothing: a middleware adds it. It stands in
//   every URL then, so record none.
// - Types are a promise. Nothing is checked at run time, so `success` is compared with === and a row is looked at.
// - A number holds whole numbers up to 2^53 - 1 only; ids have 64 bits. A greater one is refused here, never rounded.
// - fetch follows redirects, with the request, unless it is told `redirect: "manual"`; and it waits for five minutes.
// - At an error status the answer is in `error`, as text where it is no JSON; at 2xx, what is no JSON is thrown.
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

type Answer = Omit<components["schemas"]["Outcome"], "code"> & { code: number } &
  Partial<Pick<components["schemas"]["UnsubscribeList"], "data" | "nbData">> &
  Partial<Pick<components["schemas"]["Addition"], "stopId">>;
type Reply = { data?: Answer; error?: Answer; response: Response };
type Call = {
  case: string;
  key: string;
  needs: string[];
  operation: string;
  arguments: { id?: number; email?: string };
  missing_ok: boolean;
  retries: number;
  method: "fixed" | "auto";
};
type Said = {
  result: string;
  error?: string;
  name?: string;
  code?: number;
  message?: string;
  maybe_applied?: boolean;
  [more: string]: unknown;
};
type Meaning = { name: string; kind: string };
type CodeList = { enum: number[]; "x-enum-varnames": string[]; "x-enum-classes": string[] };

const spec = JSON.parse(readFileSync(process.env.SPEC ?? "openapi-json-only.json", "utf8"));
const baseUrl = process.env.CONFORMANCE_URL!;
/** What a code means on an operation: the first of its lists that has it decides. */
function meaningOf(operation: string, code: number | undefined): Meaning | undefined {
  const operations = Object.values(spec.paths).flatMap((item) => Object.values(item as object));
  const names: string[] = operations.find((each) => each.operationId === operation)["x-codes"];
  const lists: CodeList[] = names.map((name) => spec.components.schemas[name]);
  const list = lists.find((each) => each.enum.includes(code!));
  const row = list?.enum.indexOf(code!) ?? -1;
  return list && { name: list["x-enum-varnames"][row]!, kind: list["x-enum-classes"][row]! };
}

/** One request of the generated client. */
function send(operation: string, call: Call): Promise<Reply> {
  const client = createClient<paths>({ baseUrl, redirect: "manual", signal: AbortSignal.timeout(30_000) });
  const body = { apiKey: call.key, email: call.arguments.email! };
  if (operation === "addUnsubscribe") return client.POST("/v1/unsubscribe/add", { body });
  client.use({
    onRequest({ request }) {
      const url = new URL(request.url);
      url.searchParams.set("apiKey", call.key);
      return new Request(url, request);
    },
  });
  if (operation === "listUnsubscribes") return client.GET("/v1/unsubscribe/list");
  const params = { query: { id: call.arguments.id! } };
  return operation === "deleteUnsubscribe"
    ? client.POST("/v1/unsubscribe/delete", { params })
    : client.GET("/v1/unsubscribe/delete", { params });
}

function unreadable(status: number): Said {
  if (status === 429) return { result: "refused", error: "rate_limit" };
  return { result: "unreadable", status, maybe_applied: status !== 405 };
}

/** From `success` and `code` to an outcome. */
function outcomeOf(operation: string, answer: Answer | undefined, status: number): Said {
  const meaning = meaningOf(operation, answer?.code);
  const contradicts = meaning && answer?.success !== (meaning.kind === "success");
  if (typeof answer?.success !== "boolean" || contradicts) return unreadable(status);
  const { code, message, errors = [] } = answer;
  if (code !== undefined && !Number.isInteger(code)) return unreadable(status);
  if (!answer.success) {
    const maybe_applied = meaning ? meaning.kind === "server" : status >= 500;
    return { result: "refused", error: meaning?.kind, name: meaning?.name, code, message, errors, maybe_applied };
  }
  if (operation === "listUnsubscribes") return listed(answer, status);
  if (operation !== "addUnsubscribe") return { result: "deleted", code, message };
  return isId(answer.stopId) ? { result: "added", code, id: answer.stopId } : unreadable(status);
}

function listed({ code, data, nbData }: Answer, status: number): Said {
  const rows = Array.isArray(data) ? data : undefined;
  const whole = rows && rows.length === (nbData ?? rows.length);
  if (!whole || !rows.every((row) => isId(row.id) && row.email)) return unreadable(status);
  return { result: "listed", code, entries: rows.map(({ id, email, createdAt = null }) => ({ id, email, createdAt })) };
}

function isId(id: number | undefined): boolean {
  return Number.isSafeInteger(id) && id! > 0;
}

async function attempt(operation: string, call: Call): Promise<Said> {
  try {
    const { data, error, response } = await send(operation, call);
    return outcomeOf(operation, data ?? error, response.status);
  } catch (error) {
    // openapi-fetch throws away the status with the answer: a SyntaxError is an answer at 2xx that is no JSON.
    return error instanceof SyntaxError ? unreadable(200) : { result: "no_answer", maybe_applied: true };
  }
}

/** The attempts of a call. Once something may have been done, an unknown id means that it is gone. */
async function carryOut(call: Call): Promise<Said> {
  let { operation, retries } = call;
  let doubt = false;
  for (;;) {
    const said = await attempt(operation, call);
    if (said.error === "not_found" && (call.missing_ok || doubt)) {
      return { result: "already_gone", code: said.code, message: said.message };
    }
    doubt ||= said.maybe_applied ?? false;
    const unheard = said.status === 405 || said.name === "API_KEY_REQUIRED";
    if (unheard && call.method === "auto" && operation === "deleteUnsubscribe") {
      operation = "deleteUnsubscribeWithGet";
    } else if (retries > 0 && (said.maybe_applied || said.error === "rate_limit")) {
      retries--;
    } else {
      return ["deleted", "added", "listed"].includes(said.result) ? said : { ...said, maybe_applied: doubt };
    }
  }
}

/** What the client made of a call, or why it cannot. */
async function report(call: Call): Promise<object> {
  if (call.needs.includes("xml")) return { cannot: "the JSON-only profile has no XML" };
  if (Math.abs(call.arguments.id ?? 0) > Number.MAX_SAFE_INTEGER) {
    return { cannot: "a number of JavaScript holds no id above 2^53 - 1" };
  }
  const said = await carryOut(call);
  const unchecked = call.needs.includes("check") && said.result !== "not_sent";
  return unchecked ? { cannot: "the generated client does not check this argument" } : said;
}

const calls: Call[] = JSON.parse(readFileSync(process.env.CONFORMANCE_CALLS!, "utf8"));
for (const call of calls) console.log(JSON.stringify({ case: call.case, ...(await report(call)) }));
