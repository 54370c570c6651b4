// Starting a project: a name and a format.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { asProblem } from "@/api/problem";
import { createProject } from "@/api/projects";
import type { Project } from "@/api/types";
import { FRAME_RATES, type Size } from "@/engine/formats";
import { askAnew, keys } from "@/lib/queryClient";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field, Input } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { FormatPicker } from "./FormatPicker";
import { useFormats } from "./useFormats";

interface NewProjectDialogProps {
  isOpen: boolean;
  onClose: () => void;
  onCreated: (project: Project) => void;
}

export function NewProjectDialog({ isOpen, onClose, onCreated }: NewProjectDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="New project" className="max-w-lg">
      <NewProjectForm onCreated={onCreated} />
    </Dialog>
  );
}

function NewProjectForm({ onCreated }: { onCreated: (project: Project) => void }) {
  const [name, setName] = useState("");
  const formats = useFormats();
  const [chosen, setChosen] = useState<Size | null>(null);
  const format = chosen ?? formats[0];
  const [fps, setFps] = useState(24);
  const create = useMutation({
    mutationFn: () =>
      createProject({
        name: name.trim() || "Untitled film",
        settings: { ...(format && { width: format.width, height: format.height }), fps },
      }),
    onSuccess: (project) => {
      void askAnew(keys.projects);
      onCreated(project);
    },
  });
  const problem = create.error ? asProblem(create.error) : null;

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate();
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4 pb-2">
      <Field label="Name" error={problem?.message} fix={problem?.fix}>
        {({ id, describedBy, isInvalid }) => (
          <Input
            id={id}
            aria-describedby={describedBy}
            aria-invalid={isInvalid || undefined}
            autoFocus
            placeholder="Untitled film"
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <div className="flex flex-col gap-1.5">
        <span className="text-xs font-medium text-muted">Format</span>
        <FormatPicker formats={formats} value={format?.ratio} onChange={setChosen} />
      </div>
      <div className="flex items-end justify-between gap-4">
        <Field label="Frame rate" className="w-40">
          {({ id }) => (
            <Select
              id={id}
              value={String(fps)}
              onChange={(value) => setFps(Number(value))}
              groups={[
                {
                  options: FRAME_RATES.map((rate) => ({
                    value: String(rate),
                    label: `${rate} fps`,
                  })),
                },
              ]}
            />
          )}
        </Field>
        <Button type="submit" look="primary" isBusy={create.isPending}>
          Create project
        </Button>
      </div>
    </form>
  );
}
