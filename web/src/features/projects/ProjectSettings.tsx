// What the timeline is edited in, and with it the main film: format, frame rate, loudness; and the
// description.
import { type FormEvent, useState } from "react";
import { type ApiProblem, asProblem } from "@/api/problem";
import { FRAME_RATES, formatOf } from "@/engine/formats";
import { rateLabel } from "@/engine/frameRate";
import { updateProject } from "@/lib/actions/updateProject";
import { useProject } from "@/lib/store/document";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field, TextArea } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import { NumberField } from "@/ui/NumberField";
import { Select } from "@/ui/Select";
import { FormatPicker } from "./FormatPicker";
import { useFormats } from "./useFormats";

export default function ProjectSettings({ onClose }: { onClose: () => void }) {
  return (
    <Dialog isOpen onClose={onClose} title="Project settings" className="max-w-lg">
      <SettingsForm onDone={onClose} />
    </Dialog>
  );
}

function SettingsForm({ onDone }: { onDone: () => void }) {
  const [seen] = useState(useProject());
  const [settings, setSettings] = useState(seen.settings);
  const [description, setDescription] = useState(seen.description);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const formats = useFormats();
  const rates = [...new Set([...FRAME_RATES.map(String), String(settings.fps)])];
  const set = (part: Partial<typeof settings>) => setSettings({ ...settings, ...part });

  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      await updateProject({ description, settings }, seen);
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4 pb-2">
      {problem && (
        <Notice tone="bad" title={problem.message}>
          {problem.fix}
        </Notice>
      )}
      <FormatPicker
        formats={formats}
        value={formatOf(formats, settings)?.ratio}
        onChange={({ width, height }) => set({ width, height })}
      />
      <div className="grid grid-cols-2 gap-x-4 gap-y-4 sm:grid-cols-4">
        <NumberField
          label="Width"
          value={settings.width}
          onChange={(width) => set({ width: width ?? Number.NaN })}
        />
        <NumberField
          label="Height"
          value={settings.height}
          onChange={(height) => set({ height: height ?? Number.NaN })}
        />
        <Field label="Frame rate">
          {({ id }) => (
            <Select
              id={id}
              value={String(settings.fps)}
              onChange={(fps) => set({ fps: Number.isNaN(Number(fps)) ? fps : Number(fps) })}
              groups={[
                {
                  options: rates.map((rate) => ({ value: rate, label: `${rateLabel(rate)} fps` })),
                },
              ]}
            />
          )}
        </Field>
        <NumberField
          label="Loudness (LUFS)"
          value={settings.loudness_lufs}
          placeholder="As it is"
          onChange={(loudness_lufs) => set({ loudness_lufs })}
        />
      </div>
      <Field label="Description">
        {({ id }) => (
          <TextArea
            id={id}
            rows={3}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" look="primary" className="self-end">
        Save settings
      </Button>
    </form>
  );
}
