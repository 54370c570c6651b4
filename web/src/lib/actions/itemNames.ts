// What kinds of items are called in the labels of the history.

export const ITEM_NAMES: Readonly<Record<string, string>> = {
  text: "text",
  caption: "captions",
  image: "image",
  audio: "sound",
};
