// Shared by every package's jest.config.cjs. Tests run on the sources of all packages, never on a stale build.
const path = require('node:path');

module.exports = (packageDir) => ({
  displayName: path.basename(packageDir),
  rootDir: packageDir,
  testEnvironment: 'node',
  // Ends a test that hangs, and never one that a busy machine holds up: forty processes that want two cores make it twenty
  // times as long. It outlives what a step may take (PATIENCE_MS of testkit), whose error says more.
  testTimeout: 600_000,
  testMatch: ['<rootDir>/src/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: {
    '^@tribune/([^/]+)$': path.join(__dirname, '../$1/src/index.ts'),
    '^@tribune/([^/]+)/testing$': path.join(__dirname, '../$1/src/testing/index.ts'),
  },
});
