// Keys as they look on a keyboard.

export function Keys({ caps }: { caps: readonly string[] }) {
  return (
    <kbd className="inline-flex shrink-0 gap-0.5 font-sans">
      {caps.map((cap) => (
        <span
          key={cap}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded-[5px] border border-line border-b-line-strong bg-raised px-1.5 text-2xs text-muted"
        >
          {cap}
        </span>
      ))}
    </kbd>
  );
}
