const isObject = (schema) => schema?.type === "object" || schema?.properties !== undefined;

export default function xmlOrder(schema, _options, { path }) {
  const order = schema["x-xml-order"];
  const properties = schema.properties ?? {};
  const names = Object.keys(properties);
  const findings = [];
  if (`${[...order].sort()}` !== `${[...names].sort()}`) {
    const message = `[${order.join(", ")}] is not exactly the properties: ${names.join(", ")}.`;
    findings.push({ message, path: [...path, "x-xml-order"] });
  }
  for (const name of (schema["x-essential"] ?? []).filter((each) => !names.includes(each))) {
    findings.push({ message: `${name} is essential and no property.`, path: [...path, "x-essential"] });
  }
  for (const name of names) {
    const value = properties[name].type === "array" ? properties[name].items : properties[name];
    if (isObject(value) && !value["x-xml-order"]) {
      const message = `${name} holds objects without x-xml-order: their XML cannot be read.`;
      findings.push({ message, path: [...path, "properties", name] });
    }
  }
  return findings;
}
