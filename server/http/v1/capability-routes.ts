/** Routes of capabilities, and of web APIs and outside agents that people add. */
import type { z } from "zod";
import { agentFields, apiFields } from "@/agents/commands/operations";
import type { Answers } from "@/core/shapes/answers/answers";
import { bodies } from "./bodies";
import { named, required } from "./query";
import { does, lists, type Route, reads } from "./routes";

type Gaps = Route<Answers["POST capabilities/gaps"]>;
type Preview = Route<Answers["POST apis/preview"]>;
type PreviewAgent = Route<Answers["POST outside-agents/preview"]>;

/** Steps do not fit into an address, so this is a POST, for whoever may give work. */
const gaps: Gaps = {
  command: "submitTree",
  query: [],
  takes: bodies.gaps,
  status: 200,
  async answer(app, { sent }) {
    const { steps, tree } = sent as z.infer<typeof bodies.gaps>;
    return { status: 200, body: { items: await app.queries.findGaps(steps, { tree }), next: null } };
  },
};

/** Fetches a document, for whoever may add it. */
const preview: Preview = {
  command: "saveApi",
  query: [],
  takes: bodies.apiDocument,
  status: 200,
  async answer(app, { sent }) {
    return { status: 200, body: await app.queries.previewApi(sent as z.infer<typeof bodies.apiDocument>) };
  },
};

/** Reads a card, for whoever may add its agent. */
const previewAgent: PreviewAgent = {
  command: "saveOutsideAgent",
  query: [],
  takes: bodies.outsideAgentAddress,
  status: 200,
  async answer(app, { sent }) {
    const { url } = sent as z.infer<typeof bodies.outsideAgentAddress>;
    return { status: 200, body: await app.queries.previewOutsideAgent(url) };
  },
};

export const capabilityRoutes = {
  "GET capabilities": reads((app, { query }) => app.queries.listCapabilities({ tree: named(query, "tree") }), "tree"),
  "GET capabilities/find": lists(
    (app, { query }) =>
      app.queries.findCapabilities(required(query, "q", "what you need"), { tree: named(query, "tree") }),
    "q",
    "tree",
  ),
  "GET coding-agents": lists((app) => app.queries.listCodingAgents()),
  "POST capabilities/gaps": gaps,
  "POST apis/preview": preview,
  "POST outside-agents/preview": previewAgent,
  "POST outside-agents": does("saveOutsideAgent", agentFields, (app, { sent }) => app.commands.saveOutsideAgent(sent)),
  "POST apis": does("saveApi", apiFields, (app, { sent }) => app.commands.saveApi(sent)),
};
