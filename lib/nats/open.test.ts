import { build } from "esbuild";
import { expect, test } from "vitest";

test("a process that opens no link loads no package of NATS", async () => {
  const { metafile } = await build({
    entryPoints: ["lib/nats/open.ts"],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    outdir: "out",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  /** What an output loads at once, with what that loads. */
  const loaded = (output: string): string[] => {
    const { inputs = {}, imports = [] } = metafile.outputs[output] ?? {};
    const first = imports.filter(({ kind }) => kind === "import-statement");
    return [...Object.keys(inputs), ...first.flatMap(({ path }) => loaded(path))];
  };
  const ofNats = (inputs: readonly string[]) => inputs.filter((input) => input.includes("@nats-io/"));
  const entry =
    Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === "lib/nats/open.ts")?.[0] ?? "";
  expect(ofNats(loaded(entry))).toEqual([]);
  expect(ofNats(Object.keys(metafile.inputs)).length).toBeGreaterThan(10);
});
