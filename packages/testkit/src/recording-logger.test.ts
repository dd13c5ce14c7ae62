import { RecordingLogger } from './recording-logger';

test('lines of a logger and its children are kept in order', () => {
  const logger = new RecordingLogger();
  logger.info('started', { port: 1 });
  logger.child('raft').child('log').warn('slow');
  expect(logger.records).toEqual([
    { wallMs: 0, level: 'info', module: '', message: 'started', fields: { port: 1 } },
    { wallMs: 0, level: 'warn', module: 'raft.log', message: 'slow', fields: {} },
  ]);
  expect(logger.messages('warn')).toEqual(['slow']);
});
