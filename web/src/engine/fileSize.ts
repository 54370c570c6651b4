// How large a file is, in words. Pure.

/** Such as "852 kB" or "12.4 MB". */
export const fileSize = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
