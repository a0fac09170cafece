/** Reads what a commit of a service holds. Its files are a stranger's, so all of it is bounded, and what is wrong becomes a sentence. */
import { documentAt, textAt, textsAt } from "@/agents/specification/files";
import { readSpecification, viewOf } from "@/agents/specification/read";
import { type ServiceOperation as ModelOperation, operationsOf } from "@/core/services/document/operations";
import { DocumentError } from "@/core/services/document/parts";
import { RECORD_FILE, serviceRecord } from "@/core/services/record";
import type { MadeFrom, ServiceContract } from "@/core/shapes/services/view";
import { specifiedOperations } from "@/core/specification/operations";
import type { SpecificationView } from "@/core/specification/view";
import { readContract } from "@/lib/contract/read";
import { eachItem } from "@/lib/git/run";
import { eachBlob } from "@/lib/insights/blobs";
import { parseDocument } from "@/lib/openapi/document";
import { ApiDocumentError } from "@/lib/openapi/types";
import { WorkspaceError } from "@/lib/workspace/path";
import type { OpenSource } from "./repository";

/** Where operations that answer with an example are. */
const TO_WRITE = "src/to-write/";
const MOST_FILES = 50_000;
const MOST_TESTS = 1_000;
const MOST_TEST_BYTES = 1_000_000;
const SEARCH_MS = 30_000;

/** A file of the commit. */
interface CommitFile {
  oid: string;
  bytes: number;
}

export interface CommitContents {
  commit: string;
  made: MadeFrom | null;
  view: SpecificationView | null;
  contract: ServiceContract | null;
  /** All files by their paths; null when there are too many. */
  files: ReadonlyMap<string, CommitFile> | null;
  /** What could not be read, a sentence each. */
  notRead: string[];
}

export async function readContents(source: OpenSource): Promise<CommitContents> {
  const notRead: string[] = [];
  const asked = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      const isSaid =
        error instanceof WorkspaceError || error instanceof ApiDocumentError || error instanceof DocumentError;
      if (!isSaid) throw error;
      notRead.push(error.message);
      return null;
    }
  };
  const files = await asked(() => filesAt(source));
  const made = await asked(() => recordAt(source));
  const view = await asked(() => specificationAt(source));
  const contract = await asked(() => contractAt(source, new Set(files?.keys() ?? [])));
  return { commit: source.commit, made, view, contract, files, notRead };
}

/** Resolves with how Banyan made it; null: there is no record. Throws a WorkspaceError. */
export async function recordAt(source: OpenSource): Promise<MadeFrom | null> {
  const text = await textAt(source, RECORD_FILE, source.signal);
  if (text === null) return null;
  const read = serviceRecord.safeParse(jsonIn(text));
  if (!read.success) throw new WorkspaceError(`${RECORD_FILE} is not what Banyan wrote: take it from an older commit.`);
  const { blueprint, parts, variables } = read.data;
  return { blueprint: blueprint.name, version: blueprint.version, parts, variables };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Resolves with the specification; null: there is none. Throws a WorkspaceError. */
export async function specificationAt(source: OpenSource): Promise<SpecificationView | null> {
  const texts = await textsAt(source, source.signal);
  return texts.specification === null ? null : viewOf(await readSpecification(texts, "final"));
}

async function contractAt(source: OpenSource, files: ReadonlySet<string>): Promise<ServiceContract | null> {
  const text = await documentAt(source, source.signal);
  if (text === null) return null;
  const { title, version, operations } = await readContract(text);
  const document = parseDocument(text);
  const said = new Map(specifiedOperations(document).map((one) => [one.key, one]));
  const examples = new Set([...files].filter((file) => file.startsWith(TO_WRITE)));
  const names = examples.size === 0 ? [] : operationsOf(document, new Set());
  const unwritten = new Set(
    names.filter(({ file }: ModelOperation) => examples.has(`${TO_WRITE}${file}.ts`)).map(({ key }) => key),
  );
  return {
    title,
    version,
    operations: operations.map(({ key, answers }) => ({
      key,
      summary: said.get(key)?.summary ?? "",
      requirements: said.get(key)?.requirements ?? [],
      statuses: answers.map(({ status }) => status),
      is_example: unwritten.has(key),
    })),
  };
}

const LISTED = /^100(?:644|755) blob ([0-9a-f]{40}) +(\d+)\t(.*)$/s;

/** Links and repositories of others are no files of it. */
async function filesAt({ gitDir, commit, signal }: OpenSource): Promise<Map<string, CommitFile>> {
  const files = new Map<string, CommitFile>();
  const args = ["ls-tree", "-r", "-l", "-z", "--full-tree", commit];
  await eachItem(args, { gitDir, signal, mostItems: MOST_FILES }, (item) => {
    const [, oid, bytes, path] = LISTED.exec(item) ?? [];
    if (oid !== undefined && path !== undefined) files.set(path, { oid, bytes: Number(bytes) });
  });
  return files;
}

/** Resolves with the files of tests that name each id, as the check of a service's goal looks for them. */
export async function testsNaming(
  { gitDir, dir }: OpenSource,
  files: ReadonlyMap<string, CommitFile>,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const tests = [...files].filter(([path, { bytes }]) => isNamedTest(path) && bytes <= MOST_TEST_BYTES);
  if (ids.length === 0) return new Map();
  if (tests.length > MOST_TESTS)
    throw new WorkspaceError(`There are more than ${MOST_TESTS} files of tests, which are too many to search.`);
  const named = new Map<string, string[]>();
  const oids = tests.map(([, { oid }]) => oid);
  const limits = { gitDir, dir, mostBytes: MOST_TEST_BYTES, timeoutMs: SEARCH_MS };
  await eachBlob(oids, limits, (content, at) => {
    const words = new Set(content?.toString("utf8").match(/\b[A-Z]\d{1,4}\b/g) ?? []);
    for (const id of ids) if (words.has(id)) named.set(id, [...(named.get(id) ?? []), tests[at]?.[0] ?? ""]);
  });
  return named;
}

function isNamedTest(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.includes("test") && !path.split("/").includes("node_modules");
}
