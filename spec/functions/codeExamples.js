const FORMATS = ["application/json", "application/xml"];

export default function codeExamples(operation, _options, { path, document }) {
  const codes = document.data.components?.schemas?.[operation["x-codes"]?.[0]]?.enum ?? [];
  const content = operation.responses?.["200"]?.content ?? {};
  const shown = content["application/json"]?.examples ?? {};
  return codes.flatMap((code) => {
    const names = Object.keys(shown).filter((name) => shown[name].value?.code === code);
    const isIn = (format) => names.some((name) => content[format]?.examples?.[name]);
    const lacking = FORMATS.filter((format) => !isIn(format));
    if (lacking.length === 0) return [];
    const message = `${operation.operationId} has no example of code ${code} in ${lacking.join(" and in ")}.`;
    return [{ message, path: [...path, "responses", "200"] }];
  });
}
