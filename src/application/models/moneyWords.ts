import type { NanoUsd, UsdPrecision } from '../../domain/money';

/** How amounts read on screen. The digits are those of the domain's formatter. */
export interface MoneyWords {
  money(amount: NanoUsd, precision?: UsdPrecision): string;
  /** `≈ $0.0019` */
  estimated(amount: NanoUsd): string;
  /** `≤ $0.0451`, for a worst case. */
  atMost(amount: NanoUsd): string;
}
