"""Jobs as rows: enqueue in the caller's transaction, claim, lease, move, and what follows from an
end. No provider is called and no FFmpeg is started here."""
