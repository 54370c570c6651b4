import { expect, test } from "vitest";
import { readCube } from "./cubes";

const CORNERS = ["0 0 0", "1 0 0", "0 1 0", "1 1 0", "0 0 1", "1 0 1", "0 1 1", "1 1 1"];
const cube = (...lines: string[]) => readCube("digest", [...lines, ...CORNERS].join("\r\n"));

test("a table is read with its size, in the order of the file", () => {
  const read = cube('TITLE "Dusk"', "# made by hand", "LUT_3D_SIZE 2", "");
  expect(read).toMatchObject({ key: "digest", size: 2, low: [0, 0, 0], high: [1, 1, 1] });
  expect([...(read?.colours ?? [])].slice(0, 9)).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0]);
});

test("colours may begin and end elsewhere, have signs and exponents, and remarks after them", () => {
  const low = cube("LUT_3D_SIZE 2", "DOMAIN_MIN -0.5 0 0", "DOMAIN_MAX 2 2 2");
  expect([low?.low, low?.high]).toEqual([
    [-0.5, 0, 0],
    [2, 2, 2],
  ]);
  const read = readCube("", `LUT_3D_SIZE 2\n-1e-1 .5 +2 # first\n${CORNERS.slice(1).join("\n")}`);
  [-0.1, 0.5, 2].forEach((part, at) => {
    expect(read?.colours[at]).toBeCloseTo(part, 6);
  });
});

test("what is no whole table of three dimensions is left out", () => {
  expect(cube("LUT_1D_SIZE 8")).toBeNull();
  expect(cube("LUT_3D_SIZE 3")).toBeNull();
  expect(cube("LUT_3D_SIZE 1")).toBeNull();
  expect(readCube("", "no table at all")).toBeNull();
});
