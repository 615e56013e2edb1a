const isObject = (schema) => schema?.type === "object" || schema?.properties !== undefined;

export default function entryOrder(schema, _options, { path }) {
  const order = schema["x-entry-order"];
  const properties = schema.properties ?? {};
  const names = Object.keys(properties);
  const findings = [];
  if (`${[...order].sort()}` !== `${[...names].sort()}`) {
    const message = `[${order.join(", ")}] is not exactly the properties: ${names.join(", ")}.`;
    findings.push({ message, path: [...path, "x-entry-order"] });
  }
  for (const name of names) {
    const value = properties[name].type === "array" ? properties[name].items : properties[name];
    if (isObject(value) && !value["x-entry-order"]) {
      const message = `${name} holds objects without x-entry-order: their XML cannot be read.`;
      findings.push({ message, path: [...path, "properties", name] });
    }
  }
  return findings;
}
