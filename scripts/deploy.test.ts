/** The files of docs/deploy.md agree with the settings, the commands and package.json. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { readSettings } from "@/lib/env";
import { startDoors } from "@/server/testing/doors";
import { createProgram } from "./cli/program";

const read = (file: string) => readFileSync(file, "utf8");
/** The table of settings; the checks compare it with the code. */
const settings = new Set([...read(".env.example").matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));

interface Container {
  image: string;
  environment: Record<string, string>;
  volumes: string[];
  security_opt?: string[];
  init?: boolean;
  network_mode: string;
  stop_grace_period?: string;
}

const compose = parse(read("docker-compose.yml")) as {
  services: Record<string, Container>;
  volumes: Record<string, null>;
};
const banyan = compose.services.banyan as Container;

/** Returns the instructions of the Dockerfile as [name, rest], with continued lines joined. */
function instructions(): [string, string][] {
  const joined = read("Dockerfile").replaceAll("\\\n", " ");
  const lines = joined.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return lines.map((line) => {
    const [name = "", ...rest] = line.trim().split(/\s+/);
    return [name, rest.join(" ")];
  });
}

const valuesOf = (name: string) =>
  instructions().flatMap(([instruction, rest]) => (instruction === name ? [rest] : []));

/** The place of a file of the installed package in the checkout. */
const inPackage = (file: string) => file.replace(/^.*\/node_modules\/banyan\//, "");

/** Returns the lines `Name=value` of the unit. */
function unitLines(): [string, string][] {
  return read("docs/deploy/banyan.service")
    .split("\n")
    .filter((line) => line.includes("=") && !line.startsWith("#"))
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
}

/** Returns how long the launcher waits for its server to stop. */
function stopLimitMs(): number {
  const written = /STOP_LIMIT_MS = ([\d_]+)/.exec(read("launcher/run-server.mjs"))?.[1] ?? "";
  expect(written).not.toBe("");
  return Number(written.replaceAll("_", ""));
}

const unit = (name: string) => unitLines().flatMap(([key, value]) => (key === name ? [value] : []));

test("every setting that the files name exists", () => {
  const named = [
    ...valuesOf("ENV").flatMap((rest) => rest.split(" ").map((part) => part.split("=")[0])),
    ...Object.values(compose.services).flatMap(({ environment }) => Object.keys(environment)),
    ...[...read("docs/deploy/banyan.env").matchAll(/^(\w+)=/gm)].map(([, name]) => name),
    ...[...read("docs/deploy.md").matchAll(/\b([A-Z][A-Z_]+)=/g)].map(([, name]) => name),
    ...[...read("docs/deploy.md").matchAll(/\b(?:BANYAN|GOOGLE)_[A-Z0-9_]+/g)].map(([name]) => name),
    ...[...read("docs/deploy/Caddyfile").matchAll(/\{\$(\w+)/g)].map(([, name]) => name),
  ];
  expect(named.length).toBeGreaterThan(10);
  // A variable of the runtime, not a setting of Banyan.
  const unknown = named.filter((name) => !settings.has(name) && name !== "NODE_ENV");
  expect(unknown).toEqual([]);
  const given = Object.fromEntries(
    [...read("docs/deploy/banyan.env").matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  expect(readSettings(given, "/").backups).toEqual({ everyMs: 86_400_000, keep: 7, bucket: null });
});

test("every command and file that the files name exists", () => {
  const guide = read("docs/deploy.md");
  const commands = new Set(createProgram(async () => {}).commands.map((command) => command.name()));
  const called = [...guide.matchAll(/npx banyan ([a-z-]+)/g)].map(([, name]) => name ?? "");
  expect(called.length).toBeGreaterThan(5);
  expect(called.filter((name) => !commands.has(name))).toEqual([]);
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const [, script] of guide.matchAll(/npm run ([a-z]+)/g)) expect(scripts).toHaveProperty(script ?? "");
  const files = [
    ...valuesOf("COPY").flatMap((rest) => (rest.startsWith("--from") ? [] : rest.split(" ").slice(0, -1))),
    ...unit("ExecStart").map((value) => value.split(" ").at(-1) ?? ""),
    ...valuesOf("CMD").flatMap((rest) => (JSON.parse(rest) as string[]).slice(1).map(inPackage)),
    ...[...guide.matchAll(/`((?:docs|scripts)\/[\w./-]+)`/g)].map(([, file]) => file ?? ""),
    ...[...guide.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, file]) => `docs/${file}`),
    ...Object.values(compose.services).flatMap(({ volumes }) =>
      volumes.filter((volume) => volume.startsWith("./")).map((volume) => volume.split(":")[0] ?? ""),
    ),
  ];
  expect(files.length).toBeGreaterThan(6);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test("the image's Node is one that package.json allows, in both stages and in the guide", () => {
  const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
  const least = Number(/\d+/.exec(engines.node)?.[0]);
  const bases = new Map(valuesOf("ARG").map((rest) => rest.split("=") as [string, string]));
  const named = valuesOf("FROM").map((rest) => bases.get(/^\$\{(\w+)\}/.exec(rest)?.[1] ?? "") ?? "");
  const stages = named.map((base) => Number(/^node:(\d+)-/.exec(base)?.[1]));
  expect(stages).toHaveLength(2);
  expect(new Set(stages).size).toBe(1);
  expect(stages[0]).toBeGreaterThanOrEqual(least);
  expect(read("docs/deploy.md")).toContain(`Install Node ${stages[0]},`);
});

test("podman takes the file too: it has no other driver of logs, and podman-compose passes defaults on unread", () => {
  expect(read("docker-compose.yml")).toContain("driver: json-file");
  expect(JSON.stringify(banyan)).not.toContain("${");
  expect(valuesOf("ENV").join(" ")).toContain("BANYAN_BACKUP_EVERY=24h");
});

test("the container allows the sandbox, runs under an ordinary account, and keeps lasting data in volumes", () => {
  expect(valuesOf("USER")).toEqual(["banyan"]);
  expect(banyan.init).toBe(true);
  expect(banyan.network_mode).toBe("host");
  expect(banyan.security_opt).toEqual(
    expect.arrayContaining(["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"]),
  );
  const lasting = JSON.parse(valuesOf("VOLUME")[0] ?? "[]") as string[];
  const mounted = banyan.volumes.map((volume) => volume.split(":"));
  expect(mounted.map(([, at]) => at).sort()).toEqual([...lasting].sort());
  expect(mounted.map(([name]) => name).every((name) => name !== undefined && name in compose.volumes)).toBe(true);
  expect(lasting).toContain(banyan.environment.BANYAN_DATA_DIR);
  expect(valuesOf("ENV").join(" ")).toContain(`BANYAN_DATA_DIR=${banyan.environment.BANYAN_DATA_DIR}`);
  expect(Number.parseInt(banyan.stop_grace_period ?? "0", 10) * 1_000).toBeGreaterThan(stopLimitMs());
});

test("nothing secret or built gets into the image", () => {
  const left = new Set(read(".dockerignore").split("\n"));
  const never = read(".gitignore")
    .split("\n")
    .filter((line) => line !== "");
  for (const line of never) expect(left).toContain(line.replace(/\/$/, ""));
  expect(left).toContain(".git");
});

test("the unit allows the sandbox, and a command out of memory does not end the server", () => {
  expect(unit("User")).toEqual(["banyan"]);
  expect([unit("KillMode"), unit("OOMPolicy"), unit("Restart")]).toEqual([["mixed"], ["continue"], ["always"]]);
  expect(Number(unit("TimeoutStopSec")[0]) * 1_000).toBeGreaterThan(stopLimitMs());
  const breaking = [
    "RestrictNamespaces",
    "ProtectKernelTunables",
    "ProtectKernelLogs",
    "ProtectControlGroups",
    "ProtectProc",
    "ProcSubset",
    "ProtectHostname",
    "PrivateUsers",
    "PrivateDevices",
    "SystemCallFilter",
  ];
  const text = read("docs/deploy/banyan.service");
  for (const name of breaking) {
    expect(unit(name)).toEqual([]);
    expect(text).toContain(`${name}=`);
  }
});

interface Probe {
  httpGet: { path: string; port: string; httpHeaders?: { name: string; value: string }[] };
}

interface PodContainer {
  name: string;
  image: string;
  env?: { name: string; value?: string }[];
  ports?: { name: string; containerPort: number }[];
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  startupProbe?: Probe;
  securityContext?: { procMount?: string };
}

interface Pod {
  hostUsers?: boolean;
  securityContext: {
    fsGroup?: number;
    fsGroupChangePolicy?: string;
    appArmorProfile?: { type: string };
    seccompProfile?: { type: string };
  };
  containers: PodContainer[];
  volumes?: { persistentVolumeClaim?: unknown }[];
}

interface Workload {
  spec?: { template?: { spec: Pod }; volumeClaimTemplates?: unknown[] };
}

const deployFiles = (wanted: RegExp) =>
  readdirSync("docs/deploy", { recursive: true, encoding: "utf8" })
    .filter((file) => wanted.test(file))
    .map((file) => `docs/deploy/${file}`);

/** Returns the pods of all manifests, and whether each has a claim, which outlives it. */
function pods(): { pod: Pod; hasClaim: boolean }[] {
  const documents = deployFiles(/(^|\/)kubernetes\/.*\.yaml$/).flatMap((file) => parseAllDocuments(read(file)));
  return documents.flatMap((document) => {
    const { template, volumeClaimTemplates = [] } = (document.toJS() as Workload).spec ?? {};
    if (!template) return [];
    const mounted = template.spec.volumes?.some((volume) => "persistentVolumeClaim" in volume) ?? false;
    return [{ pod: template.spec, hasClaim: mounted || volumeClaimTemplates.length > 0 }];
  });
}

const ownPods = () => pods().filter(({ pod }) => pod.containers.some(({ image }) => /\/banyan:/.test(image)));

test("the server answers the kubelet's probes, which name the pod's address unless the manifest says otherwise", async () => {
  const probed = ownPods().flatMap(({ pod }) => pod.containers.filter(({ readinessProbe }) => readinessProbe));
  expect(probed).toHaveLength(1);
  for (const { env = [], ports = [], ...container } of probed) {
    const publicUrl = env.find(({ name }) => name === "BANYAN_URL")?.value ?? null;
    const doors = await startDoors({ work: false }, () => ({ publicUrl }));
    const probes = [container.readinessProbe, container.livenessProbe, container.startupProbe];
    for (const { httpGet } of probes.filter((probe) => probe !== undefined)) {
      const port = ports.find(({ name }) => name === httpGet.port)?.containerPort;
      const given = httpGet.httpHeaders?.map(({ name, value }) => [name.toLowerCase(), value]) ?? [];
      const headers = { host: `10.244.1.7:${port}`, ...Object.fromEntries(given) };
      expect([port, (await doors.ask(httpGet.path, { headers })).status]).toEqual([3000, 200]);
    }
  }
});

test("a mount gives the group rights to a claim's files only once, so that later ones leave closed files closed", () => {
  const grouped = pods().filter(({ pod, hasClaim }) => hasClaim && pod.securityContext.fsGroup !== undefined);
  expect(grouped.map(({ pod }) => pod.securityContext.fsGroupChangePolicy)).toEqual(
    Array.from({ length: 2 }, () => "OnRootMismatch"),
  );
});

test("every pod and container of Banyan allows the sandbox", () => {
  const unconfined = { seccompProfile: { type: "Unconfined" }, appArmorProfile: { type: "Unconfined" } };
  expect(ownPods()).toHaveLength(2);
  for (const { pod } of ownPods()) {
    expect(pod).toMatchObject({ hostUsers: false, securityContext: unconfined });
    for (const { securityContext } of pod.containers) expect(securityContext?.procMount).toBe("Unmasked");
  }
  const files = ["docker-compose.yml", ...deployFiles(/(^|\/)compose\.yaml$/)];
  const all = files.flatMap((file) => {
    const { services } = parse(read(file), { merge: true }) as { services: Record<string, Container> };
    return Object.values(services);
  });
  const own = all.filter(({ image }) => /^banyan(:|$)/.test(image));
  expect(own).toHaveLength(4);
  for (const { security_opt } of own)
    expect(security_opt).toEqual(
      expect.arrayContaining(["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"]),
    );
});
