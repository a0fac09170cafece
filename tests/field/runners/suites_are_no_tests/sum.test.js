const assert = require("node:assert");
const { describe, it } = require("node:test");
const { sum } = require("./sum.js");
describe("sums", () => {
  describe("of two", () => {
    it("keeps nothing", () => assert.equal(sum(0, 0), 0));
    it("adds", () => assert.equal(sum(1, 2), 3));
  });
});
