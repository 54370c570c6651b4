import { expect, test } from "vitest";
import {
  carryOver,
  choiceLabel,
  fieldsOf,
  type ParamField,
  parseInput,
  stepOf,
  withParam,
} from "./paramForm";

const schema = {
  type: "object",
  required: ["duration"],
  properties: {
    duration: { type: "number", title: "Duration", minimum: 1, maximum: 60, default: 5 },
    aspect_ratio: { type: "string", enum: ["16:9", "9:16"], default: "16:9" },
    seed: { type: ["integer", "null"], minimum: 0, "x-group": "advanced" },
    audio: { type: "boolean", default: true },
    first_frame: { type: "string", format: "media" },
    negative_prompt: { type: "string", maxLength: 2000 },
    shape: { type: "object" },
  },
};
const fields = fieldsOf(schema);
const named = (name: string) => fields.find((field) => field.name === name) as ParamField;

test("each property gets the control that fits, and what no form can hold is left out", () => {
  expect(fields.map((field) => [field.name, field.kind])).toEqual([
    ["duration", "number"],
    ["aspect_ratio", "choice"],
    ["seed", "integer"],
    ["audio", "switch"],
    ["first_frame", "media"],
    ["negative_prompt", "long-text"],
  ]);
});

test("labels come from the title, else from the name; groups from x-group", () => {
  expect(named("aspect_ratio").label).toBe("Aspect ratio");
  expect(fields.filter((field) => field.isAdvanced).map((field) => field.name)).toEqual(["seed"]);
});

test("input within the limits is a value, anything else says what to give", () => {
  expect(parseInput(named("duration"), " 2,5 ")).toEqual({ value: 2.5 });
  expect(parseInput(named("duration"), "61")).toEqual({ error: "Give a value from 1 to 60" });
  expect(parseInput(named("duration"), "long")).toEqual({ error: "Give a number" });
  expect(parseInput(named("duration"), "")).toEqual({ error: "Duration is needed" });
  expect(parseInput(named("seed"), "1.5")).toEqual({ error: "Give a whole number" });
  expect(parseInput(named("seed"), "-1")).toEqual({ error: "Give 0 or more" });
  expect(parseInput(named("seed"), "")).toEqual({ value: undefined });
});

test("arrow keys change a number by as much as its range is wide", () => {
  const strength = { ...named("duration"), min: 0, max: 1 };
  expect([named("seed"), named("duration"), strength].map(stepOf)).toEqual([1, 0.1, 0.01]);
});

test("setting a parameter to nothing takes it away", () => {
  expect(withParam({ model: "m", seed: 3 }, "seed", undefined)).toEqual({ model: "m" });
});

test("another model keeps what it would accept and nothing else", () => {
  const params = {
    model: "old",
    duration: 90,
    aspect_ratio: "9:16",
    seed: 4,
    audio: "yes",
    camera: "orbit",
  };
  expect(carryOver(params, "new", schema)).toEqual({ model: "new", aspect_ratio: "9:16", seed: 4 });
});

test("plain words read as words, codes stay codes", () => {
  expect(["push in", "16:9", "1080p", 5].map(choiceLabel)).toEqual([
    "Push in",
    "16:9",
    "1080p",
    "5",
  ]);
});
