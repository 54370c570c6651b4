// What is kept by id, without one of them. Pure.

export function without<T>(kept: Readonly<Record<string, T>>, id: string): Record<string, T> {
  const { [id]: _gone, ...rest } = kept;
  return rest;
}
