// What a code means, from the document itself, so that no list of codes stands in the program.
import { readFileSync } from "node:fs";
import type { Operation } from "./client.ts";

export type Meaning = { name: string; kind: string };
type CodeList = { enum: number[]; "x-enum-varnames": string[]; "x-enum-classes": string[] };

const spec = JSON.parse(readFileSync(process.env.SPEC ?? "generated/openapi/json-only.json", "utf8"));

/** The first list of the operation that has the code decides. Nothing for a code that is not listed. */
export function meaningOf(operation: Operation, code: number | undefined): Meaning | undefined {
  const operations = Object.values(spec.paths).flatMap((item) => Object.values(item as object));
  const names: string[] = operations.find((each) => each.operationId === operation)["x-codes"];
  const lists: CodeList[] = names.map((name) => spec.components.schemas[name]);
  const list = lists.find((each) => each.enum.includes(code!));
  const row = list?.enum.indexOf(code!) ?? -1;
  return list && { name: list["x-enum-varnames"][row]!, kind: list["x-enum-classes"][row]! };
}
