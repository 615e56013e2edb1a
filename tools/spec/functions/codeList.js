const COLUMNS = ["x-enum-varnames", "x-enum-texts", "x-enum-descriptions", "x-enum-classes", "x-enum-effects"];

// A list whose columns have a row for each code; each row is then judged by itself.
export default function codeList(list, _options, { path, document }) {
  const codes = list.enum ?? [];
  const short = COLUMNS.filter((column) => list[column]?.length !== codes.length);
  if (short.length) {
    return short.map((column) => ({
      message: `${column} has ${list[column]?.length ?? "no"} rows, enum has ${codes.length}: give each code one.`,
    }));
  }
  const explained = document.data["x-extensions"] ?? {};
  const classes = explained["x-enum-classes"]?.match(/one of ([a-z_, \n]+)\./)?.[1].split(/,\s+/) ?? [];
  const effects = explained["x-enum-effects"]?.match(/(?<=\. )[a-z_]+(?=:)/g) ?? [];
  return codes.flatMap((code, row) => {
    const [name, text, , kind, effect] = COLUMNS.map((column) => list[column][row]);
    const isTold = typeof text === "string" && text.trim() !== "";
    const findings = {
      "x-enum-texts": !isTold && !(text === null && name === `UNDOCUMENTED_${code}`)
        && `Code ${code} has no French text: give the vendor's, or null and the name UNDOCUMENTED_${code}.`,
      "x-enum-classes": !classes.includes(kind) && `"${kind}" is not one of ${classes.join(", ")}.`,
      "x-enum-effects": effects.includes(effect)
        ? (kind === "success") !== (effect === "applied") && `Code ${code} must be both applied and a success, or neither.`
        : `"${effect}" is not one of ${effects.join(", ")}.`,
    };
    return Object.entries(findings)
      .filter(([, message]) => message)
      .map(([column, message]) => ({ message, path: [...path, column, row] }));
  });
}
