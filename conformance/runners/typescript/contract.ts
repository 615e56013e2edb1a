// What the document says of each operation, so that no operation and no code stands in the program.
import { readFileSync } from "node:fs";

export type Schema = {
  type: string;
  format?: string;
  "x-essential"?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
};
export type Meaning = { name: string; kind: string; effect: string };
type CodeList = Record<"x-enum-varnames" | "x-enum-classes" | "x-enum-effects", string[]> & { enum: number[] };

const spec = JSON.parse(readFileSync(process.env.SPEC ?? "generated/openapi/json-only.json", "utf8"));

/** One operation of the document. */
export class Operation {
  readonly path: string;
  readonly method: string;
  private readonly written: any;

  private constructor(path: string, method: string, written: any) {
    this.path = path;
    this.method = method;
    this.written = written;
  }

  static all: Operation[] = Object.entries(spec.paths).flatMap(([path, item]) =>
    Object.entries(item as object)
      .filter(([, written]) => written.operationId)
      .map(([method, written]) => new Operation(path, method, written)),
  );

  static named = (id: string): Operation => Operation.all.find(({ written }) => written.operationId === id)!;

  /** The same by another HTTP method. */
  alias = (): Operation | undefined =>
    Operation.all.find(({ written }) => written["x-alias-of"] === this.written.operationId);

  isSafe = (): boolean => this.written["x-safe"] === true;
  isIdempotent = (): boolean => this.written["x-idempotent"] === true;
  hasBody = (): boolean => "requestBody" in this.written;

  answer = (): Schema => resolved(resolved(this.written.responses["200"]).content["application/json"].schema);

  /** The first list of the operation that has the code decides. Nothing for a code that is not listed. */
  meaningOf(code: number | undefined): Meaning | undefined {
    const lists: CodeList[] = this.written["x-codes"].map((name: string) => spec.components.schemas[name]);
    const list = lists.find((each) => each.enum.includes(code!));
    const row = list?.enum.indexOf(code!) ?? -1;
    return list && {
      name: list["x-enum-varnames"][row]!,
      kind: list["x-enum-classes"][row]!,
      effect: list["x-enum-effects"][row]!,
    };
  }
}

/** What a reference leads to. */
export function resolved(node: any): any {
  if (!node.$ref) return node;
  return node.$ref.slice(2).split("/").reduce((part: any, name: string) => part[name], spec);
}
