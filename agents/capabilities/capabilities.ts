/**
 * Everything that can be called on to do work, as a view: names from the configuration, the machine and a workspace,
 * figures from the audit and the tasks. Nothing is stored.
 */
import type { Configuration } from "@/agents/configuration/configuration";
import type { Catalogue } from "@/agents/tools/catalogue";
import { isApi } from "@/agents/tools/outside/added-config";
import { isServer, namesOfServerTools } from "@/agents/tools/outside/server-tools";
import { forSubtasks } from "@/agents/tools/subtasks/host-agents";
import { isFitting } from "@/core/rules/capability-fit";
import type {
  Capabilities,
  Capability,
  CapabilityFigures,
  CapabilityGap,
  CapabilityMatch,
  NeededStep,
} from "@/core/shapes/capabilities/capabilities";
import { createRanker, type Ranker } from "@/db/capabilities/ranker";
import type { ToolState } from "@/db/configuration/tool-states";
import type { Store } from "@/db/store";
import type { WorkplaceFiles } from "@/lib/workplace/port";
import type { MachineCommands } from "./commands";
import { librariesIn } from "./libraries";

export interface CapabilitySources {
  configuration: Pick<Configuration, "tools" | "agents" | "runbooks">;
  catalogue(): Promise<Pick<Catalogue, "control" | "world">>;
  store: Pick<Store, "toolStates"> & { queries: Pick<Store["queries"], "figures"> };
  commands: MachineCommands;
  /** The seam for agents of other programs (ACP, A2A): returns those that people connected. Absent: none. */
  outsideAgents?(): Promise<Capability[]>;
}

export interface CapabilityView {
  /** `place`: the workspace whose libraries count too. */
  list(place?: Pick<WorkplaceFiles, "readText"> | null): Promise<Capabilities>;
  /** Returns the best eight of what a task is offered, best first. */
  find(need: string, place?: Pick<WorkplaceFiles, "readText"> | null): Promise<CapabilityMatch[]>;
  /** Returns for each step the best matches, and says which step none fits. */
  gaps(steps: readonly NeededStep[], place?: Pick<WorkplaceFiles, "readText"> | null): Promise<CapabilityGap[]>;
}

const BEST = 8;
/** Of a step, so that the gaps of a whole plan stay short. */
const BEST_OF_STEP = 3;
const MOST_STEPS = 100;
const MOST_NEED = 2_000;

export function createCapabilities(sources: CapabilitySources): CapabilityView {
  const ranked = keptRanker();
  const list = (place?: Pick<WorkplaceFiles, "readText"> | null) => listAll(sources, place ?? null);
  const offered = async (place?: Pick<WorkplaceFiles, "readText"> | null) => offeredIn((await list(place)).items);
  return {
    list,
    async find(need, place) {
      const items = await offered(place);
      return matchesIn(items, ranked(items), need, BEST);
    },
    async gaps(steps, place) {
      const items = await offered(place);
      return gapsOf(items, ranked(items), steps.slice(0, MOST_STEPS));
    },
  };
}

/** Returns what a task is offered, as `list_agents` does: the agents that the host starts itself fill no need of a task. */
function offeredIn(items: readonly Capability[]): Capability[] {
  const agents = new Set(forSubtasks(items.filter(({ kind }) => kind === "agent")));
  return items.filter((item) => item.kind !== "agent" || agents.has(item));
}

/** Returns for each step the best matches among `items`, and says which step none fits. */
function gapsOf(items: readonly Capability[], ranker: Ranker, steps: readonly NeededStep[]): CapabilityGap[] {
  return steps.map(({ step, need }) => {
    const matches = matchesIn(items, ranker, need ?? step, BEST_OF_STEP);
    return { step, need: need ?? step, matches, fits: matches.some(isFitting) };
  });
}

function matchesIn(items: readonly Capability[], ranker: Ranker, need: string, most: number): CapabilityMatch[] {
  const ranked = ranker.rank(need.slice(0, MOST_NEED), most);
  const best = ranked.reduce((highest, { fit }) => Math.max(highest, fit), 0);
  // A match with a common word only is noise beside one that has the rare words too.
  return ranked
    .filter(({ fit }) => fit >= best / 2)
    .flatMap(({ index, fit }) => {
      const item = items[index];
      return item ? [{ ...item, fit }] : [];
    });
}

/** Returns a function that makes the index of a list, and keeps it as long as the texts are the same. */
function keptRanker(): (items: readonly Capability[]) => Ranker {
  let kept: { key: string; ranker: Ranker } | null = null;
  return (items) => {
    const texts = items.map(({ kind, name, description, of }) => {
      return { name, text: `${description} ${kind === "tool" ? "" : kind} ${of ?? ""}` };
    });
    const key = JSON.stringify(texts);
    if (kept?.key !== key) {
      kept?.ranker.close();
      kept = { key, ranker: createRanker(texts) };
    }
    return kept.ranker;
  };
}

async function listAll(
  sources: CapabilitySources,
  place: Pick<WorkplaceFiles, "readText"> | null,
): Promise<Capabilities> {
  const { configuration, store } = sources;
  const { figures } = store.queries;
  const [catalogue, machine, inside, outside] = await Promise.all([
    sources.catalogue(),
    sources.commands.find(),
    place ? librariesIn(place) : { libraries: [], problems: [] },
    sources.outsideAgents?.() ?? [],
  ]);
  const [ofTools, ofAgents, ofRunbooks] = [figures.ofTools(), figures.ofAgents(), figures.ofRunbooks()];
  const items: Capability[] = [
    ...toolsIn(configuration, catalogue, store.toolStates.all(), ofTools),
    ...configuration.agents().map((agent) => plain("agent", agent, ofAgents.get(agent.name) ?? NO_USES)),
    ...configuration.runbooks().map((runbook) => plain("runbook", runbook, ofRunbooks.get(runbook.name) ?? NO_USES)),
    ...machine.commands.map(({ name, does, version }): Capability => {
      return { ...plain("command", { name, description: does }, null), version: version || null };
    }),
    ...inside.libraries.map(({ name, version, manifest }): Capability => {
      const description = `A library of the workspace, in ${manifest}.`;
      return { ...plain("library", { name, description }, null), of: manifest, version };
    }),
    ...outside,
  ];
  return { items, problems: [...(machine.problem ? [machine.problem] : []), ...inside.problems] };
}

const NO_USES: CapabilityFigures = {
  uses: 0,
  success: null,
  median_seconds: null,
  median_usd: null,
  last_used_at: null,
  tried: null,
};

function plain(
  kind: Capability["kind"],
  { name, description }: { name: string; description: string },
  figures: CapabilityFigures | null,
): Capability {
  return { kind, name, description, of: null, version: null, unavailable: null, figures };
}

/** Returns the tools of Banyan, and each tool of each server. */
function toolsIn(
  configuration: CapabilitySources["configuration"],
  { control, world }: Pick<Catalogue, "control" | "world">,
  states: ReadonlyMap<string, ToolState>,
  figures: ReadonlyMap<string, CapabilityFigures>,
): Capability[] {
  const configured = configuration.tools();
  const named = new Set(configured.map(({ name }) => name));
  // Tools that only write records in their tree leave no row in the audit.
  const core = [...control.values()].filter(({ name }) => !named.has(name)).map((tool) => plain("tool", tool, null));
  const others = configured.flatMap((tool): Capability[] => {
    const { name, description, availability } = tool;
    const off = availability.available ? null : availability.reason;
    const unavailable = states.get(name)?.quarantine ?? off;
    if (!isServer(tool))
      return [
        { ...plain("tool", { name, description: world.get(name)?.description ?? description }, null), unavailable },
      ].map((own) => (control.has(name) ? own : { ...own, figures: figures.get(name) ?? NO_USES }));
    const names = namesOfServerTools(name, tool.server.tools);
    return tool.server.tools.map((listed, index) => {
      const own = names[index] ?? name;
      const kind = isApi(tool.server) ? "operation" : "tool";
      return {
        ...plain(kind, { name: own, description: listed.description }, figures.get(own) ?? NO_USES),
        of: name,
        unavailable,
      };
    });
  });
  return [...core, ...others];
}
