/**
 * Simulates the editor inside the test page: `acquireVsCodeApi`, the theme on the page's body and root element, and a
 * host that answers requests. Injected before any script of the page.
 */
export {};

interface ThemeFixture {
  readonly bodyClass: string;
  readonly kind: string;
  readonly variables: Readonly<Record<string, string>>;
}

interface FakeEditor {
  readonly posted: object[];
  readonly violations: string[];
  state: unknown;
  /** Answer per request type, or a function of the request. `null` leaves a request unanswered. The default is ok. */
  readonly answers: Record<string, unknown>;
}

declare global {
  interface Window {
    fakeEditorOptions: { readonly theme: ThemeFixture; readonly state: unknown };
    fakeEditor: FakeEditor;
  }
}

const editor: FakeEditor = { posted: [], violations: [], state: window.fakeEditorOptions.state, answers: {} };
window.fakeEditor = editor;

function answerRequest(message: object): void {
  if (!('requestId' in message) || !('type' in message)) return;
  const given = editor.answers[String(message.type)];
  const answer: unknown = typeof given === 'function' ? given(message) : given;
  if (answer === null) return;
  window.postMessage({ type: 'answer', requestId: message.requestId, answer: answer ?? { kind: 'ok' } }, '*');
}

let isAcquired = false;
function acquireFakeApi(): object {
  if (isAcquired) throw new Error('the editor gives its API once');
  isAcquired = true;
  return {
    postMessage(message: object) {
      const copy: object = structuredClone(message);
      editor.posted.push(copy);
      setTimeout(() => answerRequest(copy), 0);
    },
    getState: () => editor.state,
    setState(state: unknown) {
      editor.state = state;
      return state;
    },
  };
}
Object.assign(window, { acquireVsCodeApi: acquireFakeApi });

document.addEventListener('securitypolicyviolation', (event) => {
  editor.violations.push(
    `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`,
  );
});

document.addEventListener('DOMContentLoaded', () => {
  const { theme } = window.fakeEditorOptions;
  document.body.className = theme.bodyClass;
  document.body.dataset['vscodeThemeKind'] = theme.kind;
  for (const [name, value] of Object.entries(theme.variables)) document.documentElement.style.setProperty(name, value);
});
