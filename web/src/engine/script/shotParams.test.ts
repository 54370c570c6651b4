import { expect, test } from "vitest";
import { lengthParams } from "./shotParams";

const schema = (duration: object) => ({ type: "object", properties: { duration } });

test("a length is brought to the nearest that the model makes", () => {
  const offered = schema({ type: "integer", enum: [5, 10] });
  expect([3, 7, 8, 60].map((s) => lengthParams(offered, s).duration)).toEqual([5, 5, 10, 10]);
  const whole = schema({ type: "integer", minimum: 2, maximum: 10 });
  expect([0.5, 4.4, 99].map((s) => lengthParams(whole, s).duration)).toEqual([2, 4, 10]);
  expect(lengthParams(schema({ type: "number", minimum: 1 }), 4.5)).toEqual({ duration: 4.5 });
});

test("where no length is told, or the model takes none, nothing is said", () => {
  expect(lengthParams(schema({ type: "number" }), null)).toEqual({});
  expect(lengthParams({ type: "object", properties: {} }, 5)).toEqual({});
});
