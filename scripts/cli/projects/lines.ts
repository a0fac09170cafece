/** What `project` prints of one project. */
import type { OutsideContent, Project, ProjectRepository } from "@/core/shapes/projects";
import { money, plural } from "@/core/words/figures";
import { oneLine } from "@/scripts/cli/print/text";

export function projectLines(project: Project): string[] {
  const { name, address, branch, check, setup, found, repositories, defaults, service, figures, schedules } = project;
  const { agent, model, cost_usd } = defaults;
  const begins = [agent && `agent ${agent}`, model && `model ${model}`, cost_usd && `up to ${money(cost_usd)}`];
  const chosen = begins.filter(Boolean).join(", ");
  return [
    `${name}  ${placeOf({ address, branch })}`,
    ...(check ? [checkLine(check)] : uncheckedLines(`npx banyan project change ${name}`, found)),
    ...(setup === null ? [] : [`Setup: ${oneLine(setup)}`]),
    ...(service.start === null ? [] : [`Starts with: ${oneLine(service.start)}`]),
    ...(service.previews ? ["Each pull request gets an environment."] : []),
    ...(chosen === "" ? [] : [`New tasks: ${chosen}`]),
    `${workOf(figures)}; ${plural(schedules, "schedule")}`,
    ...repositories.flatMap(({ address, outside }) => (outside ? [outsideLine(address, outside)] : [])),
    ...(repositories.length > 1
      ? [
          "Its trees work in copies of these repositories, side by side. A change of several is merged in this order:",
          ...repositories.flatMap((repository) => repositoryLines(name, repository)),
        ]
      : []),
  ];
}

/** What stands above of the project's own one is not said again. */
function repositoryLines(
  project: string,
  { folder, address, branch, is_own, check, setup, found, needs }: ProjectRepository,
): string[] {
  const facts = [
    placeOf({ address, branch }),
    ...(is_own ? ["the project's own", check ? "check as above" : "check not confirmed"] : []),
    ...(needs.length > 0 ? [`after ${needs.join(", ")}`] : []),
  ];
  const change = `npx banyan project repository change ${project} ${folder}`;
  const more = [
    ...(check ? [checkLine(check)] : uncheckedLines(change, found)),
    ...(setup === null ? [] : [`Setup: ${oneLine(setup)}`]),
  ];
  return [`  ${folder}  ${facts.join("; ")}`, ...(is_own ? [] : more.map((line) => `    ${line}`))];
}

function outsideLine(address: string, { at, tree }: OutsideContent): string {
  const from = tree ? `the tree ${tree.id}` : "a tree that is gone";
  const since = at === null ? `while ${from} works` : `${at}, from ${from}`;
  return `Content from outside in ${oneLine(address)}: ${since}. When it is gone: npx banyan project clean ${oneLine(address)}`;
}

function placeOf({ address, branch }: Pick<ProjectRepository, "address" | "branch">): string {
  return `${oneLine(address)}${branch === null ? "" : `, branch ${branch}`}`;
}

function checkLine({ command, by }: NonNullable<Project["check"]>): string {
  return `Check: ${oneLine(command)} (by ${by})`;
}

/** `change`: how a command begins that confirms it. */
function uncheckedLines(change: string, { checks, kinds }: Project["found"]): string[] {
  if (checks.length === 0) {
    const what = kinds.length > 0 ? ` in this repository (${kinds.join(", ")})` : "";
    return [`No check was found${what}: say it with ${change} --check COMMAND.`];
  }
  return [
    `The check is not confirmed. Choose it with ${change} --check COMMAND. Its files say:`,
    ...checks.map(({ command, from }) => `  ${oneLine(command)}  (${oneLine(from)})`),
  ];
}

export function workOf({ days, trees, running, failed, cost_usd }: Project["figures"]): string {
  const states = [running > 0 && `${running} running`, failed > 0 && `${failed} failed`].filter(Boolean).join(", ");
  return `${plural(trees, "tree")} in ${days} days${states ? ` (${states})` : ""}, ${money(cost_usd)}`;
}
