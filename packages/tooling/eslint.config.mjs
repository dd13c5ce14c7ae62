import tseslint from 'typescript-eslint';

const PURE = [
  'packages/raft-core/src/core/**/*.ts',
  'packages/gossip/src/core/**/*.ts',
  'packages/state-store/src/**/*.ts',
];

/** A short list: mistakes, not taste (prettier has the taste). The PURE block guards the simulator's honesty. */
export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/*.cjs', '**/*.mjs'] },
  {
    files: ['packages/*/src/**/*.ts', 'packages/*/test/**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { ts: tseslint.plugin },
    rules: {
      'ts/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error', { selector: 'ExportAllDeclaration', message: 'Name what you export.' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'ts/no-floating-promises': 'error',
      'ts/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: PURE,
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:*', 'fs', 'net', 'http', 'dgram', 'timers', '@grpc/*', 'level', 'pino'],
              message: 'A core has no I/O.',
            },
          ],
        },
      ],
      'no-restricted-globals': [
        'error',
        ...[
          'Date',
          'performance',
          'setTimeout',
          'setInterval',
          'setImmediate',
          'queueMicrotask',
          'process',
          'console',
          'fetch',
          'crypto',
        ].map((name) => ({
          name,
          message: 'A core takes time, randomness and I/O from its inputs.',
        })),
      ],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Take the Random port.' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name what you export.' },
        { selector: ':function[async=true]', message: 'A core is synchronous.' },
        { selector: 'AwaitExpression', message: 'A core is synchronous.' },
      ],
    },
  },
);
