import { expect, test } from "vitest";
import { librariesIn } from "./libraries";

async function namesIn(files: Record<string, string>) {
  const readText = async (path: string) => {
    const text = files[path];
    if (text === undefined) throw new Error("not there");
    return text;
  };
  const { libraries, problems } = await librariesIn({ readText });
  return { names: libraries.map(({ name, version }) => `${name} ${version ?? "-"}`), problems };
}

test("libraries of Go and Ruby are read from their manifests", async () => {
  const modules =
    "module a.test/x\n\nrequire github.com/a/b v1.2.3\nrequire (\n\tgo.uber.org/zap v1.0.0 // indirect\n)\n";
  expect((await namesIn({ "go.mod": modules })).names).toEqual(["github.com/a/b v1.2.3", "go.uber.org/zap v1.0.0"]);
  const gems = "source 'https://rubygems.org'\ngroup :test do\n  gem 'rails', '~> 7.1'\n  gem \"rake\"\nend\n";
  expect((await namesIn({ Gemfile: gems })).names).toEqual(["rails ~> 7.1", "rake -"]);
});

/** Patterns that began again at each place took minutes to hours for these. */
test("a manifest of anything is read", async () => {
  for (const piece of ["\n", " ", ".", "a.", "require ", "gem 'a', '", "["]) {
    const text = `${piece.repeat(500_000 / piece.length)}\n`;
    const { names, problems } = await namesIn({ "go.mod": `${text}a.test/b v1.0.0\n`, Gemfile: `${text}gem "rake"\n` });
    expect([piece, problems, names.includes("a.test/b v1.0.0")]).toEqual([piece, [], true]);
  }
  expect((await namesIn({ "requirements.txt": "a\n".repeat(250_000) })).problems).toEqual([
    "Only the first 300 libraries are listed.",
  ]);
});
