// The mark of Video Foundry.
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <path d="M6 8h5l5 13 5-13h5l-7.6 18h-4.8z" className="fill-ink" />
      <rect x="6" y="8" width="20" height="4" rx="2" fill="#ff8a4c" />
    </svg>
  );
}
