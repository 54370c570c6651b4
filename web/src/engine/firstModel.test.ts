import { expect, test } from "vitest";
import { modelToStartWith, type OfferedModel } from "./firstModel";

const model = (id: string, more: Partial<OfferedModel> = {}) => ({
  id,
  makes: "video",
  is_available: true,
  is_local: false,
  parameters: {},
  ...more,
});

test("a segment begins with a model that words are enough for, a free one first", () => {
  const paid = model("paid");
  const free = model("free", { is_local: true });
  const picture = model("picture", { makes: "image", is_local: true });
  const closed = model("closed", { is_available: false, is_local: true });
  const needy = model("needy", { parameters: { required: ["first_frame"] } });
  expect(modelToStartWith([needy, picture, closed, paid, free])?.id).toBe("free");
  expect(modelToStartWith([needy, picture, closed, paid])?.id).toBe("paid");
  expect(modelToStartWith([needy])).toBeUndefined();
  expect(modelToStartWith(undefined)).toBeUndefined();
});
