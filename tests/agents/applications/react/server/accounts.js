import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";

/** Returns the password as it is stored: with its own salt, and slow to guess. */
export function hashed(password) {
  const salt = randomBytes(16).toString("hex");
  return `${salt}:${scryptSync(password, salt, 32).toString("hex")}`;
}

export function isPassword(password, stored) {
  const [salt, hash] = stored.split(":");
  return timingSafeEqual(scryptSync(password, salt, 32), Buffer.from(hash, "hex"));
}

/** Sessions live as long as the server. */
export function createSessions() {
  const users = new Map();
  return {
    begin(user) {
      const token = randomBytes(24).toString("hex");
      users.set(token, user);
      return token;
    },
    userOf: (header = "") => users.get(header.replace(/^Bearer /, "")) ?? null,
  };
}
