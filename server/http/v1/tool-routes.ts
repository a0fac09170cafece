/** Routes of tools and tool servers. Reads return the version as `ETag`; changes need it as `If-Match`. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import type { GuardedApplication } from "@/agents/guard/guard";
import type { Answers, Tool } from "@/core/shapes/answers/answers";
import { bodies, fileOf, mendOf, said } from "./bodies";
import { type Ask, does, isAny, lists, makes, type Route, reads, staleness } from "./routes";

const POLICY =
  "Whether its calls run at once (`auto`), wait for an approval (`ask`) or are refused (`deny`); `inherit`: as the policy of their level says.";

const change = z.strictObject({
  policy: z.string("must be inherit, auto, ask or deny").optional().describe(POLICY),
  server: z
    .record(z.string(), z.unknown(), "must be an entry of mcpServers")
    .optional()
    .describe("Its new configuration, as an entry of `mcpServers`."),
});

const read: Route<Tool> = {
  command: null,
  query: [],
  takes: null,
  status: 200,
  etag: "gives",
  async answer(app, { id }) {
    const tool = await app.queries.getTool(id);
    return { status: 200, body: tool, headers: { etag: `"${tool.version}"` } };
  },
};

const update: Route<Answers["PUT tools/:id"]> = {
  command: "updateServer",
  query: [],
  takes: change,
  status: 200,
  etag: "needs",
  async answer(app, { id, sent, ifMatch }) {
    const { policy, server } = sent as z.infer<typeof change>;
    if ((policy === undefined) === (server === undefined))
      throw new UserError("invalid", 'Send either "policy", or "server" with an entry of mcpServers.');
    const { version: live } = await app.queries.getTool(id);
    const stale = staleness(ifMatch, id, live);
    if (stale) return stale;
    const options = isAny(ifMatch) ? {} : { version: live };
    const done =
      policy === undefined
        ? await app.commands.updateServer({ id, entry: server ?? {}, ...options })
        : await app.commands.setToolPolicy({ id, policy, ...options });
    const { version } = await app.queries.getTool(id);
    return { status: 200, body: { ...done, version }, headers: { etag: `"${version}"` } };
  },
};

const importServers = (app: GuardedApplication, { sent }: Ask<never, Record<string, unknown>>) =>
  app.commands.importServers({ text: fileOf(sent), ...mendOf(sent) });

/** Reads a file, for whoever may add its servers. */
const preview: Route<Answers["POST tools/preview"]> = {
  command: "importServers",
  query: [],
  takes: bodies.servers,
  status: 200,
  async answer(app, { sent }) {
    const file = sent as z.infer<typeof bodies.servers>;
    return { status: 200, body: await app.queries.previewServers(fileOf(file), mendOf(file).mend) };
  },
};

export const toolRoutes = {
  "GET tools": lists((app) => app.queries.listTools()),
  "POST tools": makes("importServers", bodies.servers, importServers),
  "POST tools/import": does("importServers", bodies.servers, importServers),
  "POST tools/preview": preview,
  "GET tools/:id": read,
  "PUT tools/:id": update,
  "GET tools/:id/history": reads(async (app, { id }) =>
    app.queries.getToolHistory((await app.queries.getTool(id)).name),
  ),
  "POST tools/:id/policy": does("setToolPolicy", said("policy", POLICY), (app, { id, sent: { policy } }) =>
    app.commands.setToolPolicy({ id, policy }),
  ),
};
