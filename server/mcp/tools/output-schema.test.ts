import { expect, test } from "vitest";
import { z } from "zod";
import { isSentence, undescribedIn } from "@/server/testing/undescribed";
import { outputSchemaOf } from "./output-schema";
import { MCP_TOOLS } from "./table";

test("no field that a tool takes or answers with lacks a description", () => {
  const lacking = MCP_TOOLS.flatMap(({ name, input, answers }) => {
    const output = outputSchemaOf(answers);
    const parts = Object.entries((output.$defs ?? {}) as Record<string, { description?: string }>);
    return [
      ...undescribedIn(z.toJSONSchema(input, { io: "input" }), `takes ${name}`),
      ...undescribedIn(output, `answers ${name}`),
      ...parts.filter(([, part]) => !isSentence(part.description)).map(([part]) => `answers ${name} ${part}`),
    ];
  });
  expect(lacking).toEqual([]);
});
