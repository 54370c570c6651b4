import { expect, test } from "vitest";
import { formatOf, formatsOf } from "./formats";

const size = (label: string, width: number, height: number, ratio: string) => ({
  label,
  width,
  height,
  ratio,
});
const SIZES = [
  size("HD 720p", 1280, 720, "16:9"),
  size("4K", 3840, 2160, "16:9"),
  size("Vertical", 1080, 1920, "9:16"),
];

test("of each shape the size that comes first is offered", () => {
  expect(formatsOf(SIZES).map(({ label }) => label)).toEqual(["HD 720p", "Vertical"]);
});

test("settings of another size have the format of their shape", () => {
  const formats = formatsOf(SIZES);
  expect(formatOf(formats, { width: 1920, height: 1080 })?.label).toBe("HD 720p");
  expect(formatOf(formats, { width: 1000, height: 1000 })).toBeUndefined();
});
