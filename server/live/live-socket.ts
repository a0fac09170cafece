import type { Server, Socket } from "socket.io";
import type { BrowserEvents, ServerEvents, Untrusted } from "@/core/shapes/wire";

export type LiveServer = Server<Untrusted<BrowserEvents>, ServerEvents>;
export type LiveSocket = Socket<Untrusted<BrowserEvents>, ServerEvents>;
