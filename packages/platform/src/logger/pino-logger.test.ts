import { PassThrough } from 'node:stream';
import { createLogger, textLine } from './pino-logger';
import type { LogRecord } from './logger';

const capture = () => {
  const destination = new PassThrough();
  return { destination, text: () => String(destination.read() ?? '') };
};

describe('the logger', () => {
  it('writes one JSON object per line, with the module and the fields', () => {
    const { destination, text } = capture();
    createLogger({ level: 'info', format: 'json', destination })
      .child('raft')
      .info('became leader', { term: 2, flags: 18446744073709551615n });
    expect(JSON.parse(text())).toMatchObject({
      module: 'raft',
      msg: 'became leader',
      term: 2,
      flags: '18446744073709551615',
    });
  });

  it('holds back lines below its level, which followers may still ask for', () => {
    const { destination, text } = capture();
    const logger = createLogger({ level: 'warn', format: 'text', destination });
    const seen: LogRecord[] = [];
    const unfollow = logger.follow('debug', (record) => seen.push(record));
    logger.child('gossip').debug('probe', { node: 'b' });
    unfollow();
    logger.debug('not seen');
    expect(text()).toBe('');
    expect(seen.map((record) => [record.module, record.message])).toEqual([['gossip', 'probe']]);
  });

  it('knows whether a line would reach anybody', () => {
    const logger = createLogger({ level: 'info', format: 'text', destination: capture().destination });
    const child = logger.child('dns');
    expect([child.reaches?.('info'), child.reaches?.('debug')]).toEqual([true, false]);
    const unfollow = logger.follow('debug', () => undefined);
    expect([child.reaches?.('debug'), child.reaches?.('trace')]).toEqual([true, false]);
    unfollow();
    expect(child.reaches?.('debug')).toBe(false);
  });

  it('changes its level while running', () => {
    const { destination, text } = capture();
    const logger = createLogger({ level: 'error', format: 'text', destination });
    logger.setLevel('debug');
    logger.child('x').debug('now');
    expect(text()).toMatch(/\[DEBUG\] x: now\n$/);
  });

  it('prints fields as key=value and quotes what has spaces', () => {
    const line = textLine({
      wallMs: 0,
      level: 'info',
      module: 'raft',
      message: 'moved',
      fields: { to: 'a b', term: 3, gone: undefined },
    });
    expect(line).toBe('1970-01-01T00:00:00.000Z [INFO]  raft: moved: to="a b" term=3\n');
  });
});
