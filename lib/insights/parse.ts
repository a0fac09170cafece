/** Parses files in processes of their own: one that a hostile file kills or holds is replaced, and the file left out. */
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { eachLine } from "../process/lines";
import { factsOf, loadLanguages, without } from "../structure/facts-of";
import { WorkspaceError } from "../workspace/path";
import { eachBlob } from "./blobs";
import { inLine, type KeptFile, keptFrom, lineOf } from "./kept-file";
import type { FileToParse, ParseRequest } from "./request";

/** Code that people write is smaller. */
const MOST_FILE_BYTES = 1_000_000;
const PARSE_MS = 900_000;
const MOST_PROCESSES = 4;
/** A process that says nothing for so long is held by a file. */
const SILENCE_MS = 30_000;
const HEAP_MB = 512;
/** When more processes of a part die, the look fails. */
const MOST_DEATHS = 50;
/** What a process writes before it parses the first file: no file has killed one that dies before it. */
const READY = "ready";
const MOST_UNREADY = 2;

/** Runs in a process of its own: writes that it is ready, then what is kept of each file as a line, in their order. */
export async function parseFiles(file: string): Promise<void> {
  const { gitDir, dir, files } = JSON.parse(fs.readFileSync(file, "utf8")) as ParseRequest;
  await loadLanguages(files.map(({ language }) => language));
  const oids = files.map(({ oid }) => oid);
  await eachBlob(oids, { gitDir, dir, mostBytes: MOST_FILE_BYTES, timeoutMs: PARSE_MS }, (content, at) => {
    if (at === 0) process.stdout.write(`${READY}\n`);
    const { path: name, language } = files[at] as FileToParse;
    const facts = content === null ? without(language, 0, "unreadable") : factsOf(name, language, content);
    process.stdout.write(`${lineOf(keptFrom(facts))}\n`);
  });
}

export interface Parsing extends Omit<ParseRequest, "files"> {
  /** The address of the program, whose `main` a process calls. */
  entry: string;
}

/** Takes what is kept of a file; `isLost`: it could not be parsed now, and a later look may be able to. */
type Take = (file: FileToParse, kept: KeptFile, isLost: boolean) => void;

/** Parses files, several at once, and passes on what is kept of each. Throws a `WorkspaceError` when processes keep dying. */
export async function parseAll(files: readonly FileToParse[], parsing: Parsing, take: Take): Promise<void> {
  const processes = Math.min(MOST_PROCESSES, availableParallelism(), Math.ceil(files.length / 200));
  const parts = Array.from({ length: processes }, (_, part) => files.filter((_file, at) => at % processes === part));
  await Promise.all(parts.map((part, number) => parsePart(part, { ...parsing, number }, take)));
}

async function parsePart(
  files: readonly FileToParse[],
  parsing: Parsing & { number: number },
  take: Take,
): Promise<void> {
  let left = files;
  let unready = 0;
  for (let deaths = 0; left.length > 0; deaths++) {
    const given = left;
    let isReady = false;
    let done = 0;
    await parsed(given, parsing, (line) => {
      const file = given[done];
      if (!isReady) isReady = line === READY;
      else if (file) {
        done += 1;
        const kept = inLine(line);
        take(file, kept ?? unread(file), kept === null);
      }
    });
    left = given.slice(done);
    const [held] = left;
    if (held === undefined) return;
    // Such as for want of memory: with all its files unread a repository would look as if all were dealt with.
    if (!isReady) unready += 1;
    if (unready >= MOST_UNREADY || deaths >= MOST_DEATHS)
      throw new WorkspaceError(
        "Its files could not be parsed, because the processes that parse them were ended: try again.",
      );
    if (!isReady) continue;
    take(held, unread(held), true);
    left = left.slice(1);
  }
}

function unread({ language }: FileToParse): KeptFile {
  return keptFrom(without(language, 0, "unreadable"));
}

/** Resolves when the process has ended, with whatever fate. */
async function parsed(
  files: readonly FileToParse[],
  { gitDir, dir, entry, number }: Parsing & { number: number },
  take: (line: string) => void,
): Promise<void> {
  const file = path.join(dir, `parse-${number}`);
  fs.writeFileSync(file, JSON.stringify({ gitDir, dir, files } satisfies ParseRequest));
  const source = `await (await import(${JSON.stringify(entry)})).main(${JSON.stringify(["parse", file])});`;
  const flags = [`--max-old-space-size=${HEAP_MB}`, "--input-type=module"];
  const child = spawn(process.execPath, [...flags, "-e", source], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise((resolve) => {
    child.once("close", resolve);
    child.once("error", resolve);
  });
  let timer = guard(child);
  eachLine(child.stdout, (line) => {
    clearTimeout(timer);
    timer = guard(child);
    take(line);
  });
  await ended;
  clearTimeout(timer);
}

function guard(child: ChildProcess): NodeJS.Timeout {
  return setTimeout(() => child.kill("SIGKILL"), SILENCE_MS);
}
