import type { Model } from '../../domain/model';
import { type Decimal, formatUsd, toDecimalUsd, toNanoUsd } from '../../domain/money';
import { perMillionTokens } from '../../domain/price';

/** Dollars per million tokens in and out, exactly: `3/15 $/M`, `0.435/0.87 $/M`. What else is charged is named. */
export function priceText(model: Pick<Model, 'price'> | undefined): string {
  if (!model?.price) return 'price unknown';
  const { prompt, completion, request, overrides = [] } = model.price;
  const isFree = [
    prompt,
    completion,
    request,
    ...overrides.flatMap(({ rates }) => [rates.prompt, rates.completion, rates.request]),
  ].every((rate) => rate === undefined || rate.digits === 0n);
  if (isFree) return 'free';
  const perRequest = request && request.digits !== 0n ? ` + ${formatUsd(toNanoUsd(request, 'nearest'))} a request` : '';
  return `${perMillion(prompt)}/${perMillion(completion)} $/M${perRequest}`;
}

const perMillion = (price: Decimal): string => toDecimalUsd(perMillionTokens(price));
