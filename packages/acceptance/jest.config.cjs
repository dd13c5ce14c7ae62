const preset = require('../tooling/jest-preset.cjs')(__dirname);

/** The soak command's own tests take minutes, root, a compiler: `bin/soak.mjs` runs them, `npm test` does not know them. */
const notHere = process.env.TRIBUNE_ROUNDS === undefined ? ['<rootDir>/test/soak/'] : [];

module.exports = {
  ...preset,
  testPathIgnorePatterns: [...(preset.testPathIgnorePatterns ?? ['/node_modules/']), ...notHere],
};
