import fc from 'fast-check';

/** A property that fails must fail again when it is looked at, and a red build must be about the change in it. */
fc.configureGlobal({ seed: 20_261_121 });
