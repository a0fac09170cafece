/** Files for clusters and clouds are what those take: checked as those of a promotion are. */
import { parse as parseHcl } from "@cdktf/hcl2json";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { lookAtInfrastructure } from "@/lib/infrastructure/look";
import { ENTITIES } from "./testing/entities";
import { type Made, makeFrom, makeOf } from "./testing/made";

/** The service has no fault and no warning in its files, and all of them are checked. */
async function expectClean({ folder, files }: Made): Promise<void> {
  const named = [...files.keys()].filter((file) => /^(kubernetes|terraform)\//.test(file));
  expect(await lookAtInfrastructure(folder)).toEqual({
    files: named.length,
    errors: [],
    warnings: [],
    not_checked: [],
  });
}

/** Returns the objects of a service's folder `kubernetes` by their kinds. */
async function objectsOf(made: Made) {
  await expectClean(made);
  const { files } = made;
  const { resources } = parse(files.get("kubernetes/kustomization.yaml") ?? "");
  const named = [...files.keys()].filter((file) => /^kubernetes\/(?!kustomization)/.test(file));
  expect(named.sort()).toEqual(resources.map((file: string) => `kubernetes/${file}`).sort());
  return Object.fromEntries(
    named.map((file) => {
      const object = parse(files.get(file) ?? "");
      return [object.kind, object];
    }),
  );
}

test("a service with PostgreSQL runs twice in a cluster, with its settings from a Secret and its ports open", async () => {
  const service = await makeFrom({ entities: ENTITIES }, ["postgres", "oidc", "telemetry", "docker", "kubernetes"]);
  const { Deployment: deployment, Service: front, NetworkPolicy: policy, ...others } = await objectsOf(service);
  expect(others).toEqual({});
  const [container] = deployment.spec.template.spec.containers;
  expect(deployment.spec.replicas).toBe(2);
  expect(container.env.map(({ name, valueFrom }: { name: string; valueFrom: object }) => [name, valueFrom])).toEqual(
    ["DATABASE_URL", "OIDC_ISSUER", "OIDC_AUDIENCE"].map((name) => [
      name,
      { secretKeyRef: { name: "sample", key: name } },
    ]),
  );
  expect(container.livenessProbe.httpGet).toEqual({ path: "/healthz", port: "http" });
  expect(container.ports).toEqual([{ name: "http", containerPort: 8080 }]);
  expect(container.securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
  expect(front.spec.selector).toEqual(deployment.spec.template.metadata.labels);
  expect(policy.spec.podSelector.matchLabels).toEqual(deployment.spec.selector.matchLabels);
  expect(policy.spec.egress[1].ports.map(({ port }: { port: number }) => port)).toEqual([5432, 443, 4318]);
});

test.each<[string, () => Promise<Made>, string[]]>([
  ["rest-api", () => makeFrom({ entities: ENTITIES }, ["sqlite", "docker", "kubernetes"]), ["Service"]],
  ["worker", () => makeOf("worker", ["docker", "kubernetes"]), []],
])("a %s with files runs once, with a volume", async (_kind, make, more) => {
  const objects = await objectsOf(await make());
  expect(Object.keys(objects).sort()).toEqual(["Deployment", "NetworkPolicy", "PersistentVolumeClaim", ...more].sort());
  const { replicas, strategy, template } = objects.Deployment.spec;
  expect([replicas, strategy]).toEqual([1, { type: "Recreate" }]);
  const claim = objects.PersistentVolumeClaim.metadata.name;
  expect(template.spec.volumes).toEqual([{ name: "data", persistentVolumeClaim: { claimName: claim } }]);
  expect(template.spec.containers[0].volumeMounts).toEqual([{ name: "data", mountPath: "/service/data" }]);
  expect(objects.NetworkPolicy.spec.egress).toEqual([]);
});

type Blocks = Record<string, Record<string, unknown>>;

/** Returns all blocks of the files in `terraform/`. */
async function terraformOf({ files }: Made) {
  const named = [...files].filter(([file]) => file.endsWith(".tf"));
  const all = await Promise.all(named.map(([file, text]) => parseHcl(file, text)));
  const blocks = (kind: string) => Object.assign({}, ...all.map((one) => one[kind] ?? {})) as Blocks;
  return { text: named.map(([, text]) => text).join("\n"), blocks };
}

test.each([[[]], [["postgres"]]])(
  "the Terraform module with %j refers only to what it has",
  async (parts: string[]) => {
    const service = await makeFrom({ entities: ENTITIES }, [...parts, "docker", "terraform-aws"]);
    await expectClean(service);
    const { text, blocks } = await terraformOf(service);
    const resources = Object.entries(blocks("resource")).flatMap(([type, named]) =>
      Object.keys(named).map((name) => `${type}.${name}`),
    );
    const used = [...text.matchAll(/\b(?<!data\.)(aws_\w+\.\w+)\b/g)].map((match) => match[1] ?? "");
    expect(used.length).toBeGreaterThan(10);
    expect([...new Set(used)].filter((name) => !resources.includes(name))).toEqual([]);
    const variables = [...text.matchAll(/\bvar\.(\w+)/g)].map((match) => match[1]);
    expect(new Set(variables)).toEqual(new Set(Object.keys(blocks("variable"))));
    expect(text.includes("DATABASE_URL")).toBe(parts.includes("postgres"));
    const count = parts.includes("postgres") ? `\${var.tasks}` : 1;
    expect(blocks("resource")).toMatchObject({ aws_ecs_service: { service: [{ desired_count: count }] } });
  },
);

test("a database in a file is refused where files are gone with their task", async () => {
  await expect(makeFrom({ entities: ENTITIES }, ["sqlite", "docker", "terraform-aws"])).rejects.toThrow(
    "The parts terraform-aws and sqlite exclude each other: choose one of them.",
  );
  await expect(makeFrom({ entities: ENTITIES }, ["kubernetes"])).rejects.toThrow("The part kubernetes needs docker");
});
