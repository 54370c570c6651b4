// How many of what, in the labels of the history and in what is read aloud.

/** Such as "segment" or "3 segments". */
export const segmentsOf = (count: number): string =>
  count === 1 ? "segment" : `${count} segments`;
