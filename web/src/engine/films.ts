// Which of the films that were made is the one of the timeline as it is now. Pure.
interface Files {
  /** digest: of the file, null while there is none. */
  outputs: readonly { name: string; digest?: string | null }[];
}

const MAIN = "main";

/** Whether a render of what is planned would lead to this very film: by its bytes, so that a film
 * made long ago counts again once its timeline has been gone back to. */
export function isOfThisTimeline(render: Files, plan: Files): boolean {
  const [made, planned] = [render, plan].map(digestOfMain);
  return made !== null && made === planned;
}

const digestOfMain = ({ outputs }: Files) =>
  outputs.find(({ name }) => name === MAIN)?.digest ?? null;
