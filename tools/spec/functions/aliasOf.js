export default function aliasOf(pathItem, _options, { path }) {
  const operations = Object.entries(pathItem).filter(([, operation]) => operation?.operationId);
  return operations.flatMap(([method, operation]) => {
    const name = operation["x-alias-of"];
    if (name === undefined) return [];
    const original = operations.find(([, other]) => other.operationId === name && other !== operation)?.[1];
    const place = [...path, method, "x-alias-of"];
    if (!original) return [{ message: `No other operation on this path is called ${name}.`, path: place }];
    const isSame = ["x-codes", "x-safe", "x-idempotent"].every((key) => `${operation[key]}` === `${original[key]}`);
    return isSame ? [] : [{ message: `x-codes, x-safe and x-idempotent must be those of ${name}.`, path: place }];
  });
}
