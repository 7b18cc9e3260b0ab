import { l10n } from 'vscode';
import type { PeerFileProblem, PeerItem, PeerProblem } from '../../domain/incoming';
import { formatMoney, formatNumber, plural, sentences } from './format';

/** Remarks on the import of another extension's history. */

export const peerItemText = (item: PeerItem): string =>
  item.title === null ? itemName(item) : `${itemName(item)} (${item.title})`;

function itemName({ kind, id }: PeerItem): string {
  switch (kind) {
    case 'rooCodeTask':
      return l10n.t('Roo Code task {0}', id);
    case 'clineTask':
      return l10n.t('Cline task {0}', id);
    case 'clineSession':
      return l10n.t('Cline session {0}', id);
    case 'continueSession':
      return l10n.t('Continue session {0}', id);
  }
}

export function peerProblemText(problem: PeerProblem): string {
  switch (problem.kind) {
    case 'badName':
      return l10n.t('The name of its file or folder isn’t a valid id.');
    case 'file':
      return fileProblemText(problem.file, problem.problem);
    case 'noMessages':
      return sentences(l10n.t('It has no readable messages.'), ...problem.causes.map(peerProblemText));
    case 'removedRequests':
      return problem.costNanoUsd === null
        ? l10n.t('Requests were removed from it. Their cost is unknown and isn’t included.')
        : l10n.t('Requests were removed from it. Their cost of {0} isn’t included.', formatMoney(problem.costNanoUsd));
    case 'fromRequests':
      return l10n.t('It was imported from its requests to the model, which have no costs.');
    case 'unreadableMessages':
    case 'images':
    case 'subagents':
      return omissionText(problem);
  }
}

function omissionText(problem: Extract<PeerProblem, { kind: 'unreadableMessages' | 'images' | 'subagents' }>): string {
  switch (problem.kind) {
    case 'unreadableMessages':
      return plural(problem.messages, {
        one: l10n.t('{0} message in an unknown format was not imported.', formatNumber(problem.messages)),
        other: l10n.t('{0} messages in an unknown format were not imported.', formatNumber(problem.messages)),
      });
    case 'images':
      return plural(problem.images, {
        one: l10n.t('{0} image was not imported.', formatNumber(problem.images)),
        other: l10n.t('{0} images were not imported.', formatNumber(problem.images)),
      });
    case 'subagents':
      return plural(problem.transcripts, {
        one: l10n.t('{0} subagent transcript was not imported.', formatNumber(problem.transcripts)),
        other: l10n.t('{0} subagent transcripts were not imported.', formatNumber(problem.transcripts)),
      });
  }
}

function fileProblemText(file: string, problem: PeerFileProblem): string {
  switch (problem.kind) {
    case 'missing':
      return l10n.t('“{0}” doesn’t exist.', file);
    case 'notAFile':
      return l10n.t('“{0}” isn’t a file.', file);
    case 'empty':
      return l10n.t('“{0}” is empty.', file);
    case 'tooLarge':
      return l10n.t('“{0}” is larger than {1} MB.', file, formatNumber(problem.limitMegabytes));
    case 'unreadable':
      return l10n.t('“{0}” couldn’t be read ({1}).', file, problem.code);
    case 'notJson':
      return l10n.t('“{0}” isn’t valid JSON.', file);
    case 'otherFormat':
      return l10n.t('“{0}” has an unknown format.', file);
    case 'cut':
      return l10n.t('“{0}” is incomplete. Everything before the cut was imported.', file);
  }
}
