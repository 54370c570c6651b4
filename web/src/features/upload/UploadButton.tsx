// Picking files from the disk.
import { Upload as UploadIcon } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/ui/Button";
import { ACCEPTED, type Upload } from "./useUpload";

interface UploadButtonProps {
  label: string;
  upload: Upload | null;
  onFiles: (files: File[]) => void;
  accept?: string;
  isMultiple?: boolean;
  look?: "plain" | "quiet";
  className?: string;
}

export function UploadButton(props: UploadButtonProps) {
  const {
    label,
    upload,
    onFiles,
    accept = ACCEPTED,
    isMultiple,
    look = "plain",
    className,
  } = props;
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
        className={className}
        isBusy={upload !== null}
        onClick={() => input.current?.click()}
      >
        {upload === null && <UploadIcon />}
        {upload === null ? label : `${Math.round(upload.share * 100)} %`}
      </Button>
    </>
  );
}
