import { startOpenRouterEmulator } from '../support/openRouterEmulator';
import type { Log } from './childProcesses';
import type { EditorSettings } from './editorServer';

/** The service that answers the chat in `npm start`. */
export interface ChatService {
  readonly isEmulated: boolean;
  /** User settings that point the extension to it. */
  readonly settings: EditorSettings;
  dispose(): Promise<void>;
}

/** OpenRouter when the environment has a key, else an emulator on this machine. Logs which one. */
export async function startChatService(log: Log): Promise<ChatService> {
  if (process.env['OPENROUTER_API_KEY']?.trim()) {
    log('OPENROUTER_API_KEY is set: replies come from OpenRouter and cost real money');
    return { isEmulated: false, settings: {}, dispose: () => Promise.resolve() };
  }
  const emulator = await startOpenRouterEmulator();
  log(`OPENROUTER_API_KEY is not set: replies come from the emulator at ${emulator.baseUrl}; nothing costs real money`);
  return {
    isEmulated: true,
    settings: { 'neuralTerminal.baseUrl': emulator.baseUrl, 'neuralTerminal.model': 'anthropic/claude-sonnet-5' },
    dispose: () => emulator.dispose(),
  };
}
