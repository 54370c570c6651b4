// The fields of an account, with what the server found wrong beside the field that it is about.
import type { FormEvent } from "react";
import type { Provider } from "@/api/accounts";
import type { ApiProblem } from "@/api/problem";
import { Field, Input } from "@/ui/Field";
import { Select } from "@/ui/Select";
import type { Draft } from "./draft";
import { SettingFields } from "./SettingFields";

/** The fields beside which it is said what is wrong with them. */
export const TYPED = /^(name|key|base_url|settings\..+)$/;

interface AccountFormProps {
  /** By which the button that sends it names it. */
  id: string;
  draft: Draft;
  onChange: (draft: Draft) => void;
  providers: readonly Provider[];
  /** Whether it is one that is stored: then it stays at its provider, and its key may stay too. */
  isStored: boolean;
  problem: ApiProblem | null;
  onSubmit: () => void;
}

export function AccountForm(props: AccountFormProps) {
  const { draft, onChange, providers, isStored } = props;
  const provider = providers.find(({ id }) => id === draft.provider);
  const field = (name: TextName) => ({
    name,
    value: draft[name],
    problem: props.problem,
    onChange: (value: string) => onChange({ ...draft, [name]: value }),
  });
  const isWrong = (name: TextName) =>
    props.problem?.fields.some((one) => one.field === name) ?? false;
  function submit(event: FormEvent) {
    event.preventDefault();
    props.onSubmit();
  }
  return (
    <form id={props.id} onSubmit={submit} autoComplete="off" className="flex flex-col gap-4 pb-2">
      {!isStored && (
        <Field label="Provider">
          {({ id }) => (
            <Select
              id={id}
              value={draft.provider}
              onChange={(next) => onChange({ ...draft, provider: next, settings: {} })}
              groups={[{ options: providers.filter((one) => one.can_store).map(toOption) }]}
            />
          )}
        </Field>
      )}
      <TextField {...field("name")} label="Name" placeholder="main" autoFocus={isStored} />
      <TextField
        {...field("key")}
        label={isStored ? "New key" : "Key"}
        type="password"
        help={isStored ? "Empty: the key stays." : "Stored encrypted and never shown again."}
      />
      <SettingFields
        schema={provider?.settings ?? {}}
        values={draft.settings}
        problem={props.problem}
        onChange={(settings) => onChange({ ...draft, settings })}
        isAddressOpen={draft.base_url !== "" || isWrong("base_url")}
        address={
          <TextField
            {...field("base_url")}
            label="Address"
            placeholder="the provider's own"
            help={`Only for gateways.${isStored ? ` ${AGAIN}` : ""}`}
          />
        }
      />
    </form>
  );
}

/** What is refused otherwise: a key is never sent where it was not meant to go. */
const AGAIN = "With another address or setting the key is needed again.";

type TextName = "name" | "key" | "base_url";

interface TextFieldProps {
  label: string;
  name: TextName;
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
