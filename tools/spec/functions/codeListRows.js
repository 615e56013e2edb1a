const COLUMNS = ["x-enum-varnames", "x-enum-texts", "x-enum-descriptions", "x-enum-classes", "x-enum-effects"];

export default function codeListRows(list) {
  const codes = list.enum?.length ?? 0;
  return COLUMNS.filter((column) => list[column]?.length !== codes).map((column) => ({
    message: `${column} has ${list[column]?.length ?? "no"} rows, enum has ${codes}: give each code one.`,
  }));
}
