module.exports = { ...require('../tooling/jest-preset.cjs')(__dirname), setupFiles: ['<rootDir>/jest.setup.cjs'] };
