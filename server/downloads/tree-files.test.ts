/** Files of a tree over HTTP, with names and contents of a hostile agent. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { call, endTask } from "@/tests/agents/replies";
import { runRoot, taskScript } from "@/tests/agents/scenario";
import { type Doors, startDoors } from "../testing/doors";

const HTML = "<script>alert(1)</script>";

async function withTree(): Promise<{ doors: Doors; id: string; authorization: string; bytes: BytesOf }> {
  const files = [
    call("write_file", { path: "docs/page.html", content: HTML }),
    call("write_file", { path: "a.md", content: "# A\n" }),
  ];
  const doors = await startDoors({ script: taskScript({ root: ({ turn }) => files[turn] ?? endTask("done") }) });
  const tree = await runRoot(doors.trial, {});
  writeFileSync(join(tree.workspace, 'é"\r\n$.svg'), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  writeFileSync(
    join(tree.workspace, "bomb.svg"),
    "<svg xmlns='http://www.w3.org/2000/svg'><use id='a' href='#a'/></svg>",
  );
  const { authorization } = await doors.token("viewer");
  const bytes: BytesOf = async (path) => {
    const answer = await fetch(`${doors.server.url}/api/v1/trees/${tree.id}/${path}`, { headers: { authorization } });
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
  };
  return { doors, id: tree.id, authorization, bytes };
}

type BytesOf = (path: string) => Promise<{ status: number; headers: Headers; body: Buffer }>;

test("files are attachments without a guessed type, in a sandbox, under a name that cannot break the header", async () => {
  const { doors, id, bytes } = await withTree();
  const page = await bytes("files/docs/page.html");
  expect([page.status, page.body.toString()]).toEqual([200, HTML]);
  expect(page.headers.get("content-type")).toBe("application/octet-stream");
  expect(page.headers.get("x-content-type-options")).toBe("nosniff");
  expect(page.headers.get("content-security-policy")).toMatch(/^sandbox;/);
  expect(page.headers.get("content-disposition")).toBe(
    "attachment; filename=\"page.html\"; filename*=UTF-8''page.html",
  );
  const svg = await bytes(`files/${encodeURIComponent('é"\r\n$.svg')}`);
  expect(svg.headers.get("content-type")).toBe("image/svg+xml");
  expect(svg.headers.get("content-disposition")).toBe(
    "attachment; filename=\"____$.svg\"; filename*=UTF-8''%C3%A9%22%0D%0A%24.svg",
  );
  for (const path of ["files/..%2f..%2fbanyan.db", "files/docs%2f..%2f..%2fx", "files/.git/config", "files/nothing"]) {
    const refused = await bytes(path);
    expect([400, 404], path).toContain(refused.status);
    expect(refused.headers.get("content-type")).toContain("application/problem+json");
  }
  expect((await doors.ask(`/api/v1/trees/${id}/files/a.md`)).status).toBe(401);
  const { authorization } = await doors.token("viewer", {
    task: (await doors.trial.runtime.application.queries.getTree(id)).root_task_id,
  });
  expect((await doors.ask(`/api/v1/trees/${id}/files/a.md`, { headers: { authorization } })).status).toBe(403);
});

test("a full archive of a tree is for those who may direct it, and an admin reads it from the data folder", async () => {
  const { doors, id, bytes } = await withTree();
  expect((await bytes("full-archive")).status).toBe(403);
  const ask = async (role: "operator" | "admin", path: string, method = "GET") =>
    fetch(`${doors.server.url}/api/v1/${path}`, { method, headers: await doors.token(role) });
  const sent = await ask("operator", `trees/${id}/full-archive`);
  const name = `root-${id}.banyan.zip`;
  expect(sent.headers.get("content-disposition")).toContain(`filename="${name}"`);
  mkdirSync(join(doors.trial.dataDir, "archives"));
  writeFileSync(join(doors.trial.dataDir, "archives", name), Buffer.from(await sent.arrayBuffer()));
  expect((await ask("operator", `archives/${name}/read`, "POST")).status).toBe(403);
  expect(await (await ask("admin", "archives")).json()).toMatchObject({ items: [{ name }] });
  expect(await (await ask("admin", `archives/${name}`)).json()).toMatchObject({ trees: [{ id }] });
  const read = await ask("admin", `archives/${name}/read`, "POST");
  expect(await read.json()).toMatchObject({ items: [{ id, outcome: "already_here" }] });
  for (const other of ["..%2fbanyan.db", "%2fetc%2fpasswd", "none.banyan.zip"])
    expect([400, 404], other).toContain((await ask("admin", `archives/${other}`)).status);
});

test("a zip holds the files; a patch is sent whole; lists and previews are JSON", async () => {
  const { bytes, id, doors, authorization } = await withTree();
  const zip = await bytes("archive?only=changed");
  expect(zip.headers.get("content-type")).toBe("application/zip");
  expect(Object.keys(unzipSync(zip.body)).sort()).toEqual(["a.md", "docs/page.html"]);
  const patch = await bytes("patch");
  expect(patch.body.length).toBe(Number(patch.headers.get("content-length")));
  expect(patch.body.toString()).toContain("+# A");
  const listed = JSON.parse((await bytes("files?folder=docs")).body.toString());
  expect(listed).toMatchObject({ items: [{ path: "docs/page.html", changed: "added" }], next: null });
  const preview = JSON.parse((await bytes("preview?file=a.md")).body.toString());
  expect(preview).toMatchObject({ type: "markdown", text: "# A\n" });
  for (const [name, type] of [
    ['é"\r\n$.svg', "svg"],
    ["bomb.svg", "text"],
  ] as const) {
    const { body } = await bytes(`preview?file=${encodeURIComponent(name)}`);
    expect(JSON.parse(body.toString()), name).toMatchObject({ type });
  }
  expect(JSON.parse((await bytes("apply")).body.toString())).toMatchObject({ repository: null, files: 2 });
  const refused = await doors.ask(`/api/v1/trees/${id}/apply`, {
    method: "POST",
    headers: { authorization },
    body: "{}",
  });
  expect(refused.status).toBe(403);
});
