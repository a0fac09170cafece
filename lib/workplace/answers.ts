/**
 * What a runner may answer to each operation: the shape of its result, and what has to fit to the question. The types are
 * those of the port, so that an operation or a field without a shape does not compile.
 */
import { z } from "zod";
import type { Executable } from "../acp/executable";
import type { Extracted } from "../archive/extract-zip";
import type { RememberedFile } from "../clean-room/fixed-files";
import type { PreparedTests, TestsInFolder } from "../clean-room/prepare-tests";
import type { PushComparison, PushTarget } from "../git/compare-push";
import type { FolderHistory, OpenedRepository } from "../git/opened";
import type { MeasuredFolder } from "../measure/measure-workspace";
import { readMediaFile } from "../media/media-file";
import { type NetworkUse, NOT_REACHED, type SandboxResult, type SandboxStatus, type Unreached } from "../sandbox/port";
import type { Snapshot } from "../snapshots/port";
import type { TerminalOutput } from "../terminals/port";
import { FILE_LIMIT_BYTES } from "../workspace/files";
import type { FoundFiles, ListedFolder } from "../workspace/find";
import type { SearchRequest, SearchResult } from "../workspace/search";
import {
  absolutePath,
  anyCommit,
  commit,
  count,
  exitStatus,
  fileName,
  json,
  list,
  nothing,
  object,
  oneOf,
  relativePath,
  sentence,
  text,
  textsByPath,
} from "./answer-shapes";
import type { PlantedRepositories, Room, Workplace, WorkplaceAgents } from "./port";
import { type OPERATIONS, type Part, type PlaceOperations, type PlaceRequest, packShape } from "./requests";

/** How a program that was started for the server has ended. */
interface Ended {
  exitStatus: number | null;
  problem?: string;
}

/** The operations as they travel: some give the caller something else than their method in the port. */
interface Travelling extends Pick<Workplace, "files" | "commands" | "git" | "snapshots"> {
  codingAgents: Pick<WorkplaceAgents, "find"> & { start(): Promise<Ended> };
  servers: { start(): Promise<Ended> };
  room: Omit<Room, "copy"> & { copy(): Promise<void> };
  tests: TestsInFolder;
  place: PlaceOperations;
}

/** A shape, or one with what else has to be true of the result of this question. */
type Answer<Method> = Method extends (...given: infer Given) => Promise<infer Result>
  ? z.ZodType<Result> | readonly [shape: z.ZodType<Result>, fits: (result: Result, ...given: Given) => boolean]
  : never;

type Answers = {
  [In in Part]: {
    [Operation in (typeof OPERATIONS)[In][number]]: Operation extends keyof Travelling[In]
      ? Answer<Travelling[In][Operation]>
      : never;
  };
};

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** Each character has a byte at least. */
const isWithin = (read: string | null, limitBytes = FILE_LIMIT_BYTES) => read === null || read.length <= limitBytes;

function areAmong(found: readonly string[], asked: readonly string[]): boolean {
  const known = new Set(asked);
  return found.length <= asked.length && found.every((one) => known.has(one));
}

const listed = object<ListedFolder>()({
  entries: list(
    object<ListedFolder["entries"][number]>()({
      name: fileName,
      kind: z.enum(["file", "directory", "link", "other"]),
      sizeBytes: count,
      target: relativePath.optional(),
    }),
  ),
  more: count,
});
const found = object<FoundFiles>()({ paths: list(relativePath), more: count });
const searched = object<SearchResult>()({ lines: list(text), results: count, tooLarge: count, mostBytes: count });

/** A binary file is a line, too. */
function fitsSearch({ lines }: SearchResult, { output, multiline, before, after, maxResults }: SearchRequest): boolean {
  if (output === "lines" && multiline) return true;
  const each = output === "lines" ? before + after + 2 : 1;
  return lines.length <= (maxResults + 1) * each;
}

type Todos = MeasuredFolder["todos"];
const measured = object<MeasuredFolder>()({
  path: relativePath,
  basis: z.enum(["git", "disk"]),
  files: count,
  bytes: count,
  lines: count,
  code_lines: count,
  languages: list(
    object<MeasuredFolder["languages"][number]>()({
      name: text,
      files: count,
      bytes: count,
      lines: count,
      code_lines: count,
    }),
  ),
  largest_files: list(object<{ path: string; bytes: number }>()({ path: relativePath, bytes: count })),
  todos: object<Todos>()({
    count,
    first: list(object<Todos["first"][number]>()({ path: relativePath, line: count, text })),
  }),
  tests: object<MeasuredFolder["tests"]>()({ count, files: list(relativePath) }),
  licence_headers: object<MeasuredFolder["licence_headers"]>()({
    files: count,
    source_files: count,
    share: z.number().min(0).max(1),
  }),
  licence_files: list(relativePath),
  subfolders: list(object<{ name: string; files: number }>()({ name: text, files: count })),
  subfolders_left_out: count,
  skipped: object<MeasuredFolder["skipped"]>()({
    binary: count,
    too_large: count,
    links: count,
    submodules: count,
    missing: count,
    other: count,
  }),
});

const network = object<NetworkUse>()({
  connections: count,
  refused: list(sentence),
  unreached: list(object<Unreached>()({ host: sentence, why: z.enum(NOT_REACHED) })).optional(),
  sentBytes: count,
  receivedBytes: count,
});
const ran = object<SandboxResult>()({
  exitStatus,
  endedBy: z.enum(["timeout", "abort", "output_limit", "workspace_full", "memory", "cpu"]).optional(),
  problem: sentence.optional(),
  stdout: text,
  stderr: text,
  truncated: z.boolean(),
  durationMs: z.number().min(0),
  network: network.optional(),
});
const fitsRun = ({ stdout, stderr }: SandboxResult, { maxOutputBytes }: { maxOutputBytes: number }) =>
  stdout.length + stderr.length <= maxOutputBytes;

const status = oneOf<SandboxStatus>()(
  object<Extract<SandboxStatus, { available: true }>>()({
    available: z.literal(true),
    noNetwork: sentence.optional(),
    noSharedNetwork: sentence.optional(),
  }),
  object<Extract<SandboxStatus, { available: false }>>()({ available: z.literal(false), reason: sentence }),
);
const polled = object<TerminalOutput>()({
  state: z.enum(["running", "ended"]),
  exitStatus,
  endedBy: z.enum(["stop", "lifetime"]).optional(),
  output: text,
  cursor: count,
  droppedBytes: count,
  // By a clock that may be set back.
  runningMs: z.number(),
  hasNetwork: z.boolean(),
  problem: sentence.optional(),
});

const branch = sentence.nullable();
const opened = oneOf<OpenedRepository>()(
  object<Extract<OpenedRepository, { git: true }>>()({
    git: z.literal(true),
    path: relativePath,
    branch,
    commit: anyCommit.nullable(),
    commits: count,
  }),
  object<Extract<OpenedRepository, { git: false }>>()({
    git: z.literal(false),
    path: relativePath,
    reason: sentence.optional(),
  }),
);
const history = oneOf<FolderHistory>()(
  object<Extract<FolderHistory, { git: false }>>()({ git: z.literal(false), path: relativePath }),
  object<Extract<FolderHistory, { git: true }>>()({
    git: z.literal(true),
    path: relativePath,
    commits: count,
    authors: count,
    first_commit_at: sentence.nullable(),
    last_commit_at: sentence.nullable(),
    most_changed_files: list(object<{ path: string; commits: number }>()({ path: relativePath, commits: count })),
    truncated: z.boolean(),
  }),
);
const target = object<PushTarget>()({ folder: text, url: text, branch: sentence, commit: anyCommit });

type Compared = PushComparison["loses"];
const MOST_SHOWN_COMMITS = 100;
const commits = object<Compared>()({
  commits: list(
    object<Compared["commits"][number]>()({ commit: anyCommit, subject: sentence, author: sentence, at: sentence }),
    MOST_SHOWN_COMMITS,
  ),
  total: count,
});
const compared = object<PushComparison>()({
  url: z.string().refine((url) => URL.canParse(url)),
  branch: sentence,
  isNew: z.boolean(),
  loses: commits,
  gains: commits,
});
const isOfHost = ({ url }: PushComparison, asked: string) =>
  URL.canParse(asked) && new URL(url).host === new URL(asked).host;

const changedPaths: z.ZodType<readonly string[]> = list(relativePath);
const snapshot = object<Snapshot>()({
  commit,
  changed: count,
  paths: changedPaths,
  files: count,
  bytes: count,
  skipped: list(object<Snapshot["skipped"][number]>()({ path: relativePath, why: sentence })),
  torn: list(relativePath),
});

const executable = object<Executable>()({
  file: absolutePath,
  version: sentence.nullable(),
  licence: sentence.nullable(),
  readOnly: list(object<Executable["readOnly"][number]>()({ source: absolutePath, at: absolutePath })),
  inside: absolutePath,
});
const ended = object<Ended>()({ exitStatus, problem: sentence.optional() });

const remembered = object<RememberedFile>()({
  path: text,
  sign: sentence,
  content: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
const pathsOf = (files: readonly RememberedFile[]) => files.map(({ path }) => path);
const prepared = list(object<PreparedTests>()({ name: z.string().regex(/^\w{1,100}$/), changed: count }));

const ANSWERS = {
  files: {
    isThere: z.boolean(),
    isEmpty: z.boolean(),
    readText: [text, (read, _path, limitBytes) => isWithin(read, limitBytes)],
    readTextIfThere: [text.nullable(), (read, _path, limitBytes) => isWithin(read, limitBytes)],
    readTextOrMedia: [
      oneOf<{ text: string } | { bytes: Uint8Array }>()(
        object<{ text: string }>()({ text }),
        object<{ bytes: Uint8Array }>()({ bytes }),
      ),
      (read) =>
        "text" in read
          ? isWithin(read.text)
          : read.bytes.length <= FILE_LIMIT_BYTES && readMediaFile(read.bytes) !== null,
    ],
    write: object<{ created: boolean; sizeBytes: number }>()({ created: z.boolean(), sizeBytes: count }),
    edit: object<{ count: number }>()({ count }),
    remove: nothing,
    list: [listed, ({ entries }, _path, most) => entries.length <= most],
    find: [found, ({ paths }, { most }) => paths.length <= most],
    search: [searched, fitsSearch],
    measure: measured,
    listArchive: list(relativePath),
    extractArchive: object<Extracted>()({ files: count, bytes: count, leftOut: count }),
    paths: list(relativePath),
    occupied: [list(text), areAmong],
    readFolder: [
      textsByPath,
      (files, _path, { maxFiles, maxBytes }) =>
        Object.keys(files).length <= maxFiles && isWithin(Object.values(files).join(""), maxBytes),
    ],
  },
  commands: {
    status,
    run: [ran, fitsRun],
    start: object<{ id: string }>()({ id: z.string().regex(/^[\w-]{1,100}$/) }),
    output: polled,
    input: nothing,
    stop: polled,
  },
  git: {
    perform: json,
    isRepository: z.boolean(),
    open: opened,
    copy: opened,
    history: [history, (told, _path, mostFiles) => !told.git || told.most_changed_files.length <= mostFiles],
    currentBranch: branch,
    pushTarget: [target, ({ folder }, push) => folder === (push.folder ?? ".")],
    comparePush: [compared, (told, _target, { url }) => isOfHost(told, url)],
    rememberRepositories: nothing,
    plantedRepositories: object<PlantedRepositories>()({
      repositories: list(text),
      runs: list(sentence),
    }).nullable(),
  },
  snapshots: { take: snapshot, takeCommit: snapshot, checkOut: nothing, apply: list(text), copy: nothing },
  codingAgents: { find: executable.nullable(), start: ended },
  servers: { start: ended },
  room: {
    make: nothing,
    copyFolder: nothing,
    fill: nothing,
    copy: nothing,
    makeHome: nothing,
    run: [ran, fitsRun],
    lacksIndex: z.boolean(),
    remember: [list(remembered), (files, paths) => areAmong(pathsOf(files), paths)],
    changedSince: [list(text), (paths, before) => areAmong(paths, pathsOf(before))],
    remove: nothing,
  },
  tests: { breakAll: prepared, mark: prepared, changeOutputs: count, looksAtText: z.boolean() },
  place: {
    makeFolder: nothing,
    missing: [list(commit), areAmong],
    send: packShape,
    receive: nothing,
    working: count,
    endPrograms: nothing,
    removeTree: nothing,
  },
} satisfies Answers;

type Checked = z.ZodType | readonly [z.ZodType, (...given: readonly unknown[]) => boolean];

const CHECKED = new Map(
  Object.entries(ANSWERS).flatMap(([part, operations]) =>
    Object.entries(operations as Record<string, Checked>).map(
      ([operation, answer]) => [`${part}.${operation}`, answer] as const,
    ),
  ),
);

/**
 * Returns what the operation returned, without what this release does not know; null for what no runner says. `value`: as it
 * arrived. The request's arguments are those of the server.
 */
export function answerTo({ part, operation, args }: PlaceRequest, value: unknown): { value: unknown } | null {
  const answer = CHECKED.get(`${part}.${operation}`);
  if (answer === undefined) return null;
  const [shape, fits] = "parse" in answer ? [answer, () => true] : answer;
  const read = shape.safeParse(value);
  return read.success && fits(read.data, ...args) ? { value: read.data } : null;
}
