// Picking files from the disk.
import { Upload as UploadIcon } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Button } from "./Button";

interface FileButtonProps {
  label: string;
  onFiles: (files: File[]) => void;
  /** Types that the dialog offers, as of an input element. */
  accept: string;
  /** How much of the file under way has been sent, 0..1; null for none. */
  share?: number | null;
  isMultiple?: boolean;
  isDisabled?: boolean;
  icon?: ReactNode;
  look?: "plain" | "quiet";
  size?: "sm" | "md";
  className?: string;
}

export function FileButton(props: FileButtonProps) {
  const { label, onFiles, accept, share = null, isMultiple, isDisabled } = props;
  const { icon = <UploadIcon />, look = "plain", size, className } = props;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        multiple={isMultiple}
        data-testid="file-input"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
      <Button
        look={look}
        size={size}
        className={className}
        isBusy={share !== null}
        disabled={isDisabled}
        onClick={() => input.current?.click()}
      >
        {share === null && icon}
        {share === null ? label : `${Math.round(share * 100)} %`}
      </Button>
    </>
  );
}
