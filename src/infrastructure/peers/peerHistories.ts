import path from 'node:path';
import type { PeerHistory } from '../../domain/incoming';
import { AgentTasks } from './agentTasks';
import { ClineSessions } from './clineSessions';
import { ContinueSessions } from './continueSessions';

export interface PeerPlaces {
  /** The editor's folder with one folder per extension, the parent of our global storage. */
  readonly globalStorage: string;
  /** The user's home folder. */
  readonly home: string;
  /** The process environment, which can relocate the folders of these extensions. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The histories of other extensions on this machine. Creating them reads nothing. */
export function peerHistories({ globalStorage, home, env }: PeerPlaces): readonly PeerHistory[] {
  const cline = { peer: 'cline', prefix: 'cline' } as const;
  const clineData =
    env['CLINE_DATA_DIR']?.trim() || path.join(env['CLINE_DIR']?.trim() || path.join(home, '.cline'), 'data');
  const continueFolder = env['CONTINUE_GLOBAL_DIR']?.trim() || path.join(home, '.continue');
  return [
    new AgentTasks({
      peer: 'rooCode',
      prefix: 'roo-code',
      folder: path.join(globalStorage, 'rooveterinaryinc.roo-cline', 'tasks'),
    }),
    new AgentTasks({ ...cline, folder: path.join(globalStorage, 'saoudrizwan.claude-dev', 'tasks') }),
    new AgentTasks({ ...cline, folder: path.join(clineData, 'tasks') }),
    new ClineSessions(env['CLINE_SESSION_DATA_DIR']?.trim() || path.join(clineData, 'sessions')),
    new ContinueSessions(path.join(continueFolder, 'sessions')),
  ];
}
