import type { SqlParameter } from './engine';

/** Conditions of a question with their parameters; a part that is not asked for is not in the text, so that an index can serve it. */
export class Conditions {
  private readonly texts: string[] = [];
  readonly parameters: SqlParameter[] = [];

  and(text: string, ...parameters: readonly (SqlParameter | undefined)[]): this {
    const known = parameters.filter((parameter) => parameter !== undefined);
    if (known.length !== parameters.length) return this;
    this.texts.push(text);
    this.parameters.push(...known);
    return this;
  }

  get where(): string {
    return this.texts.join(' AND ');
  }
}
