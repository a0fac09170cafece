/** What an MCP client with OAuth gets from a server without it. */
import { Client, type OAuthClientProvider, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, onTestFinished, test } from "vitest";
import { startDoors } from "@/server/testing/doors";

test("a client that knows OAuth is told how to get a token, and opens no sign-in page", async () => {
  const doors = await startDoors({ work: false });
  await doors.signedIn("admin");
  const opened: URL[] = [];
  const provider: OAuthClientProvider = {
    redirectUrl: "http://127.0.0.1/callback",
    clientMetadata: { redirect_uris: ["http://127.0.0.1/callback"] },
    clientInformation: () => undefined,
    saveClientInformation: () => undefined,
    tokens: () => undefined,
    saveTokens: () => undefined,
    redirectToAuthorization: (url) => void opened.push(url),
    saveCodeVerifier: () => undefined,
    codeVerifier: () => "",
  };
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: "legacy" } });
  onTestFinished(() => client.close());
  const transport = new StreamableHTTPClientTransport(new URL(`${doors.server.url}/mcp`), { authProvider: provider });
  await expect(client.connect(transport)).rejects.toThrow(
    /Banyan has no OAuth\. Send the header Authorization: Bearer/,
  );
  expect(opened).toEqual([]);
});

test("the metadata names the endpoint and no authorization server", async () => {
  const doors = await startDoors({ work: false });
  await doors.signedIn("admin");
  const refused = await doors.ask("/mcp", { method: "POST", body: "{}" });
  const [, address = ""] = /resource_metadata="([^"]+)"/.exec(String(refused.headers["www-authenticate"])) ?? [];
  expect(address).toBe(`${doors.server.url}/.well-known/oauth-protected-resource/mcp`);
  expect(JSON.parse(refused.text)).toMatchObject({ type: "/problems/unauthorized", status: 401 });
  const { status, text } = await doors.ask(new URL(address).pathname);
  expect([status, JSON.parse(text)]).toEqual([
    200,
    {
      resource: `${doors.server.url}/mcp`,
      resource_name: "Banyan",
      bearer_methods_supported: ["header"],
      resource_documentation: `${doors.server.url}/problems/unauthorized`,
    },
  ]);
});
