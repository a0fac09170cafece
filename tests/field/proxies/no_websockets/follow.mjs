import { createServer, request } from "node:http";

const [, , url, created] = process.argv;
const { hostname, port } = new URL(url);
const authorization = `Bearer ${JSON.parse(created).token}`;
const proxy = createServer((asked, response) => {
  const { upgrade, connection, ...headers } = asked.headers;
  const onward = request({ hostname, port, path: asked.url, method: asked.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  asked.pipe(onward);
});
await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
const ask = (query, { method = "GET", body, headers = {} } = {}) =>
  new Promise((resolve, reject) => {
    const { port } = proxy.address();
    const path = `/live/?EIO=4&${query}`;
    const asked = request(
      { hostname: "127.0.0.1", port, path, method, headers: { authorization, ...headers } },
      async (answer) => {
        let text = "";
        for await (const chunk of answer) text += chunk;
        resolve({ status: answer.statusCode, text });
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });

const upgrade = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "MDEyMzQ1Njc4OWFiY2RlZg==",
};
const websocket = await ask("transport=websocket", { headers: upgrade });
const opened = await ask("transport=polling");
const at = `transport=polling&sid=${JSON.parse(opened.text.slice(1)).sid}`;
const stranger = await ask(at, { headers: { authorization: "Bearer byn_wrong" } });
const foreign = await ask(at, { method: "POST", body: "40", headers: { origin: "https://other.example" } });
await ask(at, { method: "POST", body: "40" });
const joined = await ask(at);
await ask(at, { method: "POST", body: '42["trees:join",{"held":[]}]' });
const news = await ask(at);
console.log(JSON.stringify({ websocket, joined, news, stranger: stranger.status, foreign: foreign.status }));
proxy.closeAllConnections();
proxy.close();
