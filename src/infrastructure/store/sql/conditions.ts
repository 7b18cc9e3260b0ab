import type { SqlParameter } from './engine';

/**
 * Conditions of a WHERE clause and their parameters. A condition with an undefined parameter is omitted from the SQL,
 * so that SQLite can choose a suitable index.
 */
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
