// Adding an account, or changing one that is stored. The key is only ever typed in, never shown.
import { useState } from "react";
import { type Account, addAccount, changeAccount, type Provider } from "@/api/accounts";
import { asProblem } from "@/api/problem";
import { Dialog } from "@/ui/Dialog";
import { AccountForm, type Draft, TYPED } from "./AccountForm";
import { useChange } from "./useAccounts";

interface AccountDialogProps {
  isOpen: boolean;
  onClose: () => void;
  /** The one to change; without it a new one is added. */
  account?: Account;
  /** Who a new one may be for. */
  providers?: readonly Provider[];
}

export function AccountDialog({ isOpen, onClose, account, providers }: AccountDialogProps) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={account ? `Edit ${account.name}` : "Add a key"}
      description={account ? `${account.provider_title}, ${PROMISE}` : undefined}
      className="max-w-lg"
    >
      <Content account={account} providers={providers} onDone={onClose} />
    </Dialog>
  );
}

const PROMISE = "stored encrypted and never shown again.";

interface ContentProps extends Pick<AccountDialogProps, "account" | "providers"> {
  onDone: () => void;
}

function Content({ account, providers, onDone }: ContentProps) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(account, providers));
  const save = useChange(
    "The key was not stored",
    (given: Draft) =>
      account ? changeAccount(account.id, changesOf(given, account)) : addAccount(newOf(given)),
    TYPED,
  );
  return (
    <AccountForm
      draft={draft}
      onChange={setDraft}
      providers={account ? undefined : providers}
      problem={save.error ? asProblem(save.error) : null}
      isBusy={save.isPending}
      onSubmit={() => save.mutate(draft, { onSuccess: onDone })}
    />
  );
}

const draftOf = (account?: Account, providers?: readonly Provider[]): Draft => ({
  provider: account?.provider ?? providers?.find((one) => one.can_store)?.id ?? "",
  name: account?.name ?? "",
  key: "",
  base_url: account?.base_url ?? "",
});

const newOf = ({ provider, name, key, base_url }: Draft) => ({
  provider,
  name: name.trim() || "main",
  key,
  base_url: base_url.trim() || null,
});

function changesOf(draft: Draft, account: Account) {
  return {
    ...(draft.name.trim() !== account.name && { name: draft.name.trim() }),
    ...(draft.key !== "" && { key: draft.key }),
    ...(draft.base_url.trim() !== (account.base_url ?? "") && { base_url: draft.base_url.trim() }),
  };
}
