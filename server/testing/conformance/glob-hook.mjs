/**
 * For `node --import`: gives the conformance suite `fs.globSync`, which Node has from version 22 on. The suite imports
 * it for a command that the tests do not use.
 */
import fs from "node:fs";
import { register } from "node:module";

/** @param {string} source */
const moduleOf = (source) => `data:text/javascript,${encodeURIComponent(source)}`;

if (!("globSync" in fs)) {
  const withGlob = moduleOf(
    'export * from "node:fs"; export { default } from "node:fs"; export const globSync = () => [];',
  );
  register(
    moduleOf(`export async function resolve(name, context, next) {
      const isSuite = name === "fs" && context.parentURL?.includes("/@modelcontextprotocol/conformance/");
      return isSuite ? { url: ${JSON.stringify(withGlob)}, shortCircuit: true } : next(name, context);
    }`),
  );
}
