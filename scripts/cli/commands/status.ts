/** `status`: shows how busy Banyan and its machine are now, and what runs short. */
import type { WaitingPromotion } from "@/core/shapes/environments/promotions";
import type { StoppedEvolution, WaitingChange } from "@/core/shapes/evolution";
import type { StuckForge } from "@/core/shapes/forges";
import type { MonitorStatus } from "@/core/shapes/health";
import type { PausedSchedule, ServerStatus, StatusTotals } from "@/core/shapes/status";
import { promotionTitle } from "@/core/words/environments/promotions";
import { count, money, plural } from "@/core/words/figures";
import { type Context, withReadRuntime } from "@/scripts/cli/context/context";
import { paint, print, printJson } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";
import { short } from "@/scripts/cli/print/words";

const LABEL_CELLS = 10;

export async function status(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getStatus();
    if (context.json) printJson(found);
    else for (const line of statusLines(found)) print(line);
    return 0;
  });
}

export function statusLines({ monitor, ...status }: ServerStatus): string[] {
  const { slots, terminal, models } = status;
  const usable = models.filter((model) => model.available).map((model) => model.name);
  const halt = status.paused_everything;
  const rows = [
    ...(halt
      ? [["Paused", `everything, by ${halt.by} since ${halt.since}; resume with \`npx banyan resume-everything\``]]
      : []),
    ["Slots", `${slots.used} of ${slots.max} in use`],
    ["Queue", plural(status.queued, "task")],
    ...(monitor ? [["Resting", `${monitor.waiting} waiting, ${monitor.parked} parked`]] : []),
    ["Reviews", `${status.openReviews} open`],
    ["Today", spentToday(status.today)],
    ["Models", `${status.defaultModel} is the default; usable: ${usable.join(", ")}`],
    ["Terminal", terminal.available ? "on, sandboxed" : `off: ${terminal.reason}`],
    ...(monitor ? machineRows(monitor) : []),
  ];
  const alerts = monitor?.alerts ?? [];
  return [
    ...rows.map(([label = "", text = ""]) => `${padTo(label, LABEL_CELLS)}${oneLine(text)}`),
    ...alerts.map(({ sentence, remedy }) => `${paint("yellow", "!")} ${oneLine(`${sentence} ${remedy}`)}`),
    ...status.paused_schedules.map(pausedLine),
    ...status.stuck_forges.map(stuckLine),
    ...status.waiting_changes.map(waitingLine),
    ...status.waiting_promotions.map(waitingPromotionLine),
    ...status.stopped_evolutions.map(stoppedLine),
    ...unlistedLines(status),
  ];
}

/** What stands in each list, and the command that shows what is not printed. */
const LISTED: Record<keyof StatusTotals, [noun: string, command: string]> = {
  paused_schedules: ["more paused schedule", "schedule list"],
  stuck_forges: ["more stuck forge", "project show NAME"],
  waiting_changes: ["more waiting change", "evolve PROJECT status"],
  waiting_promotions: ["more waiting promotion", "service promotions PROJECT"],
  stopped_evolutions: ["more stopped evolution", "evolve PROJECT status"],
};

/** Returns a line for each list that has more than what is printed of it. */
function unlistedLines({ totals, ...lists }: Pick<ServerStatus, keyof StatusTotals | "totals">): string[] {
  return (Object.keys(LISTED) as (keyof StatusTotals)[]).flatMap((name) => {
    const more = totals[name] - lists[name].length;
    const [noun, command] = LISTED[name];
    return more > 0 ? [`${paint("yellow", "!")} ${plural(more, noun)}. Look with \`npx banyan ${command}\`.`] : [];
  });
}

/** Returns a line about a schedule that waits for a person. */
export function pausedLine({ id, name, sentence }: PausedSchedule): string {
  const remedy = `Resume it with \`npx banyan schedule resume ${short(id)}\`.`;
  return `${paint("yellow", "!")} ${oneLine(`Banyan paused the schedule “${name}”. ${sentence} ${remedy}`)}`;
}

/** Returns a line about a project that gets no work from its forge. */
export function stuckLine({ project, host, sentence, is_paused: isPaused }: StuckForge): string {
  const what = isPaused
    ? `Banyan paused the link of ${project} with ${host}.`
    : `${project} gets no work from ${host}.`;
  const remedy = isPaused
    ? `Resume it with \`npx banyan project resume ${project}\`.`
    : `Look again with \`npx banyan project look ${project}\`.`;
  return `${paint("yellow", "!")} ${oneLine(`${what} ${sentence} ${remedy}`)}`;
}

/** Returns a line about a change that a person accepts or rejects. */
function waitingLine({ project, title }: WaitingChange): string {
  const text = `A change of ${project} waits for you: ${title}. Look with \`npx banyan evolve ${project} status\`.`;
  return `${paint("yellow", "!")} ${oneLine(text)}`;
}

/** Returns a line about a promotion that a person approves or rejects. */
function waitingPromotionLine(waiting: WaitingPromotion): string {
  const look = `Look with \`npx banyan service promotions ${waiting.project}\`, and approve it with its id, ${waiting.promotion}.`;
  return `${paint("yellow", "!")} ${oneLine(`${promotionTitle(waiting)} waits for an approval. ${look}`)}`;
}

/** Returns a line about an evolution that waits for a person. */
function stoppedLine({ project, sentence }: StoppedEvolution): string {
  const text = `Banyan stopped the evolution of ${project}. ${sentence} Resume it with \`npx banyan evolve ${project} resume\`.`;
  return `${paint("yellow", "!")} ${oneLine(text)}`;
}

function spentToday({ cost_usd, tokens, cap_usd, cap_tokens }: ServerStatus["today"]): string {
  const caps = [cap_usd === null ? "" : money(cap_usd), cap_tokens === null ? "" : `${count(cap_tokens)} tokens`];
  const cap = caps.filter(Boolean).join(" and ");
  return `${money(cost_usd)} and ${count(tokens)} tokens spent${cap ? ` of ${cap}` : ""}`;
}

function machineRows(monitor: MonitorStatus): string[][] {
  const cpu = monitor.cpu_percent === null ? "not measured" : `${monitor.cpu_percent} %`;
  return [
    ["Server", monitor.process_mb === null ? "not running" : `running, ${monitor.process_mb} MB of memory`],
    ["CPU", cpu],
    ["Memory", `${monitor.memory_percent} %`],
    ["Disk", `${monitor.disk_percent} %`],
  ];
}
