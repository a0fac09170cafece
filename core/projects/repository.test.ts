import { expect, test } from "vitest";
import { repositoryKey, repositoryName } from "./repository";

test("every way to write the address of a repository has one key", () => {
  const ways = [
    "https://github.com/owner/shop.git",
    "https://github.com/owner/shop",
    "https://token@GitHub.com/owner/shop/",
    "http://github.com/owner/shop.git/",
    "git@github.com:owner/shop.git",
    "github.com:owner/shop",
    "ssh://git@github.com/owner/shop.git",
    "git+https://github.com/owner/shop.git",
    " git://github.com/owner/shop ",
  ];
  expect(new Set(ways.map(repositoryKey))).toEqual(new Set(["github.com/owner/shop"]));
  expect(repositoryKey("ssh://git@git.example.org:2222/a/b.git")).toBe("git.example.org:2222/a/b");
  expect(repositoryKey("https://github.com/owner/Shop")).not.toBe(repositoryKey(ways[0] ?? ""));
  expect([repositoryKey("/srv/shop/"), repositoryKey("/srv/shop"), repositoryKey("/")]).toEqual([
    "/srv/shop",
    "/srv/shop",
    "/",
  ]);
  const ownSource = ["banyan:self", `banyan:self@${"a".repeat(40)}`];
  expect(ownSource.map(repositoryKey)).toEqual(["banyan:self", "banyan:self"]);
  const nothing = ["", "shop", "./shop", "https://github.com", "https://github.com/", "file:///srv/shop", "C:", "a b"];
  expect(nothing.map(repositoryKey)).toEqual(nothing.map(() => null));
});

test("a repository is called by the last part of its address", () => {
  expect(["https://github.com/owner/shop.git", "git@h:owner/shop", "/srv/shop/", "h:shop"].map(repositoryName)).toEqual(
    ["shop", "shop", "shop", "shop"],
  );
});
