/** Checks objects of Kubernetes: their schemas, and what hurts although it is accepted. */
import { isMap, type Json, listIn, mapIn, type ReadDocument } from "./documents";
import { type Findings, quoted } from "./findings";
import { folderOf } from "./found-files";
import type { Kustomizations } from "./kustomize";
import { KUBERNETES_RELEASE, known, objectFaults, versionsOf } from "./schemas";

/** Kinds of the checked versions that hardly stand in files. Others of those versions do not exist. */
const UNCHECKED_KINDS =
  /List$|^(Binding|ComponentStatus|ControllerRevision|Endpoints|Event|Eviction|IPAddress|Node|ServiceCIDR)$/;
/** Versions that Kubernetes no longer has, and what took their place. */
const REMOVED: Readonly<Record<string, string>> = {
  "apps/v1beta1": "apps/v1",
  "apps/v1beta2": "apps/v1",
  "autoscaling/v2beta1": "autoscaling/v2",
  "autoscaling/v2beta2": "autoscaling/v2",
  "batch/v1beta1": "batch/v1",
  "extensions/v1beta1": "apps/v1 or networking.k8s.io/v1",
  "networking.k8s.io/v1beta1": "networking.k8s.io/v1",
  "policy/v1beta1": "policy/v1",
  "rbac.authorization.k8s.io/v1beta1": "rbac.authorization.k8s.io/v1",
};

interface KubernetesObject extends ReadDocument {
  kind: string;
  version: string;
  name: string;
  namespace: string | null;
  /** Where it stands in its document. */
  at: (string | number)[];
}

export function checkObjects(
  documents: readonly ReadDocument[],
  kustomizations: Kustomizations,
  findings: Findings,
): void {
  const objects = documents.flatMap(objectsOf);
  for (const object of objects) checkSchema(object, kustomizations, findings);
  const whole = objects.filter(({ file }) => !kustomizations.patches.has(file));
  checkNames(whole, kustomizations, findings);
  const pods = whole.flatMap((object) => podsOf(object).map((pod) => ({ object, ...pod })));
  for (const { object, spec, at } of pods) checkContainers(object, spec, at, kustomizations, findings);
  for (const object of whole.filter(({ kind, version }) => kind === "Service" && version === "v1"))
    checkSelector(
      object,
      pods.map((pod) => ({ labels: pod.labels, namespace: pod.object.namespace })),
      findings,
    );
}

/** Returns the objects of a document: itself, or the items of a list. */
function objectsOf(document: ReadDocument): KubernetesObject[] {
  const { value } = document;
  const { apiVersion: version, kind } = value;
  if (typeof version !== "string" || typeof kind !== "string") return [];
  if (kind === "List" && version === "v1")
    return listIn(value, "items").flatMap((item, index) =>
      isMap(item)
        ? objectsOf({ ...document, value: item, lineOf: (path) => document.lineOf(["items", index, ...path]) })
        : [],
    );
  const { name, namespace } = mapIn(value, "metadata");
  return [
    {
      ...document,
      kind,
      version,
      name: typeof name === "string" ? name : "",
      namespace: typeof namespace === "string" ? namespace : null,
      at: [],
    },
  ];
}

function checkSchema(object: KubernetesObject, { patches }: Kustomizations, findings: Findings): void {
  const { file, kind, version, lineOf } = object;
  const line = lineOf(["kind"]);
  const is = known(version, kind);
  const successor = REMOVED[version];
  if (patches.has(file)) findings.skip(file, line, "It is a patch of kustomize, which has only a part of its object.");
  else if (successor !== undefined)
    findings.warn(
      file,
      line,
      `Kubernetes no longer has ${version}: use ${successor}. The fields of this ${quoted(kind)} are not checked.`,
    );
  else if (is === null || (is === "version" && isOfOthers(version, kind)))
    findings.skip(file, line, `No schema is known for ${quoted(kind)} of ${quoted(version)}.`);
  else if (is === "version")
    findings.error(
      file,
      line,
      `Kubernetes ${KUBERNETES_RELEASE} has no ${quoted(kind)} in ${version}${insteadOf(kind)}.`,
    );
  else checkFields(object, findings);
}

/** Files of programs, such as kubeconfig, and of older OpenShift call their version v1 too. */
function isOfOthers(version: string, kind: string): boolean {
  return UNCHECKED_KINDS.test(kind) || (version === "v1" && versionsOf(kind).length === 0);
}

function insteadOf(kind: string): string {
  const versions = versionsOf(kind);
  return versions.length === 0 ? "" : `: it is in ${versions.join(" and ")}`;
}

function checkFields({ file, kind, version, value, lineOf }: KubernetesObject, findings: Findings): void {
  for (const { path, says } of objectFaults(version, kind, withoutEmpty(value)))
    findings.error(file, lineOf(path), says);
  const { name, generateName } = mapIn(value, "metadata");
  if (typeof name !== "string" && typeof generateName !== "string")
    findings.error(file, lineOf(["metadata"]), `This ${kind} has no name: set metadata.name.`);
}

/** Kubernetes takes an empty field for one that is not there. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === null ? [] : [[name, withoutEmpty(inner)]])),
  );
}

/** Two objects of one name in one folder overwrite each other; kustomize refuses them. */
function checkNames(objects: readonly KubernetesObject[], { resources }: Kustomizations, findings: Findings): void {
  const first = new Map<string, KubernetesObject>();
  for (const object of objects) {
    const { file, kind, version, name, namespace, lineOf } = object;
    const key = JSON.stringify([folderOf(file), version.split("/").at(-2) ?? "", kind, namespace, name]);
    const other = first.get(key);
    if (name === "" || other === undefined) {
      first.set(key, object);
      continue;
    }
    const says = `The ${quoted(kind)} ${quoted(name)} is also in ${quoted(other.file)}, line ${other.lineOf(["metadata", "name"])}`;
    const line = lineOf(["metadata", "name"]);
    if (resources.has(file) && resources.has(other.file))
      findings.error(file, line, `${says}, and kustomize takes a name once.`);
    else findings.warn(file, line, `${says}: the later one overwrites it.`);
  }
}

interface Pod {
  labels: Json;
  spec: Json;
  at: (string | number)[];
}

function podsOf({ kind, value }: KubernetesObject): Pod[] {
  const at =
    kind === "Pod" ? [] : kind === "CronJob" ? ["spec", "jobTemplate", "spec", "template"] : ["spec", "template"];
  const template = mapIn(value, ...at);
  const spec = mapIn(template, "spec");
  if (listIn(spec, "containers").length === 0) return [];
  return [{ labels: mapIn(template, "metadata", "labels"), spec, at: [...at, "spec"] }];
}

function checkContainers(
  { file, lineOf }: KubernetesObject,
  spec: Json,
  at: readonly (string | number)[],
  { images }: Kustomizations,
  findings: Findings,
): void {
  for (const list of ["initContainers", "containers"])
    for (const [index, container] of listIn(spec, list).entries()) {
      if (!isMap(container)) continue;
      const place = [...at, list, index];
      const called = `The container ${quoted(container.name ?? index)}`;
      const { image } = container;
      if (Object.keys(mapIn(container, "resources", "limits")).length === 0)
        findings.warn(
          file,
          lineOf(place),
          `${called} has no limits of resources: one that leaks takes the memory of its neighbours.`,
        );
      if (mapIn(container, "securityContext").privileged === true)
        findings.warn(
          file,
          lineOf([...place, "securityContext", "privileged"]),
          `${called} is privileged: it may do everything on its node.`,
        );
      if (typeof image === "string" && !images.has(image) && !isPinned(image))
        findings.warn(
          file,
          lineOf([...place, "image"]),
          `${called} has the image ${quoted(image)}, which may be another one at each start: name a version.`,
        );
    }
}

/** Whether an image has a tag other than latest, or a digest. */
function isPinned(image: string): boolean {
  if (image.includes("@")) return true;
  const tag = image.split("/").at(-1)?.split(":")[1];
  return tag !== undefined && tag !== "latest";
}

function checkSelector(
  { file, name, namespace, value, lineOf }: KubernetesObject,
  pods: readonly { labels: Json; namespace: string | null }[],
  findings: Findings,
): void {
  const selector = Object.entries(mapIn(value, "spec", "selector"));
  // What is no text is a fault that the schema has found.
  if (selector.length === 0 || selector.some(([, wanted]) => typeof wanted !== "string")) return;
  const matches = pods.some(
    (pod) =>
      (pod.namespace === null || namespace === null || pod.namespace === namespace) &&
      selector.every(([label, wanted]) => pod.labels[label] === wanted),
  );
  if (matches) return;
  const wanted = selector.map(([label, text]) => `${label}=${String(text)}`).join(", ");
  findings.warn(
    file,
    lineOf(["spec", "selector"]),
    `The Service ${quoted(name)} selects ${quoted(wanted)}, and no pod of these files has that.`,
  );
}
