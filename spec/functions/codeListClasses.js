export default function codeListClasses(list, _options, { path, document }) {
  const explanation = document.data["x-extensions"]?.["x-enum-classes"] ?? "";
  const known = explanation.match(/one of ([a-z_, \n]+)\./)?.[1].split(/,\s+/) ?? [];
  return (list["x-enum-classes"] ?? []).flatMap((kind, row) =>
    known.includes(kind)
      ? []
      : [{ message: `"${kind}" is none of the classes: ${known.join(", ")}.`, path: [...path, "x-enum-classes", row] }],
  );
}
