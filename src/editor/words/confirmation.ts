/** Texts of a modal question with one button besides Cancel. */
export interface Confirmation {
  readonly message: string;
  readonly detail?: string;
  readonly confirm: string;
}
