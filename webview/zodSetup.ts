import { config } from 'zod';

/**
 * By default zod tries to compile object schemas with `new Function`, which the page's content security policy reports
 * as a violation. It tries when a schema is created, so this module is imported first.
 */
config({ jitless: true });
