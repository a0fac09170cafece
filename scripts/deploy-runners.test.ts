/** The files of docs/deploy/runners fit together, and NATS starts with what stands in them. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { lookAtInfrastructure } from "@/lib/infrastructure/look";
import { makeCredentials } from "@/lib/nats/credentials/make";
import { natsCommand } from "@/lib/nats/testing/nats-server";
import { SELF_SIGNED } from "@/lib/web/testing/self-signed";

const FOLDER = "docs/deploy/runners";
const read = (file: string) => readFileSync(path.join(FOLDER, file), "utf8");

interface Container {
  image: string;
  command?: string[];
  args?: string[];
  volumeMounts: { name: string; mountPath: string; subPath?: string }[];
}
interface Pods {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec: {
    replicas: number;
    serviceName: string;
    ports?: { name: string; port: number }[];
    template: { spec: { containers: Container[]; volumes: { name: string }[] } };
    volumeClaimTemplates?: { metadata: { name: string } }[];
  };
}

const objectsOf = (file: string) => parseAllDocuments(read(file)).map((document) => document.toJS() as Pods);
const named = (objects: Pods[], kind: string) => objects.find((object) => object.kind === kind) as Pods;

/** The program in the image, beside the one that the image starts by itself. */
const IN_IMAGE = /^CMD \["node", "(.*)\/start\.mjs"\]$/m.exec(readFileSync("Dockerfile", "utf8"))?.[1];

/** Returns the flags of a runner's command line with their values. */
function flagsOf(words: readonly string[], program: string): Record<string, string> {
  const at = words.indexOf("runner");
  const rest = words.slice(at + 1);
  expect(words.slice(0, at + 1)).toEqual([expect.stringMatching(/node$/), program, "runner"]);
  return Object.fromEntries(
    rest.flatMap((word, index) => (word.startsWith("--") ? [[word, rest[index + 1] ?? ""]] : [])),
  );
}

test("the files have no errors and no warnings by the schemas of Kubernetes and Compose", async () => {
  const found = await lookAtInfrastructure(FOLDER);
  expect(found).toEqual({ files: 3, errors: [], warnings: [], not_checked: [] });
  expect(readdirSync(FOLDER).sort()).toEqual(["banyan-runner@.service", "compose.yaml", "kubernetes"]);
});

test("each runner is started with the same flags, and its own key", () => {
  const compose = parse(read("compose.yaml")) as { services: { runner: { command: string[] } } };
  const unit = /^ExecStart=(.*)$/m.exec(read("banyan-runner@.service"))?.[1] ?? "";
  const pod = named(objectsOf("kubernetes/runner.yaml"), "StatefulSet").spec.template.spec.containers[0];
  const inImage = `${IN_IMAGE}/banyan.mjs`;
  const flags = [
    flagsOf(compose.services.runner.command, inImage),
    flagsOf(unit.split(" "), "scripts/banyan.mjs"),
    flagsOf(pod?.command ?? [], inImage),
  ];
  for (const one of flags) {
    expect(Object.keys(one).slice(0, 4)).toEqual(["--nats", "--pool", "--slots", "--key"]);
    expect(one["--nats"]).toMatch(/^(tls:\/\/|\$\{NATS\}$)/);
  }
  expect(flags.map((one) => path.basename(one["--key"] ?? ""))).toEqual([
    "runner-compose-1.nk",
    "runner-%i.nk",
    "runner-$(POD_NAME).nk",
  ]);
});

test("the unit of a runner protects what the server's unit protects", () => {
  const linesOf = (text: string) => text.split("\n").filter((line) => /^[A-Z]\w+=/.test(line));
  const own = ["Description", "Documentation", "EnvironmentFile", "ExecStart", "StateDirectory"];
  // A runner has no launcher, which tells systemd that it lives.
  const ofServer = ["NotifyAccess", "WatchdogSignal"];
  const common = (text: string) =>
    linesOf(text).filter((line) => ![...own, ...ofServer].includes(line.slice(0, line.indexOf("="))));
  expect(common(read("banyan-runner@.service"))).toEqual(common(readFileSync("docs/deploy/banyan.service", "utf8")));
});

test("volumes that pods mount exist, and the nodes' routes name them all", () => {
  for (const file of ["kubernetes/nats.yaml", "kubernetes/runner.yaml"]) {
    const objects = objectsOf(file);
    const { spec, metadata } = named(objects, "StatefulSet");
    const { containers, volumes } = spec.template.spec;
    const known = [
      ...volumes.map(({ name }) => name),
      ...(spec.volumeClaimTemplates ?? []).map((one) => one.metadata.name),
    ];
    expect(containers.flatMap((one) => one.volumeMounts.map(({ name }) => name)).sort()).toEqual(known.sort());
    expect(spec.serviceName).toBe(named(objects, "Service").metadata.name);
    expect(metadata.name).toBe(spec.serviceName);
  }
  const nats = objectsOf("kubernetes/nats.yaml");
  const routes = [...(named(nats, "ConfigMap").data?.["nats.conf"] ?? "").matchAll(/"nats:\/\/([\w.-]+):6222"/g)];
  expect(routes.map(([, host]) => host)).toEqual(["nats-0.nats", "nats-1.nats", "nats-2.nats"]);
  expect(named(nats, "StatefulSet").spec.replicas).toBe(routes.length);
});

test("nats-server takes the configuration of Kubernetes, with users and TLS as the pods find them", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-deploy-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { accountsFile } = makeCredentials({ dataDir: path.join(folder, "data"), runner: "linux-0" });
  const place = path.join(folder, "etc");
  for (const sub of ["users", "tls"]) mkdirSync(path.join(place, sub), { recursive: true });
  writeFileSync(path.join(place, "users", path.basename(accountsFile)), readFileSync(accountsFile));
  for (const file of ["tls.crt", "ca.crt"]) writeFileSync(path.join(place, "tls", file), SELF_SIGNED.cert);
  writeFileSync(path.join(place, "tls", "tls.key"), SELF_SIGNED.key);
  const text = named(objectsOf("kubernetes/nats.yaml"), "ConfigMap").data?.["nats.conf"] ?? "";
  const file = path.join(place, "nats.conf");
  writeFileSync(file, text.replaceAll("/etc/nats/", `${place}/`));
  const env = { ...process.env, POD_NAME: "nats-0" };
  const { status, stderr } = spawnSync(...natsCommand(["-t", "--config", file]), { encoding: "utf8", env });
  expect([status, stderr]).toEqual([0, expect.stringContaining("is valid")]);
});
