import type { PanelActions } from '../../application/panel/requests';
import { ViewModels } from '../../application/panel/viewModels';
import type { EditorContext } from '../editorContext';
import { panelWords } from '../words/panelWords';
import type { PanelDependencies } from './panelHost';

export function panelDependencies(editor: EditorContext, actions: PanelActions): PanelDependencies {
  const { extension, core, store, settings, connections, bus, clock, timers, log } = editor;
  const words = panelWords;
  const { conversations, catalogue, ledger, circuits, orchestrator } = core;
  const theme = () => settings.theme;
  const views = new ViewModels({
    ...{ conversations, catalogue, ledger, circuits, settings, connections, clock, words, theme },
  });
  return {
    extensionUri: extension.extensionUri,
    session: {
      ...{ views, conversations, settings, bus, timers },
      warmUp: () => warmUp(editor),
      quoting: { quote: (input) => orchestrator.quote(input), timers },
    },
    requests: { useCases: core, telemetry: store.telemetry.bind(store), settings, clock, words, actions },
    log,
  };
}

/** Loads what the first message needs: the database, the price list and the token encoder. */
function warmUp({ core, counter, settings, log }: EditorContext): void {
  const jobs = [
    core.conversations.list({ limit: 1 }),
    core.catalogue.list(),
    counter.count([' '], settings.current().defaultModel),
  ];
  void Promise.all(jobs).catch((error: unknown) => log.warn(`warming up failed: ${String(error)}`));
}
