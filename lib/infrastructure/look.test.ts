/** Infrastructure files: each kind of fault with its sentence, clean ones, and hostile ones. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lookAtInfrastructure } from "./look";
import { runInfrastructure } from "./run-infrastructure";

type Files = Record<string, string | Buffer>;

function folderWith(files: Files): string {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-infrastructure-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}

/** Returns what is found, as lines: the kind, the file, the line and the sentence. */
async function linesOf(files: Files): Promise<string[]> {
  const found = await lookAtInfrastructure(folderWith(files));
  if (found === null) return ["none"];
  const of = (kind: string, list: typeof found.errors) =>
    list.map(({ file, line, says }) => `${kind} ${file}:${line}: ${says}`);
  return [...of("error", found.errors), ...of("warning", found.warnings), ...of("skipped", found.not_checked)];
}

const POD = `
      containers:
        - name: web
          image: shop:1.2.3
          resources: { limits: { memory: 100Mi } }`;
const deployment = (pod = POD, name = "web") => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:${pod}
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: front }
spec:
  selector: { app: web }
  ports: [{ port: 80 }]
`;

test("files without a fault are clean, and others are none", async () => {
  expect(await linesOf({ "readme.md": "apiVersion kind", "data.json": '{"kind":1}', "a.yaml": "a: 1" })).toEqual([
    "none",
  ]);
  expect(await linesOf({ "k8s/web.yaml": `${deployment()}---\n${SERVICE}` })).toEqual([]);
  expect(
    await linesOf({
      "main.tf": `variable "zone" {\n  type = string\n}\nlocals {\n  names = [for each_name in ["a", "b"] : "\${each_name}.\${var.zone}"]\n}\nprovider "aws" {\n  alias = "west"\n}\nresource "aws_instance" "web" {\n  provider = aws.west\n  count    = length(local.names)\n  dynamic "disk" {\n    for_each = local.names\n    content {\n      name = "\${disk.value}-\${count.index}"\n    }\n  }\n  lifecycle {\n    ignore_changes = [tags["at"]]\n  }\n}\n`,
      "out.tf": 'output "id" {\n  value = aws_instance.web[0].id\n}\n',
    }),
  ).toEqual([]);
  expect(
    await linesOf({
      "main.tf": `action "aws_lambda_invoke" "warm" {\n  config {\n    function_name = "warm"\n  }\n}\nresource "aws_instance" "web" {\n  lifecycle {\n    action_trigger {\n      events  = [after_create]\n      actions = [action.aws_lambda_invoke.warm]\n    }\n  }\n}\n`,
    }),
  ).toEqual([]);
  expect(
    await linesOf({
      "compose.yaml":
        "x-all: &all\n  restart: always\nservices:\n  web:\n    <<: *all\n    image: shop:1\n    volumes: [data:/data, ./a:/a, /b]\n    networks: [inner, default]\n    depends_on: { db: { condition: service_started } }\n  db: { image: postgres }\nvolumes: { data: }\nnetworks: { inner: {} }\n",
      "compose.override.yaml": "services:\n  web:\n    volumes: [data:/other]\n",
    }),
  ).toEqual([]);
});

test.each<[string, Files, string[]]>([
  [
    "YAML that is none",
    { "a.yaml": "apiVersion: v1\nkind: [\n" },
    [
      "error a.yaml:3: It is no valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ].",
    ],
  ],
  [
    "a field that is misspelled",
    { "a.yaml": deployment().replace("spec:\n  selector", "spec:\n  replica: 3\n  selector") },
    ["error a.yaml:5: spec has a field replica, which is not known there."],
  ],
  [
    "a field that is missing",
    { "a.yaml": SERVICE.replace("port: 80", "name: http") },
    [
      "error a.yaml:6: spec.ports.0 lacks the field port.",
      "warning a.yaml:5: The Service front selects app=web, and no pod of these files has that.",
    ],
  ],
  [
    "a value of another type",
    { "a.json": '{"apiVersion":"v1",\n"kind":"ConfigMap",\n"metadata":{"name":"a"},\n"data":{"port":80}}' },
    ["error a.json:4: data.port is the number 80, and must be string."],
  ],
  [
    "a kind that does not exist",
    { "a.yaml": "apiVersion: apps/v1\nkind: Deploymnet\nmetadata: { name: a }\n" },
    ["error a.yaml:2: Kubernetes 1.36 has no Deploymnet in apps/v1."],
  ],
  [
    "a kind of another version",
    { "a.yaml": "apiVersion: v1\nkind: Deployment\nmetadata: { name: a }\n" },
    ["error a.yaml:2: Kubernetes 1.36 has no Deployment in v1: it is in apps/v1."],
  ],
  [
    "a file of a program that looks like an object",
    { "kubeconfig.yaml": "apiVersion: v1\nkind: Config\nclusters: []\n" },
    ["skipped kubeconfig.yaml:2: No schema is known for Config of v1."],
  ],
  [
    "an object without a name",
    { "a.yaml": "apiVersion: v1\nkind: ConfigMap\ndata: {}\n" },
    ["error a.yaml:1: This ConfigMap has no name: set metadata.name."],
  ],
  [
    "a version that Kubernetes no longer has",
    { "a.yaml": "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: { name: a }\n" },
    [
      "warning a.yaml:2: Kubernetes no longer has policy/v1beta1: use policy/v1. The fields of this PodDisruptionBudget are not checked.",
    ],
  ],
  [
    "a custom resource, which is never fine",
    { "a.yaml": "apiVersion: example.org/v1\nkind: Thing\nmetadata: { name: a }\n" },
    ["skipped a.yaml:2: No schema is known for Thing of example.org/v1."],
  ],
  [
    "a container without limits, privileged, of the newest image",
    {
      "a.yaml": deployment(
        "\n      containers:\n        - name: web\n          image: shop:latest\n          securityContext:\n            privileged: true",
      ),
    },
    [
      "warning a.yaml:10: The container web has no limits of resources: one that leaks takes the memory of its neighbours.",
      "warning a.yaml:11: The container web has the image shop:latest, which may be another one at each start: name a version.",
      "warning a.yaml:13: The container web is privileged: it may do everything on its node.",
    ],
  ],
  [
    "an image without a tag, of a registry with a port",
    { "a.yaml": deployment(POD.replace("shop:1.2.3", "127.0.0.1:5000/shop")) },
    [
      "warning a.yaml:11: The container web has the image 127.0.0.1:5000/shop, which may be another one at each start: name a version.",
    ],
  ],
  [
    "a name that is there twice",
    { "a.yaml": deployment(), "b.yaml": deployment(), "other/a.yaml": deployment() },
    ["warning b.yaml:3: The Deployment web is also in a.yaml, line 3: the later one overwrites it."],
  ],
  [
    "a name that kustomize refuses, a file that it misses, and a patch",
    {
      "kustomization.yaml": "resources: [a.yaml, b.yaml, gone.yaml]\npatches:\n  - path: patch.yaml\n",
      "a.yaml": deployment(),
      "b.yaml": deployment(),
      "patch.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: 2 }\n",
    },
    [
      "error b.yaml:3: The Deployment web is also in a.yaml, line 3, and kustomize takes a name once.",
      "error kustomization.yaml:1: It names gone.yaml, which is not there.",
      "skipped patch.yaml:2: It is a patch of kustomize, which has only a part of its object.",
    ],
  ],
  [
    "a chart of Helm",
    {
      "chart/Chart.yaml": "apiVersion: v2\nname: a\n",
      "chart/templates/a.yaml": "apiVersion: v1\nkind: {{ .Values.kind }}\n",
    },
    ["skipped chart/Chart.yaml:null: Templates of a Helm chart become objects only with values."],
  ],
  [
    "Terraform that is none",
    { "main.tf": 'variable "a" {\n  default = \n}\n' },
    [
      "error main.tf:2: It is no valid Terraform: Invalid expression; Expected the start of an expression, but found an invalid expression token.",
    ],
  ],
  [
    "names that nothing declares",
    {
      "main.tf": `output "a" {\n  value = "\${var.zone}-\${aws_instance.web.id}"\n}\noutput "b" {\n  value = [module.net.id, local.x, data.aws_ami.it.id]\n}\n`,
    },
    [
      "error main.tf:2: var.zone is used, and nothing declares it.",
      "error main.tf:2: aws_instance.web is used, and nothing declares it.",
      "error main.tf:5: module.net is used, and nothing declares it.",
      "error main.tf:5: local.x is used, and nothing declares it.",
      "error main.tf:5: data.aws_ami.it is used, and nothing declares it.",
    ],
  ],
  [
    "names in Terraform of a kind that is not known",
    { "main.tf": 'output "a" {\n  value = [later.aws_x.one, later.aws_x.two, action.aws_x.one]\n}\n' },
    [
      "error main.tf:2: action.aws_x.one is used, and nothing declares it.",
      "skipped main.tf:null: Names that begin with later are not looked for.",
    ],
  ],
  [
    "names that are declared twice",
    {
      "a.tf": 'variable "a" {}\nvariable "a" {}\nresource "x_y" "z" {}\n',
      "b.tf": 'resource "x_y" "z" {}\n',
      "b_override.tf": 'resource "x_y" "z" {}\n',
      "other/a.tf": 'resource "x_y" "z" {}\n',
    },
    ["error a.tf:2: var.a is declared twice.", "error b.tf:1: x_y.z is declared twice: also in a.tf."],
  ],
  [
    "a module that is not there",
    { "main.tf": 'module "net" {\n  source = "./net"\n}\n' },
    ["error main.tf:1: The module net is in ./net, which is not there."],
  ],
  [
    "names that a Compose file does not define",
    {
      "docker-compose.yml":
        "services:\n  web:\n    image: shop:1\n    privileged: true\n    volumes:\n      - data:/data\n    networks: [inner]\n    depends_on:\n      - db\n",
    },
    [
      "error docker-compose.yml:6: The service web uses the volume data, which is not defined.",
      "error docker-compose.yml:7: The service web uses the network inner, which is not defined.",
      "error docker-compose.yml:9: The service web uses the service db, which is not defined.",
      "warning docker-compose.yml:4: The service web is privileged: it may do everything on its machine.",
    ],
  ],
  [
    "a Compose file with what it has not",
    { "compose.yml": "services:\n  web:\n    image: shop:1\n    port: 80\n    ports: [true]\n" },
    [
      "error compose.yml:4: services.web has a field port, which is not known there.",
      "error compose.yml:5: services.web.ports.0 is the boolean true, and must be number or string or object.",
    ],
  ],
])("%s", async (_what, files, lines) => {
  expect(await linesOf(files)).toEqual(lines);
});

const BOMB = `apiVersion: v1\nkind: ConfigMap\na: &a [x, x, x, x, x, x, x, x, x]\n${[..."bcdefghi"]
  .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[at]}`).join(", ")}]`)
  .join("\n")}\n`;

test.each<[string, Files, RegExp]>([
  ["aliases of aliases", { "a.yaml": BOMB }, /^skipped a.yaml:null: Its aliases stand for more than is read\.$/],
  [
    "50 MB",
    { "a.tf": Buffer.alloc(50_000_000, "a") },
    /^skipped a.tf:null: It has 50000000 bytes, and at most 1000000 are read\.$/,
  ],
  [
    "invalid UTF-8",
    { "a.yaml": Buffer.from("apiVersion: v1\nkind: \xff\n", "latin1") },
    /^skipped a.yaml:null: It is no text in UTF-8\.$/,
  ],
  ["a binary file", { "a.tf": Buffer.from([65, 0, 66]) }, /^skipped a.tf:null: It is no text in UTF-8\.$/],
  [
    "nested YAML",
    { "a.yaml": `apiVersion: v1\nkind: ConfigMap\ndata: ${"[".repeat(200_000)}` },
    /^skipped a.yaml:null: It is nested too deeply to be read\.$/,
  ],
  [
    "nested keys of YAML",
    { "a.yaml": `apiVersion: v1\nkind: ConfigMap\ndata:\n  ${"? ".repeat(3_000)}\n` },
    /^skipped a.yaml:null: It is nested too deeply to be read\.$/,
  ],
  [
    "nested Terraform",
    { "a.tf": `a = ${"[".repeat(300_000)}` },
    /^skipped a.tf:null: It is nested too deeply to be read\.$/,
  ],
  [
    "nested Terraform in JSON",
    { "a.tf.json": `{"locals":${"[".repeat(300_000)}` },
    /^skipped a.tf.json:null: It is nested too deeply to be read\.$/,
  ],
  [
    "a name of a prototype",
    { "a.yaml": "apiVersion: v1\nkind: constructor\n__proto__: { a: 1 }\n" },
    /No schema is known for constructor of v1\.$/,
  ],
])("a hostile file with %s is said, and ends nothing", async (_what, files, line) => {
  expect(await linesOf(files)).toEqual([expect.stringMatching(line)]);
});

test("links out of the folder are not followed", async () => {
  const outside = folderWith({ "secret.yaml": "apiVersion: v1\nkind: Deploymnet\n", "in/a.tf": "broken" });
  const folder = folderWith({ "compose.yaml": "services: {}\n" });
  symlinkSync(path.join(outside, "secret.yaml"), path.join(folder, "a.yaml"));
  symlinkSync(path.join(outside, "in"), path.join(folder, "in"));
  expect(await lookAtInfrastructure(folder)).toEqual({
    files: 1,
    errors: [],
    warnings: [],
    not_checked: [{ file: "a.yaml", line: null, says: "It is a link, and links are not followed." }],
  });
});

test("no more than a hundred findings of a kind are kept, and the rest is counted", async () => {
  const text = Array.from({ length: 130 }, (_, at) => `apiVersion: apps/v1\nkind: A${at}\n`).join("---\n");
  const { errors = [] } = (await lookAtInfrastructure(folderWith({ "a.yaml": text }))) ?? {};
  expect(errors).toHaveLength(101);
  expect(errors.at(-1)).toEqual({ file: "a.yaml", line: null, says: "30 more are left out." });
});

test("a process of its own looks; when its time is over, it is said that nothing is checked", async () => {
  const folder = folderWith({ "a.yaml": "apiVersion: apps/v1\nkind: Deploymnet\n" });
  const given = { program: process.cwd(), signal: new AbortController().signal };
  expect(await runInfrastructure(folder, given)).toMatchObject({ files: 1, errors: [{ file: "a.yaml", line: 2 }] });
  expect(await runInfrastructure(folderWith({ "a.md": "" }), given)).toBeNull();
  expect(await runInfrastructure(folder, { ...given, mostMs: 1 })).toEqual({
    files: 0,
    errors: [],
    warnings: [],
    not_checked: [{ file: ".", line: null, says: "Nothing is checked: reading the files took longer than 1 s." }],
  });
});
