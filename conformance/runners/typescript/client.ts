// One request of the generated client.
import createClient from "openapi-fetch";
import type { components, operations, paths } from "./schema.d.ts";

export type Operation = keyof operations;
export type Call = {
  case: string;
  key: string;
  needs: string[];
  operation: Operation;
  arguments: { id?: number; email?: string };
  missing_ok: boolean;
  retries: number;
  method: "fixed" | "auto";
};
/** What any operation may answer. `code` is open, whatever a profile makes of it. */
export type Answer = Omit<components["schemas"]["Outcome"], "code"> & { code: number } &
  Partial<Pick<components["schemas"]["UnsubscribeList"], "data" | "nbData">> &
  Partial<Pick<components["schemas"]["Addition"], "stopId">>;
export type Reply = { data?: Answer; error?: Answer; response: Response };

const baseUrl = process.env.CONFORMANCE_URL!;

export function send(operation: Operation, call: Call): Promise<Reply> {
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
