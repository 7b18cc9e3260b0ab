import type { IncomingConversation, PeerItem, PeerProblem, PeerReading } from '../../domain/incoming';

export const peerItem = (kind: PeerItem['kind'], id: string): PeerItem => ({ kind, id: id.slice(0, 60), title: null });

export const skipped = (item: PeerItem, problem: PeerProblem): PeerReading => ({
  kind: 'skipped',
  remark: { item, problem },
});

export function imported(
  item: PeerItem,
  conversation: IncomingConversation,
  problems: readonly PeerProblem[],
): PeerReading {
  const titled = { ...item, title: conversation.title };
  return { kind: 'conversation', conversation, remarks: problems.map((problem) => ({ item: titled, problem })) };
}

export const cutFile = (file: string): PeerProblem => ({ kind: 'file', file, problem: { kind: 'cut' } });

export const omissions = (unreadableMessages: number, images: number): readonly PeerProblem[] => [
  ...(unreadableMessages > 0 ? [{ kind: 'unreadableMessages', messages: unreadableMessages } as const] : []),
  ...(images > 0 ? [{ kind: 'images', images } as const] : []),
];
