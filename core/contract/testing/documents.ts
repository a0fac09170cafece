/** A document for tests of comparing, and changes of it. */

export type Json = Record<string, unknown>;

/** A document with one operation that sends and gets a Report, and one that lists them. */
export function documentWith(): Json {
  return {
    openapi: "3.1.0",
    info: { title: "Reports", version: "1.0.0" },
    paths: {
      "/reports": {
        get: {
          operationId: "listReports",
          parameters: [
            { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 100, default: 20 } },
            { name: "kind", in: "query", schema: { type: "string", enum: ["wet", "broken"] } },
          ],
          responses: {
            200: {
              description: "ok",
              headers: { "X-Total": { required: true, schema: { type: "integer" } } },
              content: {
                "application/json": { schema: { type: "array", items: { $ref: "#/components/schemas/Report" } } },
                "text/csv": { schema: { type: "string" } },
              },
            },
            404: { description: "none" },
          },
        },
        post: {
          security: [{ key: [] }, { oauth: ["write"] }],
          requestBody: {
            content: { "application/json": { schema: { $ref: "#/components/schemas/NewReport" } } },
          },
          responses: { 201: { description: "created" }, 422: { description: "wrong" } },
        },
      },
      "/reports/{id}": {
        get: {
          operationId: "getReport",
          parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
          responses: {
            200: {
              description: "ok",
              content: { "application/json": { schema: { $ref: "#/components/schemas/Report" } } },
            },
          },
        },
      },
    },
    components: {
      schemas: {
        NewReport: {
          type: "object",
          required: ["reason"],
          properties: {
            reason: { type: "string", minLength: 1, maxLength: 1000 },
            kind: { type: "string", enum: ["wet", "broken"] },
            email: { type: ["string", "null"] },
            count: { type: "number" },
            parent: { $ref: "#/components/schemas/NewReport" },
          },
        },
        Report: {
          type: "object",
          required: ["id", "reason"],
          properties: {
            id: { type: "string", format: "uuid" },
            reason: { type: "string", maxLength: 1000 },
            note: { type: "string" },
            state: { type: "string", enum: ["open", "closed"] },
            owner: { oneOf: [{ $ref: "#/components/schemas/Person" }, { $ref: "#/components/schemas/Team" }] },
          },
        },
        Person: { type: "object", properties: { name: { type: "string" } } },
        Team: { type: "object", properties: { title: { type: "string" } } },
      },
    },
  };
}

/** Sets the part at a path such as `paths/~reports/get`; `~` stands for a slash in a name. Undefined removes it. */
export function change(document: Json, [path, value]: [string, unknown]): void {
  const names = path.split("/").map((name) => name.replaceAll("~", "/"));
  const last = names.pop() ?? "";
  let at = document;
  for (const name of names) at = at[name] as Json;
  if (value === undefined) delete at[last];
  else at[last] = value;
}
