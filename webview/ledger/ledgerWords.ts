import { formatCount } from '../shared/format';
import { ledgerStrings as strings } from './ledgerStrings';

/** `412 charges`, `1 charge`, `no charge` */
export function chargesText(count: number): string {
  if (count === 0) return strings.noCharge;
  return count === 1 ? strings.oneCharge : strings.charges(formatCount(count));
}
