// An account while it is being typed: where it begins, and what of it is sent. Pure.
import type { Account, AccountPatch, NewAccount, Provider } from "@/api/accounts";
import type { Settings } from "./SettingFields";

export interface Draft {
  provider: string;
  name: string;
  key: string;
  base_url: string;
  /** By name; "" for what is left to the environment or the provider. */
  settings: Settings;
}

export const draftOf = (account?: Account, providers: readonly Provider[] = []): Draft => ({
  provider: account?.provider ?? providers.find((one) => one.can_store)?.id ?? "",
  name: account?.name ?? "",
  key: "",
  base_url: account?.base_url ?? "",
  settings: (account?.settings ?? {}) as Settings,
});

export const newOf = ({ provider, name, key, base_url, settings }: Draft): NewAccount => ({
  provider,
  name: name.trim() || "main",
  key,
  base_url: base_url.trim() || null,
  settings: said(settings),
});

/** Only what differs from the account. */
export function changesOf(draft: Draft, account: Account): AccountPatch {
  const [name, base_url] = [draft.name.trim(), draft.base_url.trim()];
  const settings = said(draft.settings);
  return {
    ...(name !== account.name && { name }),
    ...(draft.key !== "" && { key: draft.key }),
    ...(base_url !== (account.base_url ?? "") && { base_url }),
    ...(!areSame(settings, account.settings as Settings) && { settings }),
  };
}

const said = (settings: Settings): Settings =>
  Object.fromEntries(
    Object.entries(settings)
      .map(([name, value]) => [name, value.trim()] as const)
      .filter(([, value]) => value !== ""),
  );

function areSame(one: Settings, other: Settings): boolean {
  const names = Object.keys({ ...one, ...other });
  return names.every((name) => one[name] === other[name]);
}
