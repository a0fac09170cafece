/** A PostgreSQL inside this process, so that nobody has to install one. */
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

const MOST_CONNECTIONS = 20;

export interface Database {
  url: string;
  /** Removes everything that it holds. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** `folder`: where it keeps its files; absent: in memory. */
export async function startDatabase(folder?: string): Promise<Database> {
  const database = await PGlite.create(folder);
  const server = new PGLiteSocketServer({ db: database, host: "127.0.0.1", port: 0, maxConnections: MOST_CONNECTIONS });
  await server.start();
  return {
    url: `postgres://postgres@${server.getServerConn()}/postgres`,
    clear: async () => void (await database.exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public")),
    stop: async () => {
      await server.stop();
      await database.close();
    },
  };
}
