const EFFECTS = ["applied", "not_applied", "not_applied_retry", "unknown", "settles"];

function effects(list, path) {
  return (list["x-enum-effects"] ?? []).flatMap((effect, row) => {
    const place = [...path, "x-enum-effects", row];
    if (!EFFECTS.includes(effect)) return [{ message: `"${effect}" is none of the effects: ${EFFECTS.join(", ")}.`, path: place }];
    const isSuccess = list["x-enum-classes"]?.[row] === "success";
    if (isSuccess === (effect === "applied")) return [];
    return [{ message: `Code ${list.enum?.[row]} is applied and no success, or the other way round.`, path: place }];
  });
}

export default function codeListClasses(list, _options, { path, document }) {
  return [...effects(list, path), ...classes(list, path, document)];
}

function classes(list, path, document) {
  const explanation = document.data["x-extensions"]?.["x-enum-classes"] ?? "";
  const known = explanation.match(/one of ([a-z_, \n]+)\./)?.[1].split(/,\s+/) ?? [];
  return (list["x-enum-classes"] ?? []).flatMap((kind, row) =>
    known.includes(kind)
      ? []
      : [{ message: `"${kind}" is none of the classes: ${known.join(", ")}.`, path: [...path, "x-enum-classes", row] }],
  );
}
