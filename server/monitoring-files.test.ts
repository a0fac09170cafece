/** The documents and the files in docs/deploy/monitoring use only figures that exist, and their runbooks are there. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { OBJECTIVES, QUEUE_SECONDS } from "@/core/metrics/objectives";
import { everyMetric } from "./testing/measured";

const FOLDER = "docs/deploy/monitoring";
const read = (file: string) => readFileSync(`${FOLDER}/${file}`, "utf8");

interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

const rulesOf = (file: string) =>
  (parse(read(file)) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);

interface Panel {
  title: string;
  description: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string }[];
}

const dashboard = JSON.parse(read("grafana-dashboard.json")) as {
  panels: Panel[];
  templating: { list: { definition?: string }[] };
};

const expressions = [
  ...[...rulesOf("alerts.yml"), ...rulesOf("slos.yml")].map(({ expr }) => expr),
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.templating.list.flatMap(({ definition }) => definition ?? []),
];

/** Returns the series of each metric, with the labels that it has. */
async function series(): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (const line of (await everyMetric()).split("\n")) {
    const match = /^(banyan_\w+)(?:\{(.*)\})? /.exec(line);
    if (!match?.[1]) continue;
    const labels = found.get(match[1]) ?? new Set(["job", "instance"]);
    for (const [, label] of (match[2] ?? "").matchAll(/(?:^|,)(\w+)="/g)) labels.add(label ?? "");
    found.set(match[1], labels);
  }
  return found;
}

test("each figure in alerts, objectives and dashboard exists, and has the labels that they match", async () => {
  const known = await series();
  const used = expressions.flatMap((expr) => [...expr.matchAll(/\b(banyan_[a-z_]+)(?:\{([^}]*)\})?/g)]);
  expect(used.length).toBeGreaterThan(60);
  expect(used.filter(([, name = ""]) => !known.has(name)).map(([, name]) => name)).toEqual([]);
  for (const [, name = "", matchers = ""] of used)
    for (const [, label = ""] of matchers.matchAll(/(\w+)(?:=~|!~|!=|=)"/g))
      expect([name, label, known.get(name)?.has(label)]).toEqual([name, label, true]);
});

/** An agent and a volume of Docker, which documents name too. */
const NO_FIGURES = ["banyan_developer", "banyan_data"];

test("each figure that a document names exists", async () => {
  const known = [...(await series()).keys()];
  const exists = (name: string) =>
    known.some((one) => one === name || one === `${name}_count` || (name.endsWith("_") && one.startsWith(name)));
  const documents = readdirSync("docs").filter((file) => file.endsWith(".md"));
  const named = documents.flatMap((file) =>
    [...readFileSync(`docs/${file}`, "utf8").matchAll(/\bbanyan_[a-z_]+/g)].map(([name]) => ({ file, name })),
  );
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter(({ name }) => !NO_FIGURES.includes(name) && !exists(name))).toEqual([]);
});

test("each recorded figure that an alert uses is recorded in the same file", () => {
  const rules = rulesOf("slos.yml");
  const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
  const used = rules.flatMap(({ expr }) => expr.match(/\bbanyan:\w+:\w+/g) ?? []);
  expect(used.length).toBeGreaterThan(10);
  expect(used.filter((name) => !recorded.has(name))).toEqual([]);
});

test("Prometheus has the same objectives as the page", () => {
  const wanted = rulesOf("slos.yml").filter(({ record }) => record === "banyan:slo_objective:ratio");
  expect(wanted.map(({ expr, labels }) => [labels?.slo, expr])).toEqual(
    OBJECTIVES.map(({ name, objective }) => [name, `vector(${objective})`]),
  );
  const queue = expressions.filter(
    (expr) => expr.includes("banyan_queue_wait_seconds_bucket{") && expr.includes("le=~"),
  );
  expect(queue.length).toBeGreaterThan(7);
  for (const expr of queue) expect(expr).toContain(`le=~"${QUEUE_SECONDS}(\\\\.0)?"`);
});

test("each alert says what is wrong, how bad it is, and leads to its runbook", () => {
  const headings = readFileSync("docs/monitoring.md", "utf8").matchAll(/^### (\w+)$/gm);
  const anchors = new Set([...headings].map(([, heading = ""]) => heading.toLowerCase()));
  const alerts = [...rulesOf("alerts.yml"), ...rulesOf("slos.yml")].filter(({ alert }) => alert !== undefined);
  expect(alerts.map(({ alert }) => alert?.toLowerCase()).sort()).toEqual([...anchors].sort());
  for (const { alert = "", labels, annotations } of alerts) {
    expect(["info", "warning", "critical"]).toContain(labels?.severity);
    expect(annotations?.summary).toMatch(/\.$/);
    expect(annotations?.description).toMatch(/\.$/);
    expect(annotations?.runbook_url).toBe(`https://docs.example.com/monitoring.md#${alert.toLowerCase()}`);
  }
});

test("Prometheus reads the rules that lie beside its configuration, from the job that they name", () => {
  const { rule_files: files, scrape_configs: [job] = [] } = parse(read("prometheus.yml")) as {
    rule_files: string[];
    scrape_configs: { job_name: string }[];
  };
  for (const file of files) expect(rulesOf(file).length).toBeGreaterThan(0);
  expect(job?.job_name).toBe("banyan");
  expect(expressions).toContain('up{job="banyan"} == 0');
});

test("no two panels of the dashboard overlap, and each has a title", () => {
  const taken = new Map<string, string>();
  for (const { title, gridPos } of dashboard.panels) {
    expect(title).not.toBe("");
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect([title, x < 24, taken.get(`${x} ${y}`)]).toEqual([title, true, undefined]);
        taken.set(`${x} ${y}`, title);
      }
  }
});
