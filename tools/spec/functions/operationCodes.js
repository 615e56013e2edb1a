export default function operationCodes(operation, _options, { path, document }) {
  const schemas = document.data.components?.schemas ?? {};
  const names = operation["x-codes"];
  if (!Array.isArray(names) || names.length === 0) {
    return [{ message: `${operation.operationId} has no x-codes: name the code lists that apply to it.` }];
  }
  const findings = names
    .filter((name) => !schemas[name]?.["x-enum-varnames"])
    .map((name) => `components/schemas has no code list called ${name}.`);
  if (findings.length === 0 && !schemas[names[0]]["x-enum-classes"]?.includes("success")) {
    findings.push(`${names[0]}, the operation's own list, has no code of class success.`);
  }
  return findings.map((message) => ({ message, path: [...path, "x-codes"] }));
}
