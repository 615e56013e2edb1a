function names(node) {
  if (node === null || typeof node !== "object") return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === "$ref") return [value];
    if (key === "x-codes") return value.map((name) => `#/components/schemas/${name}`);
    if (key === "security") return value.flatMap(Object.keys).map((name) => `#/components/securitySchemes/${name}`);
    return names(value);
  });
}

export default function componentUsed(components, _options, { path, document }) {
  const used = new Set(names({ ...document.data, "x-extensions": null }));
  return Object.entries(components).flatMap(([section, members]) =>
    Object.keys(members)
      .filter((name) => !used.has(`#/components/${section}/${name}`))
      .map((name) => ({ message: `Nothing refers to ${name}.`, path: [...path, section, name] })),
  );
}
