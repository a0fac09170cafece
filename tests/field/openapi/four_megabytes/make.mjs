/** Writes a document of three megabytes, and one that is larger than what is read. */
import { writeFileSync } from "node:fs";

const words = "        It says at length what the thing is for, and what is not to be done with it.\n".repeat(110);
const paths = Array.from(
  { length: 300 },
  (_, at) => `  /things${at}/{id}:
    get:
      operationId: getThing${at}
      description: |
${words}      parameters:
        - { name: id, in: path, required: true, schema: { type: string } }
      responses:
        "200": { description: ok }
`,
).join("");
const text = `openapi: 3.1.0\ninfo: { title: Large, version: "1" }\nservers: [{ url: https://api.example.org/v1 }]\npaths:\n${paths}`;
writeFileSync("large.yaml", text);
writeFileSync("larger.yaml", `${text}${"# more\n".repeat(250_000)}`);
