// The fields of an account, with what the server found wrong beside the field that it is about.
import type { FormEvent } from "react";
import type { Provider } from "@/api/accounts";
import type { ApiProblem } from "@/api/problem";
import { Button } from "@/ui/Button";
import { Field, Input } from "@/ui/Field";
import { Select } from "@/ui/Select";

export interface Draft {
  provider: string;
  name: string;
  key: string;
  base_url: string;
}

/** The fields beside which it is said what is wrong with them. */
export const TYPED: readonly (keyof Draft)[] = ["name", "key", "base_url"];

interface AccountFormProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** Who to choose from; undefined where that is settled. */
  providers?: readonly Provider[];
  problem: ApiProblem | null;
  isBusy: boolean;
  onSubmit: () => void;
}

export function AccountForm(props: AccountFormProps) {
  const { draft, onChange, providers } = props;
  const field = (name: keyof Draft) => ({
    name,
    value: draft[name],
    problem: props.problem,
    onChange: (value: string) => onChange({ ...draft, [name]: value }),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    props.onSubmit();
  }
  return (
    <form onSubmit={submit} autoComplete="off" className="flex flex-col gap-4 pb-2">
      {providers && (
        <Field label="Provider">
          {({ id }) => (
            <Select
              id={id}
              value={draft.provider}
              onChange={(provider) => onChange({ ...draft, provider })}
              groups={[{ options: providers.filter((one) => one.can_store).map(toOption) }]}
            />
          )}
        </Field>
      )}
      <TextField {...field("name")} label="Name" placeholder="main" autoFocus={!providers} />
      <TextField
        {...field("key")}
        label={providers ? "Key" : "New key"}
        type="password"
        help={providers ? "Stored encrypted and never shown again." : "Empty: the key stays."}
      />
      <TextField
        {...field("base_url")}
        label="Address"
        placeholder="the provider's own"
        help="Only for gateways. A changed address needs the key again."
      />
      <div className="flex justify-end">
        <Button type="submit" look="primary" isBusy={props.isBusy}>
          {providers ? "Add key" : "Save"}
        </Button>
      </div>
    </form>
  );
}

interface TextFieldProps {
  label: string;
  name: keyof Draft;
  value: string;
  onChange: (value: string) => void;
  problem: ApiProblem | null;
  type?: string;
  placeholder?: string;
  help?: string;
  autoFocus?: boolean;
}

function TextField({ label, name, problem, help, onChange, ...input }: TextFieldProps) {
  const own = problem?.fields.find((one) => one.field === name);
  return (
    <Field label={label} help={help} error={own?.message} fix={own?.fix}>
      {({ id, describedBy, isInvalid }) => (
        <Input
          {...input}
          id={id}
          aria-describedby={describedBy}
          aria-invalid={isInvalid || undefined}
          autoComplete="off"
          spellCheck={false}
          maxLength={name === "name" ? 100 : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

const toOption = ({ id, title, env_key }: Provider) => ({
  value: id,
  label: title,
  detail: `instead of ${env_key}, or beside it`,
});
