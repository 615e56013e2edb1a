export default function codeListTexts(list, _options, { path }) {
  const isTold = (text) => typeof text === "string" && text.trim() !== "";
  return (list["x-enum-texts"] ?? []).flatMap((text, row) => {
    const code = list.enum?.[row];
    const isLeftOut = text === null && list["x-enum-varnames"]?.[row] === `UNDOCUMENTED_${code}`;
    if (isTold(text) || isLeftOut) return [];
    const message = `Code ${code} has no French text: give the vendor's, or null and the name UNDOCUMENTED_${code}.`;
    return [{ message, path: [...path, "x-enum-texts", row] }];
  });
}
