/**
 * Makes the schemas that Kubernetes' objects are checked with from `@kubernetes/client-node` (Apache-2.0), whose models
 * are generated from Kubernetes' API. Unpack it somewhere (`npm pack @kubernetes/client-node`), then run
 * `node scripts/run-ts.mjs scripts/generators/kubernetes-schemas.ts FOLDER`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const OUT = "lib/infrastructure/schemas/kubernetes.json";

/** Kinds that are checked, by the prefix of their models' names. */
const KINDS: Record<string, readonly [prefix: string, kinds: string]> = {
  v1: [
    "V1",
    "ConfigMap LimitRange Namespace PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount",
  ],
  "apps/v1": ["V1", "DaemonSet Deployment ReplicaSet StatefulSet"],
  "batch/v1": ["V1", "CronJob Job"],
  "networking.k8s.io/v1": ["V1", "Ingress IngressClass NetworkPolicy"],
  "autoscaling/v1": ["V1", "HorizontalPodAutoscaler"],
  "autoscaling/v2": ["V2", "HorizontalPodAutoscaler"],
  "policy/v1": ["V1", "PodDisruptionBudget"],
  "rbac.authorization.k8s.io/v1": ["V1", "ClusterRole ClusterRoleBinding Role RoleBinding"],
};

/** Fields that are quantities, such as 500m: the models call them strings, and numbers are right too. */
const QUANTITIES =
  /^V1(ResourceRequirements|VolumeResourceRequirements|LimitRangeItem)\.|^V1ResourceQuotaS\w+\.(hard|used)$|\.(capacity|allocatedResources|overhead)$|^V1EmptyDirVolumeSource\.sizeLimit$|\.divisor$|^V2Metric(Target|ValueStatus)\.(averageValue|value)$/;

interface Attribute {
  name: string;
  baseName: string;
  type: string;
  format: string;
}
type Schema = Record<string, unknown>;

const folder = join(process.argv.at(-1) ?? "", "dist", "gen", "models");
const definitions: Record<string, Schema> = {};

async function define(model: string): Promise<void> {
  if (model in definitions) return;
  definitions[model] = {};
  const file = join(folder, `${model}.js`);
  const exported = (await import(pathToFileURL(file).href)) as Record<string, { attributeTypeMap: Attribute[] }>;
  const attributes = exported[model]?.attributeTypeMap ?? [];
  const types = readFileSync(file.replace(/\.js$/, ".d.ts"), "utf8");
  const required = attributes.filter(({ name }) => types.includes(`\n    '${name}': `)).map(({ baseName }) => baseName);
  const properties: Schema = {};
  for (const { baseName, type, format } of attributes)
    properties[baseName] = await schemaOf(type, format, QUANTITIES.test(`${model}.${baseName}`));
  definitions[model] = {
    type: "object",
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

async function schemaOf(type: string, format: string, isQuantity: boolean): Promise<Schema> {
  const list = /^(?:Array|Set)<(.+)>$/.exec(type);
  if (list) return { type: "array", items: await schemaOf(list[1] ?? "", format, isQuantity) };
  const map = /^\{ \[key: string\]: (.+?);? ?\}$/.exec(type);
  if (map) return { type: "object", additionalProperties: await schemaOf(map[1] ?? "", format, isQuantity) };
  if (type === "string" || type === "Date" || type === "V1MicroTime")
    return { type: isQuantity ? ["string", "number"] : "string" };
  if (type === "number") return { type: format.startsWith("int") ? "integer" : "number" };
  if (type === "boolean") return { type: "boolean" };
  if (type === "IntOrString") return { type: ["integer", "string"] };
  if (type === "any" || type === "object") return {};
  await define(type);
  return { $ref: `#/definitions/${type}` };
}

const kinds: Record<string, Record<string, string>> = {};
for (const [version, [prefix, names]] of Object.entries(KINDS)) {
  kinds[version] = {};
  for (const name of names.split(" ")) {
    await define(`${prefix}${name}`);
    Object.assign(kinds[version], { [name]: `#/definitions/${prefix}${name}` });
  }
}
const release = /release-([\d.]+)/.exec(readFileSync(join(folder, "V1Pod.js"), "utf8"))?.[1] ?? "";
const source = "@kubernetes/client-node (Apache-2.0), whose models are generated from the API of Kubernetes";
writeFileSync(OUT, `${JSON.stringify({ source, release, kinds, definitions })}\n`);
