/** V10: archives that somebody changed, or made to attack. Each is refused in one sentence, and nothing is left behind. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync, type Zippable, zipSync } from "fflate";
import { expect, onTestFinished, test } from "vitest";
import { writeWhole } from "@/agents/archives/names";
import type { ArchivedRow, ArchiveManifest, RowOf } from "@/core/archive/rows";
import { compareRows } from "@/db/log/rebuild";
import { call, endTask } from "@/tests/agents/replies";
import { tester, trialsOfThisFile } from "@/tests/agents/scenario";
import { startTrial, type Trial } from "@/tests/agents/trial";

const trialOf = trialsOfThisFile();
const DEEP = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

interface Parts {
  files: Record<string, Uint8Array>;
  manifest: ArchiveManifest;
  rows: ArchivedRow[];
  id: string;
  root: string;
}

async function archiveOfTree() {
  const trial = await trialOf({
    root: [
      call("write_file", { path: "a.txt", content: "a\n" }),
      call("write_file", { path: "b.txt", content: "b".repeat(50_000) }),
      endTask("done"),
    ],
  });
  const { id, root_task_id: root } = await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
  const folder = mkdtempSync(join(tmpdir(), "banyan-hostile-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const good = join(folder, "good.banyan.zip");
  await writeWhole((await trial.runtime.application.commands.archiveTrees({ trees: [id] }, tester)).read(), good, {
    overwrites: false,
  });
  // Another installation, which knows nothing of the tree.
  const other = await startTrial({ work: false });
  onTestFinished(() => other.close());
  return { id, root, folder, good, other, read: (file: string) => readIn(other, file) };
}

const readIn = (trial: Trial, file: string) => trial.runtime.application.commands.readArchiveFile({ file }, tester);

/** Rewrites the archive. Unless `isRaw`, rows and hashes are made to fit again, as an attacker would. */
function changed(
  good: string,
  ids: { id: string; root: string },
  change: (parts: Parts) => unknown,
  isRaw = false,
): Uint8Array {
  const { "manifest.json": manifest = new Uint8Array(), ...files } = unzipSync(readFileSync(good));
  const rowsName = `trees/${ids.id}/rows.jsonl`;
  const lines = Buffer.from(files[rowsName] ?? "")
    .toString()
    .trimEnd()
    .split("\n");
  const parts: Parts = {
    ...ids,
    files,
    manifest: JSON.parse(Buffer.from(manifest).toString()),
    rows: lines.map((line) => JSON.parse(line)),
  };
  change(parts);
  if (!isRaw) {
    const text = parts.rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row))).join("\n");
    if (files[rowsName]) parts.files[rowsName] = Buffer.from(`${text}\n`);
    parts.manifest.parts = Object.entries(parts.files).map(([name, bytes]) => {
      return { name, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
    });
  }
  return zipSync({ ...parts.files, "manifest.json": Buffer.from(JSON.stringify(parts.manifest)) } as Zippable, {
    level: 6,
  });
}

const rowOf = <Kind extends ArchivedRow["row"]>({ rows }: Parts, kind: Kind) =>
  rows.find((row): row is RowOf<Kind> => row.row === kind) as RowOf<Kind>;
const last = ({ rows }: Parts) => rows.findLast((row) => row.row === "message") as RowOf<"message">;

/** What is done to the archive, and the sentence that refuses it. */
const ATTACKS: [string, (parts: Parts) => unknown, RegExp, "raw"?][] = [
  ["a path that leads out", ({ files }) => Object.assign(files, { "../../evil": Buffer.from("x") }), /leads outside/],
  ["an absolute path", ({ files }) => Object.assign(files, { "/etc/evil": Buffer.from("x") }), /leads outside/],
  ["a file that is not listed", ({ files }) => Object.assign(files, { extra: Buffer.from("x") }), /unknown shape/],
  [
    "a listed file that is missing",
    ({ files, id }) => void delete files[`trees/${id}/snapshots.pack`],
    /other files than/,
    "raw",
  ],
  [
    "an invisible character in a name",
    ({ files }) => Object.assign(files, { "contents/\u202ex": Buffer.from("x") }),
    /unknown shape/,
  ],
  [
    "a changed row",
    ({ files, id }) => Object.assign(files, { [`trees/${id}/rows.jsonl`]: Buffer.from("{}\n") }),
    /checksum/,
    "raw",
  ],
  ["a changed row with its size", ({ files, id }) => flip(files, `trees/${id}/rows.jsonl`), /checksum/, "raw"],
  [
    "a content under another hash",
    ({ files }) => Object.assign(files, { [`contents/${"0".repeat(64)}`]: Buffer.from("x") }),
    /checksum/,
  ],
  [
    "rows of a tree that is not listed",
    ({ files }) => Object.assign(files, { "trees/other/rows.jsonl": Buffer.from("x") }),
    /does not list/,
  ],
  ["another version", ({ manifest }) => Object.assign(manifest, { version: 2 as 1 }), /reads version 1/],
  [
    "another format",
    ({ manifest }) => Object.assign(manifest, { format: "tar" as "banyan-archive" }),
    /no archive of trees/,
  ],
  ["an unknown field of the contents", ({ manifest }) => void Object.assign(manifest, { more: 1 }), /unknown shape/],
  [
    "a tree that leads out",
    ({ manifest }) => Object.assign(manifest.trees[0] as { id: string }, { id: "../x" }),
    /unknown shape/,
  ],
  ["no trees", ({ manifest }) => Object.assign(manifest, { trees: [] }), /unknown shape/],
  [
    "a row of another table",
    ({ rows }) => void rows.push({ row: "user", role: "admin" } as never),
    /row of an unknown shape/,
  ],
  ["an approval rule", ({ rows }) => void rows.push({ row: "approval_rules", tool: "*" } as never), /unknown shape/],
  ["an unknown column", (parts) => void Object.assign(rowOf(parts, "tree"), { in_place: 1 }), /unknown shape/],
  [
    "a workspace to look into",
    (parts) => void Object.assign(rowOf(parts, "tree"), { workspace: "/etc" }),
    /unknown shape/,
  ],
  ["an open item", (parts) => void parts.rows.push({ ...item(parts), status: "open" } as never), /unknown shape/],
  ["a running tree", (parts) => void parts.rows.splice(parts.rows.indexOf(last(parts)), 1), /has not ended/],
  ["an end that is none", (parts) => setBody(last(parts), { status: "running" }), /an end that no task can have/],
  ["an unknown reason", (parts) => setBody(last(parts), { reason: "because" }), /no task can have/],
  ["a log that is none", (parts) => Object.assign(last(parts), { body: "nothing" }), /not valid JSON/],
  [
    "a log with a wrong beginning",
    (parts) =>
      void parts.rows.splice(
        parts.rows.findIndex(({ row }) => row === "message"),
        1,
      ),
    /log cannot be read/,
  ],
  ["JSON 100,000 deep as a row", ({ rows }) => void rows.push(DEEP as never), /nested more than 4/],
  [
    "JSON 100,000 deep as a message",
    (parts) => Object.assign(last(parts), { body: DEEP.slice(50_000, 150_000) }),
    /unknown shape|nested/,
  ],
  ["a message of no task", (parts) => Object.assign(last(parts), { task: "nobody" }), /no task of its tree/],
  ["a message without text", (parts) => Object.assign(last(parts), { body: null }), /no text, or two/],
  ["a task twice", (parts) => void parts.rows.push(rowOf(parts, "task")), /there twice/],
  [
    "a task below itself",
    (parts) => Object.assign(rowOf(parts, "task"), { parent: rowOf(parts, "task").id }),
    /before the task above/,
  ],
  ["another root", (parts) => Object.assign(rowOf(parts, "tree"), { root: "nobody" }), /one root/],
  ["another tree", (parts) => Object.assign(rowOf(parts, "tree"), { id: "other" }), /under another id/],
  ["two trees in one", (parts) => void parts.rows.push(rowOf(parts, "tree")), /exactly one row/],
  ["an id that hides something", (parts) => Object.assign(rowOf(parts, "task"), { id: "a\u200bb" }), /unknown shape/],
  [
    "an item with a wrong message",
    (parts) => void parts.rows.push({ ...item(parts), message: 9_999 }),
    /message that is not there/,
  ],
  ["facts that are none", (parts) => void parts.rows.push({ ...item(parts), facts: "[1" }), /facts/],
  [
    "a missing output",
    (parts) => void parts.rows.push({ row: "attachment", task: parts.root, turn: 1, content: "0".repeat(64) }),
    /missing/,
  ],
  ["a time that is none", (parts) => Object.assign(last(parts), { at_ms: -1 }), /unknown shape/],
  [
    "a snapshot that leads out",
    (parts) => Object.assign(rowOf(parts, "snapshot"), { label: "../../heads/x" }),
    /not a valid name/,
  ],
  [
    "a snapshot of another commit",
    (parts) => Object.assign(rowOf(parts, "snapshot"), { commit: "1".repeat(40) }),
    /snapshots cannot be read/,
  ],
  [
    "a pack that is none",
    ({ files, id }) => Object.assign(files, { [`trees/${id}/snapshots.pack`]: Buffer.from("PACK") }),
    /snapshots cannot be read/,
  ],
  [
    "no snapshots in the rows",
    (parts) => Object.assign(parts, { rows: parts.rows.filter(({ row }) => row !== "snapshot") }),
    /snapshots are missing/,
  ],
];

function item({ root }: Parts): RowOf<"review"> {
  return {
    row: "review",
    id: "item",
    task: root,
    addressee: null,
    kind: "flag",
    title: "t",
    detail: "d",
    evidence: null,
    blast_radius: 1,
    uncertainty: 1,
    if_ignored: null,
    subject: null,
    level: null,
    why: null,
    facts: null,
    message: null,
    status: "withdrawn",
    answer: null,
    created_at_ms: 1,
    decided_by: null,
    decided_at_ms: null,
  };
}

function setBody(message: RowOf<"message">, change: object): void {
  message.body = JSON.stringify({ ...JSON.parse(message.body ?? "{}"), ...change });
}

function flip(files: Record<string, Uint8Array>, name: string): void {
  const bytes = Buffer.from(files[name] ?? []);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  files[name] = bytes;
}

/** No tree, no text or file, no reference, no folder, no temporary file. */
async function isClean({ runtime, dataDir }: Trial): Promise<boolean> {
  const { store } = runtime;
  const counts = store.client.sqlite
    .prepare(
      "SELECT (SELECT count(*) FROM trees) + (SELECT count(*) FROM tasks) + (SELECT count(*) FROM messages) + (SELECT count(*) FROM blobs)",
    )
    .pluck();
  const snapshots = join(dataDir, "snapshots");
  const kept = readdirSync(dataDir).includes("snapshots") ? readdirSync(join(snapshots, "cache")) : [];
  const refs =
    kept.length === 0 && readdirSync(dataDir).includes("snapshots")
      ? execFileSync("git", ["--git-dir", join(snapshots, "store.git"), "for-each-ref"], { encoding: "utf8" })
      : "";
  return counts.get() === 0 && kept.length === 0 && refs === "" && !readdirSync(dataDir).includes("workspaces");
}

test("an archive with anything that no tree has is refused in one sentence, and nothing is left behind", async () => {
  const { id, root, folder, good, other, read } = await archiveOfTree();
  const file = join(folder, "changed.banyan.zip");
  for (const [what, change, reason, kind] of ATTACKS) {
    writeFileSync(file, changed(good, { id, root }, change, kind === "raw"));
    const refused = await read(file).catch((error: Error) => `${error.name}: ${error.message}`);
    expect([what, refused]).toEqual([what, expect.stringMatching(/^UserError: [^\n]{10,600}$/)]);
    expect([what, refused]).toEqual([what, expect.stringMatching(reason)]);
    expect([what, await isClean(other)]).toEqual([what, true]);
  }
  // What the attacks changed was good before.
  writeFileSync(
    file,
    changed(good, { id, root }, () => {}),
  );
  expect((await read(file)).items).toMatchObject([{ id, outcome: "added" }]);
  const { store } = other.runtime;
  expect(compareRows(store)).toEqual([]);

  // Another tree that claims a task of this one is refused when its rows are written, after its snapshots.
  const claims = (parts: Parts) => {
    for (const name of ["rows.jsonl", "snapshots.pack"]) {
      parts.files[`trees/other/${name}`] = parts.files[`trees/${id}/${name}`] ?? new Uint8Array();
      delete parts.files[`trees/${id}/${name}`];
    }
    rowOf(parts, "tree").id = "other";
    Object.assign(parts.manifest.trees[0] ?? {}, { id: "other" });
    parts.files["trees/other/rows.jsonl"] = Buffer.from(`${parts.rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
  };
  writeFileSync(file, changed(good, { id, root }, claims));
  await expect(read(file)).rejects.toThrow(`the task ${root} exists already, in another tree`);
  const refs = execFileSync("git", ["--git-dir", join(other.dataDir, "snapshots", "store.git"), "for-each-ref"]);
  expect([store.archivedRows.head("other"), String(refs).includes("/other/")]).toEqual([null, false]);
});

test("a file that is no zip, is cut, is a bomb, or holds a link is refused, and so is a folder, a pipe or nothing", async () => {
  const { folder, good, other, read } = await archiveOfTree();
  const bytes = readFileSync(good);
  const path = join(folder, "bad.banyan.zip");
  const files: [string, Uint8Array, RegExp][] = [
    ["nothing", new Uint8Array(), /not a readable zip/],
    ["noise", Buffer.alloc(5_000, 7), /not a readable zip/],
    ["a cut", bytes.subarray(0, bytes.length - 100), /not a readable zip/],
    ["half", bytes.subarray(0, bytes.length / 2), /not a readable zip/],
    ["a bomb", zipSync({ "manifest.json": Buffer.alloc(70_000_000) }, { level: 9 }), /zip bomb/],
    [
      "a link",
      zipSync({ "manifest.json": [Buffer.from("/etc/passwd"), { os: 3, attrs: (0o120777 << 16) >>> 0 }] }),
      /folders, links/,
    ],
    ["a folder", zipSync({ "trees/": new Uint8Array(), "manifest.json": Buffer.from("{}") }), /folders, links/],
    ["deep JSON", zipSync({ "manifest.json": Buffer.from(DEEP) }), /nested more than 5/],
    ["no table of contents", zipSync({ "a.txt": Buffer.from("a") }), /missing/],
  ];
  for (const [what, content, reason] of files) {
    writeFileSync(path, content);
    const refused = await read(path).catch((error: Error) => error.message);
    expect([what, refused]).toEqual([what, expect.stringMatching(reason)]);
  }
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  for (const path of [folder, pipe, join(folder, "missing")])
    await expect(read(path)).rejects.toThrow(/is no file|cannot be read/);
  expect(await isClean(other)).toBe(true);
  for (const name of [
    "../good.banyan.zip",
    "/etc/passwd",
    "x/../../good.banyan.zip",
    ".banyan.zip",
    "a\u200b.banyan.zip",
  ])
    await expect(other.runtime.application.commands.readArchive({ id: name }, tester)).rejects.toThrow(
      /No archive of that name/,
    );
});
