import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { goingTo } from "../going/going-state";
import { addressRestored, answerRefresh, endLoading, refreshPage, showAddress } from "./refresh-page";

const BASE = "http://banyan.test";
let loaded: (string | null)[] = [];
let entries = 0;
let end = () => {};

beforeEach(() => {
  const location = new URL("/tools", BASE);
  const write = (_state: unknown, _unused: string, to: string) => {
    location.href = new URL(to, location).href;
  };
  const pushState = (...args: Parameters<typeof write>) => {
    entries += 1;
    write(...args);
  };
  vi.stubGlobal("window", { location, history: { pushState, replaceState: write } });
  loaded = [];
  entries = 0;
  end = answerRefresh((address) => void loaded.push(address));
});

afterEach(() => {
  goingTo(window.location);
  refreshPage();
  endLoading();
  end();
  vi.unstubAllGlobals();
});

test("an address that was shown without loading it is gone to before the page's data is loaded", () => {
  refreshPage();
  endLoading();
  showAddress("?add-api");
  refreshPage();
  endLoading();
  refreshPage();
  endLoading();
  addressRestored();
  refreshPage();
  expect(loaded).toEqual([null, "/tools?add-api", null, "/tools?add-api"]);
});

test("data that a change of the address drops is asked for again", () => {
  refreshPage();
  showAddress("/tools");
  showAddress("?add", "push");
  expect([loaded, entries]).toEqual([[null, "/tools", "/tools?add"], 1]);
  endLoading();
  showAddress("/tools");
  expect(loaded).toHaveLength(3);
});

test("a page that the person asked for is taken back by neither a refresh nor an address", () => {
  showAddress("?add");
  goingTo(new URL("/trees", BASE));
  refreshPage();
  showAddress("?add-api");
  expect([loaded, window.location.search]).toEqual([[null], "?add"]);
  // The link of the open page takes the other one back.
  goingTo(new URL("/tools?add", BASE));
  showAddress("?add-api");
  expect([loaded, window.location.search]).toEqual([[null, "/tools?add-api"], "?add-api"]);
});
