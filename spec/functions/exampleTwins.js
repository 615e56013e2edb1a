const FORMATS = ["application/json", "application/xml"];

export default function exampleTwins(content, _options, { path }) {
  const names = FORMATS.map((format) => Object.keys(content[format]?.examples ?? {}));
  return FORMATS.flatMap((format, here) =>
    names[here]
      .filter((name) => !names[1 - here].includes(name))
      .map((name) => ({
        message: `The example ${name} has no twin of this name in ${FORMATS[1 - here]}.`,
        path: [...path, format, "examples", name],
      })),
  );
}
