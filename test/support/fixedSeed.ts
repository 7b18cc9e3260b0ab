import fc from 'fast-check';

/** A fixed seed makes failures of property tests reproducible. */
fc.configureGlobal({ seed: 20_261_121 });
