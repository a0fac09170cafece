/** Queries that find something by words: in everything, or in one log. */
import type { Queries } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import type { Store } from "@/db/store";
import { entriesWith } from "./entries-with";

const MOST = { trees: 6, opened: 20, tasks: 8, entries: 6, texts: 6 };
const MOST_IN_LOG = 2_000;
/** Longer texts are no search; the rest is ignored. */
const MOST_CHARS = 200;
/** One letter is in almost every message. */
const LEAST_CHARS = 2;

interface FindingSources {
  store: Pick<Store, "queries" | "search">;
  configuration: Pick<Configuration, "agents" | "documents" | "tools" | "runbooks">;
  ids: { task(prefix: string): string };
}

export function createFindingQueries({
  store,
  configuration,
  ids,
}: FindingSources): Pick<Queries, "find" | "findInLog"> {
  const { finding } = store.queries;
  return {
    async find(words, opened = []) {
      const text = words.trim().slice(0, MOST_CHARS);
      return {
        trees: finding.trees(text, MOST.trees),
        opened: finding.treesOf(opened.slice(0, MOST.opened)),
        tasks: finding.tasks(text, MOST.tasks),
        entries: text ? entriesWith(configuration, text, MOST.entries) : [],
        texts: text.length < LEAST_CHARS ? [] : store.search.searchAll(text, MOST.texts),
      };
    },
    findInLog: async (id, words) =>
      store.search.searchTask(words.slice(0, MOST_CHARS), { taskId: ids.task(id), limit: MOST_IN_LOG }),
  };
}
