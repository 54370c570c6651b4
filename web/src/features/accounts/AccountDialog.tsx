// Adding an account, or changing one that is stored. The key is only ever typed in, never shown.
import { useId, useState } from "react";
import { type Account, addAccount, changeAccount } from "@/api/accounts";
import { asProblem } from "@/api/problem";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { AccountForm, TYPED } from "./AccountForm";
import { changesOf, type Draft, draftOf, newOf } from "./draft";
import { useAccounts, useChange } from "./useAccounts";

interface AccountDialogProps {
  isOpen: boolean;
  onClose: () => void;
  /** The one to change; without it a new one is added. */
  account?: Account;
}

/** What was typed is gone with the window. */
export function AccountDialog({ isOpen, ...rest }: AccountDialogProps) {
  return isOpen ? <Opened {...rest} /> : null;
}

const PROMISE = "stored encrypted and never shown again.";

function Opened({ account, onClose }: Omit<AccountDialogProps, "isOpen">) {
  const form = useId();
  const providers = useAccounts().data?.providers ?? [];
  const [draft, setDraft] = useState<Draft>(() => draftOf(account, providers));
  const save = useChange(
    "The key was not stored",
    (given: Draft) =>
      account ? changeAccount(account.id, changesOf(given, account)) : addAccount(newOf(given)),
    (field) => TYPED.test(field),
  );
  const footer = (
    <>
      <Button look="quiet" onClick={onClose}>
        Cancel
      </Button>
      <Button type="submit" form={form} look="primary" isBusy={save.isPending}>
        {account ? "Save" : "Add key"}
      </Button>
    </>
  );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={account ? `Edit ${account.name}` : "Add a key"}
      description={account ? `${account.provider_title}, ${PROMISE}` : undefined}
      className="max-w-lg"
      footer={footer}
    >
      <AccountForm
        id={form}
        draft={draft}
        onChange={setDraft}
        providers={providers}
        isStored={account !== undefined}
        problem={save.error ? asProblem(save.error) : null}
        onSubmit={() => save.mutate(draft, { onSuccess: onClose })}
      />
    </Dialog>
  );
}
