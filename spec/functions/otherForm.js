export default function otherForm(pathItem, _options, { path }) {
  const operations = Object.entries(pathItem).filter(([, operation]) => operation?.operationId);
  return operations.flatMap(([method, operation]) => {
    const name = operation["x-other-form-of"];
    if (name === undefined) return [];
    const original = operations.find(([, other]) => other.operationId === name && other !== operation)?.[1];
    const place = [...path, method, "x-other-form-of"];
    if (!original) return [{ message: `No other operation on this path is called ${name}.`, path: place }];
    const isSame = ["x-codes", "x-repeatable"].every((key) => `${operation[key]}` === `${original[key]}`);
    return isSame ? [] : [{ message: `x-codes and x-repeatable must be those of ${name}.`, path: place }];
  });
}
