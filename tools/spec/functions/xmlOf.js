const SCHEMAS = "#/components/schemas/";
const named = (mediaType) => mediaType?.schema?.$ref?.replace(SCHEMAS, "");

export default function xmlOf(content, _options, { path, document }) {
  const inJson = named(content["application/json"]);
  const inXml = named(content["application/xml"]);
  if (!inXml || !inJson) return [{ message: "An answer has a schema of components/schemas in JSON and in XML." }];
  const schemas = document.data.components.schemas;
  const place = [...path, "application/xml", "schema", "$ref"];
  const name = schemas[inXml]?.["x-xml-of"];
  if (name !== inJson) {
    return [{ message: `x-xml-of of ${inXml} is ${name ?? "missing"}; the JSON answer is ${inJson}.`, path: place }];
  }
  if (!schemas[inJson]?.["x-xml-order"]) {
    return [{ message: `${inJson} has no x-xml-order: its XML cannot be read.`, path: place }];
  }
  return [];
}
