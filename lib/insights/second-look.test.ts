/** A second look uses what the first one kept; it must say what a first look would say. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureBuilt } from "@/scripts/build.mjs";
import { ROOT } from "@/scripts/places.mjs";
import { factsOf } from "../structure/facts-of";
import { addKept, type Kept, keep, keepAdded, readKept } from "./cache";
import { keptFrom } from "./kept-file";
import { look } from "./look";
import type { LookResult } from "./request";
import { plantedRepository, type Repository } from "./testing/planted";

const ENTRY = pathToFileURL(path.join(ROOT, "dist", "insights.mjs")).href;
const NOW_MS = Date.UTC(2026, 10, 1);

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-second-look-"));
beforeAll(() => ensureBuilt("programs"));
afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

function newFolder(): string {
  return fs.mkdtempSync(path.join(temporary, "folder-"));
}

function lookAt({ folder, git }: Repository, kept: string, known: LookResult | null): Promise<LookResult> {
  return look(
    {
      gitDir: path.join(folder, ".git"),
      commit: git("rev-parse", "HEAD"),
      dir: newFolder(),
      kept,
      root: null,
      known: (known?.insights ?? []).map(({ id, kind, path: file, symbol }) => ({
        id,
        kind,
        path: file,
        symbol,
        isFound: true,
      })),
      compared: null,
      nowMs: NOW_MS,
    },
    ENTRY,
  );
}

/** What a look says, without how it came to it. */
function said({ parsed: _parsed, ms: _ms, ...rest }: LookResult) {
  return rest;
}

/** An assertion of a type that is a tag in markup, so that it is no code there. */
const GENERIC = "export function generic(a: unknown) {\n  const b = <string>a;\n  if (b) return 1;\n  return 2;\n}\n";

type Change = (repository: Repository, file: string, number: number) => void;

const CHANGES: Record<string, Change> = {
  edit({ put, read }, file, number) {
    put(file, `${read(file)}\n${file.endsWith(".py") ? "#" : "//"} TODO look at ${number}\n`);
  },
  rename({ git }, file, number) {
    git("mv", "-f", file, path.join(path.dirname(file), `moved${number}${path.extname(file)}`));
  },
  remove({ git }, file) {
    git("rm", "-f", "--quiet", file);
  },
  copy({ put, read }, file, number) {
    put(`copies/copy${number}${path.extname(file)}`, read(file));
  },
  // The same content says something else in another language, and where it is read as markup.
  markup({ put }, _file, number) {
    put(`src/generic${number}.tsx`, GENERIC);
  },
  copyToOtherLanguage({ put, read }, file, number) {
    put(`copies/other${number}${file.endsWith(".ts") ? ".js" : ".ts"}`, read(file));
  },
  swap({ put, read }, file, number) {
    const files = ["src/pricing/discounts.ts", "src/orders/totals.ts"];
    const other = files[number % files.length] ?? file;
    if (!fs.existsSync(other)) return;
    const text = read(other);
    put(other, read(file));
    put(file, text);
  },
};

const STEP = fc.record({
  change: fc.constantFrom(...Object.keys(CHANGES)),
  file: fc.nat(),
  number: fc.nat({ max: 9 }),
});

test("after any changes a second look says what a look without anything kept says", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(STEP, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
      async (commits) => {
        const repository = plantedRepository();
        const kept = newFolder();
        try {
          repository.put("src/generic.ts", GENERIC);
          repository.commit(1);
          let before = await lookAt(repository, kept, null);
          for (const steps of commits) {
            for (const { change, file, number } of steps) {
              const files = repository
                .git("ls-files")
                .split("\n")
                .filter(
                  (name) => /\.(ts|js|py|go|rs|java)$/.test(name) && fs.existsSync(path.join(repository.folder, name)),
                );
              CHANGES[change]?.(repository, files[file % files.length] ?? "", number);
              repository.git("add", "--all");
            }
            repository.put("changes.txt", `${Math.random()}`);
            repository.commit(1);
            const second = await lookAt(repository, kept, before);
            const fresh = await lookAt(repository, newFolder(), before);
            expect(said(second)).toEqual(said(fresh));
            expect(second.parsed).toBeLessThanOrEqual(2 * steps.length);
            expect(fresh.parsed).toBeGreaterThan(20);
            const third = await lookAt(repository, kept, before);
            expect(third.parsed).toBe(0);
            expect(said(third)).toEqual(said(second));
            before = second;
          }
        } finally {
          repository.end();
        }
      },
    ),
    { numRuns: 4 },
  );
}, 240_000);

/** Returns what is kept of so many files. */
function keptFiles(count: number, from = 0): Kept {
  const files: Kept["files"] = new Map();
  for (let at = from; at < from + count; at++) {
    const text = `import { b } from "./b${at}";\nexport function f${at}(a: any) {\n  return b(a, "ä${at}");\n}\n`;
    const file = { path: `f${at}.ts`, oid: `oid${at}` };
    addKept(files, file, keptFrom(factsOf(file.path, "typescript", Buffer.from(text))));
  }
  return { files, noteTimes: new Map([[`oid${from}:1`, count]]) };
}

function shown({ files, noteTimes }: Kept) {
  return {
    files: [...files].flatMap(([ending, byOid]) =>
      [...byOid].map(([oid, { language, imports, words, prints, unused, details, codeLines, hasFindings }]) => [
        ending,
        oid,
        { language, imports, words, prints, unused, details, codeLines, hasFindings },
      ]),
    ),
    noteTimes: [...noteTimes],
  };
}

test("what is kept is read as it was", () => {
  const folder = newFolder();
  const kept = keptFiles(50);
  keep(folder, newFolder(), kept);
  expect(shown(readKept(folder))).toEqual(shown(kept));
});

test("what was damaged is not used", () => {
  const folder = newFolder();
  keep(folder, newFolder(), keptFiles(50));
  const [name = ""] = fs.readdirSync(folder);
  const file = path.join(folder, name);
  const whole = fs.readFileSync(file);
  const empty = { files: new Map(), noteTimes: new Map() };
  const nothing = { ...empty, added: empty };
  for (let at = 0; at < whole.length; at += 97) {
    fs.writeFileSync(file, whole.subarray(0, at));
    expect(readKept(folder)).toEqual(nothing);
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(whole.readUInt8(at) ^ 0x20, at);
    fs.writeFileSync(file, damaged);
    expect(readKept(folder)).toEqual(nothing);
  }
  fs.writeFileSync(file, Buffer.concat([whole, Buffer.from("\0")]));
  expect(readKept(folder)).toEqual(nothing);
  fs.writeFileSync(file, whole);
  expect(readKept(folder).files.get("ts")?.size).toBe(50);
});

test("what was added later is read with the rest, and damage to it leaves the rest", () => {
  const folder = newFolder();
  keep(folder, newFolder(), keptFiles(50));
  keepAdded(folder, newFolder(), keptFiles(2, 50));
  const { added, ...all } = readKept(folder);
  expect(shown(all).files).toEqual(shown(keptFiles(52)).files);
  expect(shown(added)).toEqual(shown(keptFiles(2, 50)));
  expect([...all.noteTimes]).toEqual([
    ["oid0:1", 50],
    ["oid50:1", 2],
  ]);
  const [whole = "", more = ""] = fs.readdirSync(folder).sort();
  fs.truncateSync(path.join(folder, more), 100);
  expect(shown(readKept(folder))).toEqual(shown(keptFiles(50)));
  keepAdded(folder, newFolder(), keptFiles(2, 50));
  fs.truncateSync(path.join(folder, whole), 100);
  expect(readKept(folder).files.size).toBe(0);
  keep(folder, newFolder(), keptFiles(50));
  expect(fs.readdirSync(folder)).toHaveLength(1);
});

test("a process that is killed while it keeps something leaves what was kept before or after, and nothing beside it", async () => {
  const [folder, dir] = [newFolder(), newFolder()];
  const program = `
    const { readKept, keep } = await import(${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, "cache.ts")).href)});
    const kept = readKept(${JSON.stringify(folder)});
    for (let round = 1; ; round++) {
      keep(${JSON.stringify(folder)}, ${JSON.stringify(dir)}, { ...kept, noteTimes: new Map([["round", round]]) });
      process.stdout.write(".");
    }`;
  keep(folder, dir, keptFiles(3_000));
  for (let kill = 0; kill < 4; kill++) {
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    for (let rounds = 0; rounds <= kill; rounds++) await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "close");
    expect(fs.readdirSync(folder).length).toBe(1);
    const { files, noteTimes } = readKept(folder);
    expect(files.get("ts")?.size).toBe(3_000);
    expect(noteTimes.get("round")).toBeGreaterThan(0);
  }
});
