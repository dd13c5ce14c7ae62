// The same examples in every run: a run that fails can be repeated. FAST_CHECK_SEED looks elsewhere.
require('fast-check').configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });
