import { createApp } from "./app.js";
import { openDatabase } from "./database.js";

const database = await openDatabase(process.env.DATABASE ?? "todo.db");
const server = createApp(database).listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`Listening on http://127.0.0.1:${server.address().port}`);
});
