// Lets a child process run the sources, as jest does, so that tests of processes need no build.
const Module = require('node:module');
const path = require('node:path');
const { transformFileSync } = require('@swc/core');

const PACKAGES = path.join(__dirname, '../..');
const options = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true } },
  module: { type: 'commonjs' },
  swcrc: false,
};

require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const [, name] = /^@tribune\/([^/]+)$/.exec(request) ?? [];
  return resolve.call(this, name ? path.join(PACKAGES, name, 'src/index.ts') : request, ...rest);
};
