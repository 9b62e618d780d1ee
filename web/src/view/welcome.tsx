import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type NameProblem, normalized, userProblem } from "../chat/names";
import { strings } from "../strings";

const words = strings.welcome;

/** What somebody without a token sees first. */
export function Welcome({ onEnter }: { onEnter: (name: string) => void }): JSX.Element {
  const [problem, setProblem] = useState<NameProblem | null>(null);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget as HTMLFormElement).get("name");
    const name = normalized(typeof typed === "string" ? typed : "");
    const found = userProblem(name);
    setProblem(found);
    if (found === null) {
      onEnter(name);
    }
  };
  return (
    <main class="card">
      <img class="logo" src="/favicon.svg" alt="" width="56" height="56" />
      <h1>{words.heading}</h1>
      <form onSubmit={submit} noValidate>
        <p>{words.lead}</p>
        <label for="name">{words.name}</label>
        <div class="field-row">
          <input
            id="name" name="name" type="text" autocomplete="nickname" autocapitalize="none"
            spellcheck={false} autofocus
            aria-invalid={problem !== null} aria-describedby="name-problem"
          />
          <button type="submit" class="primary">{words.enter}</button>
        </div>
        <p id="name-problem" class="problem" role="alert">
          {problem === null ? "" : strings.nameProblems[problem]}
        </p>
        <p class="hint">{words.claimHint}</p>
      </form>
    </main>
  );
}
