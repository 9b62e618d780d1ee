import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { normalized } from "../chat/names";
import { Icon } from "./icon";

/** A button that opens a field for a name; Escape closes it again. */
export function NameForm({ title, label, action, check, onName }: {
  title: string;
  label: string;
  action: string;
  /** What is wrong with a name; null: nothing is. */
  check: (name: string) => string | null;
  onName: (name: string) => void;
}): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  // Before the next key: who opens it types at once.
  useLayoutEffect(() => {
    if (isOpen) {
      field.current?.focus();
    }
  }, [isOpen]);
  const close = (): void => {
    setOpen(false);
    setProblem(null);
    opener.current?.focus();
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget as HTMLFormElement).get("name");
    const name = normalized(typeof typed === "string" ? typed : "");
    const found = check(name);
    setProblem(found);
    if (found === null) {
      // A conversation that opens takes the focus; one that is open already doesn't.
      close();
      onName(name);
    }
  };
  return (
    <div class="name-form">
      <button
        type="button" class="quiet" ref={opener} aria-expanded={isOpen}
        onClick={() => { setOpen(!isOpen); }}
      >
        <Icon name="plus" /> {title}
      </button>
      {isOpen && (
        <form
          onSubmit={submit} noValidate
          onKeyDown={event => {
            if (event.key === "Escape") {
              close();
            }
          }}
        >
          <label class="unseen" for={id}>{label}</label>
          <div class="field-row">
            <input
              id={id} name="name" type="text" placeholder={label} autocomplete="off"
              autocapitalize="none" spellcheck={false}
              ref={field}
              aria-invalid={problem !== null} aria-describedby={id + "-problem"}
            />
            <button type="submit">{action}</button>
          </div>
          <p id={id + "-problem"} class="problem" role="alert">
            {problem}
          </p>
        </form>
      )}
    </div>
  );
}
