import { config } from 'zod';

/**
 * zod compiles object schemas with `new Function` where it may, and finds out by trying, which the panel's content
 * security policy reports as a violation. It decides when a schema is made, so this module is imported before any.
 */
config({ jitless: true });
