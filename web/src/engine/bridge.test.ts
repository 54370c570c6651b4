import { expect, test } from "vitest";
import {
  almostBridging,
  type BridgeModel,
  bridgeModel,
  bridgeParams,
  bridgePrompt,
  whyNoBridge,
} from "./bridge";

const MEDIA = { type: "string", format: "media" };
const model = (id: string, media: readonly string[], rest: Partial<BridgeModel> = {}) => ({
  id,
  title: id.toUpperCase(),
  aliases: [],
  makes: "video",
  is_available: true,
  unavailable_reason: null,
  retired_reason: null,
  parameters: {
    properties: {
      duration: { type: "number" },
      seed: { type: "integer" },
      ...Object.fromEntries(media.map((name) => [name, MEDIA])),
    },
  },
  ...rest,
});
const BOTH = ["first_frame", "last_frame"];
const clip = (name: string, asset_url: string | null = "/clip") => ({
  id: name,
  prompt: name,
  media: null,
  model_params: { model: name },
  asset_url,
});

test("the segments' own models come first, by alias too, then the first that takes both", () => {
  const models = [
    model("words", []),
    model("half", ["first_frame"]),
    model("one", BOTH),
    model("two", BOTH, { aliases: ["second"] }),
  ];
  expect(bridgeModel(models, [clip("words"), clip("half")])?.id).toBe("one");
  expect(bridgeModel(models, [clip("words"), clip("second")])?.id).toBe("two");
  expect(bridgeModel(models, [clip("two"), clip("one")])?.id).toBe("two");
});

test("a model that cannot be used, or needs more than two frames and words, is not taken", () => {
  const away = model("away", BOTH, { is_available: false, unavailable_reason: "no key" });
  const models = [
    model("gone", BOTH, { retired_reason: "retired" }),
    model("greedy", [...BOTH, "pose"], {
      parameters: { ...model("", [...BOTH, "pose"]).parameters, required: ["pose"] },
    }),
    away,
  ];
  expect(bridgeModel(models, [clip("away")])).toBeUndefined();
  expect(almostBridging(models)).toBe("AWAY takes both: no key");
  expect(almostBridging([model("half", ["first_frame"])])).toBeNull();
});

test("both neighbours must have a clip", () => {
  const film = [clip("a"), clip("b"), clip("c", null)];
  expect(whyNoBridge(film, "a")).toBeNull();
  expect(whyNoBridge(film, "b")).toBe("Segment 3 has no clip yet: generate it first.");
  expect(whyNoBridge(film, "c")).toBe("This is the last segment: there is none to lead into.");
});

test("the prompt leads from one shot to the other, and says what they share once", () => {
  expect(
    bridgePrompt(
      "A fox in the snow, 35mm, golden hour.",
      "The village at night, 35mm, golden hour",
    ),
  ).toBe(
    "One continuous shot without a cut: it begins with a fox in the snow; the camera moves on and arrives at the village at night. 35mm, golden hour.",
  );
  expect(bridgePrompt("Same words", "same words")).toBe(
    "One continuous shot without a cut: the camera moves on from the first picture to the last. Same words.",
  );
});

test("own footage has no words: the pictures say what is there", () => {
  expect(bridgePrompt("", "A harbour")).toBe(
    "One continuous shot without a cut: the camera moves on from the first picture and arrives at a harbour.",
  );
  expect(bridgePrompt("A harbour", "")).toBe(
    "One continuous shot without a cut: it begins with a harbour, and the camera moves on to the last picture.",
  );
});

test("long prompts are taken over as far as their parts fit", () => {
  const long = Array.from({ length: 40 }, (_, at) => `detail number ${at}`).join(", ");
  const prompt = bridgePrompt(long, "a".repeat(900));
  expect(prompt).toContain("detail number 12");
  expect(prompt).not.toContain("detail number 20");
  expect(prompt.length).toBeLessThan(620);
});

test("what belongs to the other shot alone is left behind", () => {
  const like = {
    ...clip("a"),
    model_params: {
      model: "a",
      duration: 4,
      seed: 7,
      fallbacks: ["b"],
      first_frame: "x",
      style: "ink",
    },
  };
  expect(bridgeParams(model("b", BOTH), like)).toEqual({ model: "b", duration: 4 });
  expect(bridgeParams(model("b", BOTH), undefined)).toEqual({ model: "b" });
});
