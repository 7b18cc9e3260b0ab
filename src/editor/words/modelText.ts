import { l10n } from 'vscode';
import type { MoreExpensiveModel } from '../../application/panel/turns';
import type { ModelCapability, ModelChoice, ModelGroup } from '../../application/models/choices';
import type { ModelRecord } from '../../domain/charge';
import type { ModelId } from '../../domain/ids';
import type { Model } from '../../domain/model';
import { type Decimal, toDecimalUsd, toNanoUsd } from '../../domain/money';
import { perMillionTokens } from '../../domain/price';
import type { Confirmation } from './confirmation';
import { facts, formatAge, formatMoney, formatNumber, plural, sentences, shortCount } from './format';

/** Dollars per million tokens in and out, exactly: `3/15 $/M`, `free`, `price unknown`. A fee per request is added. */
export function priceText(model: Pick<Model, 'price'> | undefined): string {
  if (!model?.price) return l10n.t('price unknown');
  const { prompt, completion, request, overrides = [] } = model.price;
  const isFree = [
    prompt,
    completion,
    request,
    ...overrides.flatMap(({ rates }) => [rates.prompt, rates.completion, rates.request]),
  ].every((rate) => rate === undefined || rate.digits === 0n);
  if (isFree) return l10n.t('free');
  const [input, output] = [perMillion(prompt), perMillion(completion)];
  return request && request.digits !== 0n
    ? l10n.t('{0}/{1} $/M + {2} per request', input, output, formatMoney(toNanoUsd(request, 'nearest')))
    : l10n.t('{0}/{1} $/M', input, output);
}

const perMillion = (price: Decimal): string => toDecimalUsd(perMillionTokens(price));

/** While the price list is loading. */
export const priceLoading = (): string => l10n.t('… $/M');

/** The line below a model's name in the picker. */
export function choiceDetail(choice: ModelChoice): string {
  const { listed, higherRateAboveTokens, hasTimedPrices, turnNanoUsd, record, capabilities } = choice;
  return facts(
    listed ? priceText(listed) : l10n.t('not in the list'),
    higherRateAboveTokens === null
      ? ''
      : l10n.t('higher rate above {0} prompt tokens', shortCount(higherRateAboveTokens)),
    hasTimedPrices ? l10n.t('price depends on the time of day') : '',
    turnNanoUsd === null ? '' : l10n.t('≈ {0} per message in this conversation', formatMoney(turnNanoUsd)),
    record ? recordText(record) : '',
    listed ? contextText(listed) : '',
    capabilities.map(capabilityName).join(', '),
  );
}

const contextText = ({ contextLength }: Model): string =>
  contextLength === null ? l10n.t('context unknown') : l10n.t('{0} context', shortCount(contextLength));

function capabilityName(capability: ModelCapability): string {
  switch (capability) {
    case 'vision':
      return l10n.t('vision');
    case 'tools':
      return l10n.t('tools');
    case 'reasoning':
      return l10n.t('reasoning');
  }
}

/** `41 replies, $0.52, 62 tok/s, first token 0.8 s` */
function recordText({
  replies,
  settledNanoUsd,
  medianTokensPerSecond: rate,
  medianTimeToFirstTokenMs: first,
}: ModelRecord): string {
  return [
    plural(replies, {
      one: l10n.t('{0} reply', formatNumber(replies)),
      other: l10n.t('{0} replies', formatNumber(replies)),
    }),
    formatMoney(settledNanoUsd, 'coarse'),
    ...(rate === null ? [] : [l10n.t('{0} tok/s', formatNumber(Math.round(rate)))]),
    ...(first === null ? [] : [l10n.t('first token {0} s', formatNumber(Math.round(first / 100) / 10))]),
  ].join(', ');
}

export function groupName(group: ModelGroup['group']): string {
  switch (group) {
    case 'favourites':
      return l10n.t('Favorites');
    case 'used':
      return l10n.t('Used');
    case 'all':
      return l10n.t('All');
  }
}

export const pickerLabels = () => ({
  placeholder: l10n.t('Search by name, id or provider. Prices are dollars per million tokens, input/output.'),
  refresh: l10n.t('Refresh the list'),
  sort: l10n.t('Toggle sorting by price'),
  addFavourite: l10n.t('Add to favorites'),
  removeFavourite: l10n.t('Remove from favorites'),
});

/** @param trouble why the list couldn't be loaded. @param ageMs age of the cached list; null when there is none. */
export function pickerTitle(isByPrice: boolean, trouble: string | undefined, ageMs: number | null): string {
  return facts(
    l10n.t('Model'),
    isByPrice ? l10n.t('cheapest first') : '',
    trouble === undefined || ageMs === null ? (trouble ?? '') : l10n.t('list from {0}: {1}', formatAge(ageMs), trouble),
  );
}

export const modelsListed = (count: number): string =>
  plural(count, {
    one: l10n.t('The model list has {0} model.', formatNumber(count)),
    other: l10n.t('The model list has {0} models.', formatNumber(count)),
  });

export const modelListFailed = (reason: string): string => l10n.t('The model list couldn’t be loaded: {0}', reason);

export const confirmUnknownPriceText = (model: ModelId): Confirmation => ({
  message: l10n.t('Use {0} without a known price?', model),
  detail: l10n.t(
    'Its cost can’t be estimated in advance, so limits can’t be enforced. This applies to this conversation only.',
  ),
  confirm: l10n.t('Allow'),
});

export function confirmMoreExpensiveText(asked: MoreExpensiveModel): Confirmation {
  const { model, listed, insteadOf, insteadOfListed, worstCaseNanoUsd } = asked;
  const consequences = sentences(
    worstCaseNanoUsd === null
      ? l10n.t('The cost of this reply has no upper bound.')
      : l10n.t('This reply can cost {0} at most.', formatMoney(worstCaseNanoUsd)),
    l10n.t('The conversation keeps its model. To change it, choose {0} in the model list.', model),
  );
  return {
    message: l10n.t('{0} may cost more than {1}. Ask it for this reply?', model, insteadOf),
    detail: `${model}: ${priceText(listed)}\n${insteadOf}: ${priceText(insteadOfListed)}\n\n${consequences}`,
    confirm: l10n.t('Ask'),
  };
}
