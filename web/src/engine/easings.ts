// Easings as forms offer them. Pure.

const LABELS: Readonly<Record<string, string>> = {
  linear: "Even",
  "ease-in": "Starts slowly",
  "ease-out": "Ends slowly",
  "ease-in-out": "Slow at both ends",
  smooth: "Smooth",
  smoother: "Smoother",
};

export const easingOptions = (easings: readonly string[]) => [
  { options: easings.map((value) => ({ value, label: LABELS[value] ?? value })) },
];
