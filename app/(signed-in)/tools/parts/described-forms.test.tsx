import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import type { ApiPreview, OutsideAgentPreview } from "@/core/shapes/servers/outside";
import { AgentForm, type KnownAgent } from "../agents/agent-form";
import { ApiForm, type KnownApi } from "../apis/api-form";

vi.mock("../agents/actions", () => ({}));
vi.mock("../apis/actions", () => ({}));

const nothing = () => {};
const text = (element: React.ReactNode) => renderToStaticMarkup(element).replaceAll(/<[^>]*>/g, "");

const skill = (id: string) => ({ id, name: id, description: "" });
const card = { name: "helper", title: "", version: "", description: "", hazards: [], skills: [skill("a"), skill("d")] };
const operation = (key: string) => ({ key, name: key, description: "", reads: true });
const document = { name: "shop", servers: [], problems: [], operations: [operation("a"), operation("d")] };

const agentForm = (skills?: string[]) => (
  <AgentForm
    known={skills && ({ name: "helper", auth: "none", skills } as unknown as KnownAgent)}
    preview={card as unknown as OutsideAgentPreview}
    onBack={nothing}
    onClose={nothing}
  />
);
const apiForm = (operations?: string[]) => (
  <ApiForm
    known={operations && ({ name: "shop", auth: "none", operations, base_url: "" } as unknown as KnownApi)}
    source={{ url: "" }}
    preview={document as unknown as ApiPreview}
    onBack={nothing}
    onClose={nothing}
  />
);

test.each([
  ["skill", agentForm],
  ["operation", apiForm],
] as const)("a form counts each %s that it will save, and names those that are gone", (part, form) => {
  expect(text(form(["a", "b"]))).toContain(`Save 1 ${part}`);
  expect(text(form(["a", "b"]))).toContain("b is no longer offered: saving removes it.");
  expect(text(form(["a", "b", "c"]))).toContain("b and c are no longer offered: saving removes them.");
  expect(text(form(["a", "d"]))).toContain(`Save 2 ${part}s`);
  for (const fine of [form(["a"]), form()]) expect(text(fine)).not.toContain("no longer offered");
});
