// One request of the generated client.
import createClient from "openapi-fetch";
import { Operation } from "./contract.ts";
import type { components, paths } from "./schema.d.ts";

export type Call = {
  case: string;
  key: string;
  requires: string[];
  operation: string;
  arguments: Record<string, unknown>;
  already_ok: boolean;
  retries: number;
  method: "fixed" | "auto";
};
/** What every operation may answer. `code` is open, whatever a profile makes of it. */
export type Answer = Omit<components["schemas"]["Outcome"], "code"> & { code: number };
export type Reply = { data?: Answer; error?: Answer; response: Response };

const baseUrl = process.env.CONFORMANCE_URL!;

/** A client whose requests have the key in the query, unless they have a body. */
function clientOf(key: string) {
  const client = createClient<paths>({ baseUrl, redirect: "manual", signal: AbortSignal.timeout(30_000) });
  client.use({
    onRequest({ request }) {
      if (request.body) return request;
      const url = new URL(request.url);
      url.searchParams.set("apiKey", key);
      return new Request(url, request);
    },
  });
  return client;
}

/** Sends what the document says: its types are for those who write the call, as in `example`. */
export function send(operation: Operation, call: Call): Promise<Reply> {
  const { key, arguments: given } = call;
  const init = operation.hasBody() ? { body: { apiKey: key, ...given } } : { params: { query: given } };
  return clientOf(key).request(operation.method as never, operation.path as never, init as never) as Promise<Reply>;
}

/** What a user writes. It is not run: the compiler holds it to the document. */
export async function example(): Promise<boolean> {
  const { data, error } = await clientOf("key").POST("/v1/unsubscribe/delete", { params: { query: { id: 300 } } });
  return (data ?? error).success;
}
