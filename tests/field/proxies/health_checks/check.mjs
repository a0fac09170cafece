import { connect } from "node:net";

const { hostname, port } = new URL(process.argv[2]);
const first = (head) =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(`${head}\r\n\r\n`));
    socket.on("error", reject);
    socket.once("data", (chunk) => {
      resolve(String(chunk).split(" ")[1]);
      socket.destroy();
    });
  });
const asked = {
  old: "GET /health HTTP/1.0",
  address: "GET /health HTTP/1.1\r\nHost: 192.0.2.7:8080",
  slash: `HEAD /health/ HTTP/1.1\r\nHost: ${hostname}`,
  name: "GET /health HTTP/1.1\r\nHost: rebound.example",
  page: "GET /signin HTTP/1.1\r\nHost: 192.0.2.7",
};
for (const [name, head] of Object.entries(asked)) console.log(name, await first(head));
