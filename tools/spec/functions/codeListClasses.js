export default function codeListClasses(list, _options, { path, document }) {
  const explained = document.data["x-extensions"] ?? {};
  const classes = explained["x-enum-classes"]?.match(/one of ([a-z_, \n]+)\./)?.[1].split(/,\s+/) ?? [];
  const effects = explained["x-enum-effects"]?.match(/(?<=\. )[a-z_]+(?=:)/g) ?? [];
  return [
    ...unknown(list["x-enum-classes"], classes, [...path, "x-enum-classes"]),
    ...unknown(list["x-enum-effects"], effects, [...path, "x-enum-effects"]),
    ...contradictions(list, [...path, "x-enum-effects"]),
  ];
}

function unknown(words, known, path) {
  return (words ?? []).flatMap((word, row) =>
    known.includes(word) ? [] : [{ message: `"${word}" is not one of ${known.join(", ")}.`, path: [...path, row] }],
  );
}

function contradictions(list, path) {
  return (list["x-enum-effects"] ?? []).flatMap((effect, row) =>
    (list["x-enum-classes"]?.[row] === "success") === (effect === "applied")
      ? []
      : [{ message: `Code ${list.enum?.[row]} must be both applied and a success, or neither.`, path: [...path, row] }],
  );
}
