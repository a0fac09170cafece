import path from "node:path";
import { type ImportEdge, importEdges } from "./edges";
import type { Fault } from "./fault";
import { isCode, isTest, type SourceFile } from "./sources";

/** More files are hard to take in at a glance, so the room may hold a smaller room. Decision 048 says why this only warns. */
const MANY_FILES = 30;
/** A room with more files than this always hides smaller rooms. */
const MOST_FILES = 40;

/** One import for each pair of rooms, by the importing room and the imported room. A room is a folder. */
type Rooms = Map<string, Map<string, ImportEdge>>;

/** Finds rooms that import each other, types or values, directly or through other rooms, and rooms with too many files. Tests are exempt. */
export function checkRooms(sources: SourceFile[]): Fault[] {
  const rooms = roomsOf(importEdges(sources));
  return [...circles(rooms).map((circle) => circleFault(circle, rooms)), ...checkFull(sources)];
}

function roomsOf(edges: ImportEdge[]): Rooms {
  const rooms: Rooms = new Map();
  for (const edge of edges) {
    if (edge.isPackage || isTest(edge.from) || isTest(edge.to)) continue;
    const from = path.posix.dirname(edge.from);
    const to = path.posix.dirname(edge.to);
    if (from === to) continue;
    const others = rooms.get(from) ?? new Map<string, ImportEdge>();
    if (!others.has(to)) others.set(to, edge);
    rooms.set(from, others);
  }
  return rooms;
}

/** Returns the shortest cycle through each room, without cycles that share a room with a shorter cycle. */
function circles(rooms: Rooms): string[][] {
  const found = [...rooms.keys()].flatMap((room) => shortestCircle(rooms, room) ?? []);
  const named = new Set<string>();
  return found
    .sort((a, b) => a.length - b.length)
    .filter((circle) => {
      if (circle.some((room) => named.has(room))) return false;
      for (const room of circle) named.add(room);
      return true;
    });
}

/** Returns the rooms on the shortest path from a room back to itself, or undefined. Searches breadth first. */
function shortestCircle(rooms: Rooms, start: string): [string[]] | undefined {
  const cameFrom = new Map<string, string>();
  let near = [start];
  while (near.length > 0) {
    const next: string[] = [];
    for (const room of near) {
      for (const other of rooms.get(room)?.keys() ?? []) {
        if (other === start) return [wayBack(cameFrom, start, room)];
        if (cameFrom.has(other)) continue;
        cameFrom.set(other, room);
        next.push(other);
      }
    }
    near = next;
  }
  return undefined;
}

function wayBack(cameFrom: Map<string, string>, start: string, last: string): string[] {
  const way: string[] = [];
  for (let room: string | undefined = last; room !== undefined && room !== start; room = cameFrom.get(room))
    way.unshift(room);
  return [start, ...way];
}

function circleFault(circle: string[], rooms: Rooms): Fault {
  const edges = circle.flatMap((room, at) => rooms.get(room)?.get(circle[(at + 1) % circle.length] ?? "") ?? []);
  const steps = edges.map(({ from, to, line }) => `${from}:${line} imports ${to}`).join("; ");
  const [first] = edges;
  return {
    file: first?.from ?? "",
    line: first?.line,
    message:
      `the folders ${[...circle, circle[0]].join(" → ")} import each other (${steps}). ` +
      "Move the type or function that both need into a folder that both import, or move the file to the other folder",
  };
}

function checkFull(sources: SourceFile[]): Fault[] {
  return roomsAbove(sources, MOST_FILES).map(({ room, count }) => ({
    file: `${room}/`,
    message: `holds ${count} source files, and the limit is ${MOST_FILES}: move files that belong together into a subfolder`,
  }));
}

/** Returns a warning for each room that is nearly too full. */
export function fullRooms(sources: SourceFile[]): Fault[] {
  return roomsAbove(sources, MANY_FILES)
    .filter(({ count }) => count <= MOST_FILES)
    .map(({ room, count }) => ({
      file: `${room}/`,
      message: `holds ${count} source files: look whether some of them belong together in a subfolder`,
    }));
}

function roomsAbove(sources: SourceFile[], most: number): { room: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { file } of sources) {
    if (!isCode(file) || isTest(file)) continue;
    const room = path.posix.dirname(file);
    counts.set(room, (counts.get(room) ?? 0) + 1);
  }
  return [...counts].flatMap(([room, count]) => (count > most ? [{ room, count }] : []));
}
