// Ways to cut a short film about one idea: what each shot shows and how the camera moves. Pure; the
// words are put together here and belong to the person afterwards.
import type { Shot } from "./readScript";

export interface Recipe {
  id: string;
  title: string;
  /** What it is good for, in a few words. */
  use: string;
  /** `{}` stands for the idea. */
  shots: readonly { words: string; seconds: number }[];
}

export const RECIPES: readonly Recipe[] = [
  {
    id: "teaser",
    title: "Teaser",
    use: "Five shots that make curious",
    shots: [
      {
        words: "Extreme close-up of a telling detail of {}, shallow depth of field, slow push in",
        seconds: 4,
      },
      { words: "Wide establishing shot of {}, low sun, long shadows, slow drone rise", seconds: 5 },
      { words: "{}, handheld, following close behind, natural light", seconds: 4 },
      { words: "Reverse angle on {}, backlit silhouette, slow motion", seconds: 4 },
      { words: "{} seen from far away, still camera, empty space for a title", seconds: 5 },
    ],
  },
  {
    id: "story",
    title: "Short story",
    use: "Seven shots with a turn in the middle",
    shots: [
      {
        words: "The world before: wide shot of where {} will happen, calm, still camera",
        seconds: 5,
      },
      { words: "{}, the beginning, medium shot, soft morning light", seconds: 5 },
      { words: "{}, close-up on hands or a face, a small hesitation", seconds: 4 },
      { words: "The turn: {} as the light changes, quick pan, wind", seconds: 4 },
      { words: "{} at its height, tracking shot, fast movement, high contrast", seconds: 5 },
      { words: "After it: {}, quiet, slow pull out", seconds: 5 },
      { words: "The place of the first shot again, changed by {}, evening", seconds: 5 },
    ],
  },
  {
    id: "product",
    title: "Product",
    use: "Six shots from need to close",
    shots: [
      {
        words: "Everyday scene just before somebody needs {}, natural light, medium shot",
        seconds: 4,
      },
      { words: "{} revealed on a clean dark background, slow orbit, rim light", seconds: 5 },
      { words: "Macro detail of {}, texture and material, slow slide", seconds: 4 },
      { words: "People using {} together, warm light, handheld", seconds: 5 },
      { words: "{} in an unexpected place, wide shot, bold colours", seconds: 4 },
      { words: "{} centred on a plain background, still camera, space for a logo", seconds: 4 },
    ],
  },
  {
    id: "explainer",
    title: "Explainer",
    use: "Five calm shots for a voice to speak over",
    shots: [
      {
        words: "Simple overhead view that sets up the question behind {}, clean shapes",
        seconds: 6,
      },
      { words: "{} taken apart into its main pieces, floating, soft studio light", seconds: 6 },
      { words: "How {} works, one step after another, steady side view", seconds: 6 },
      { words: "{} in everyday use, medium shot, natural light", seconds: 6 },
      { words: "{} as a whole again, slow pull out, plain background", seconds: 6 },
    ],
  },
  {
    id: "mood",
    title: "Mood",
    use: "Six shots for music",
    shots: [
      { words: "{}, first light, mist, wide and still", seconds: 5 },
      { words: "Abstract reflections and bokeh of {}, macro, slow drift", seconds: 4 },
      { words: "{} from above, top-down drone, slow rotation", seconds: 5 },
      { words: "{} in slow motion, backlit particles in the air", seconds: 5 },
      { words: "{} at night, neon and rain, slow dolly in", seconds: 5 },
      { words: "{}, last light, silhouettes, fade into the dark", seconds: 6 },
    ],
  },
];

/** The shots of a recipe for an idea; none for an idea without words. */
export function shotsFor(recipe: Recipe, idea: string): Shot[] {
  const subject = idea.trim().replace(/[.!?…\s]+$/u, "");
  if (subject === "") return [];
  return recipe.shots.map(({ words, seconds }) => ({
    prompt: begin(words.replaceAll("{}", inside(words, subject))),
    seconds,
  }));
}

/** Within a sentence an idea does not begin with a capital, unless it is a name or an abbreviation. */
function inside(words: string, subject: string): string {
  const [first = ""] = subject.split(/\s/, 1);
  const isArticle = /^(?:A|An|The|One|Two|Three|Some|My|Our|Your|People|Several|Many)$/.test(first);
  if (words.startsWith("{}") || !isArticle) return subject;
  return subject.charAt(0).toLowerCase() + subject.slice(1);
}

const begin = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
