import { createApp } from "./app.js";
import { openStore } from "./store.js";

const store = await openStore(process.env.DATABASE ?? "todo.json");
const server = createApp(store).listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`Listening on http://127.0.0.1:${server.address().port}`);
});
