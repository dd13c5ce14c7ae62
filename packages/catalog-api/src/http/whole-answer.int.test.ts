import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { WholeAnswer } from './whole-answer';

const HEADERS = ['Content-Type', 'text/plain', 'X-Consul-Index', '7', 'Content-Length', '6'];
const BODY = 'grüß\n'.slice(0, 4);

describe('WholeAnswer', () => {
  let server: Server;
  let finished: number;
  beforeEach(async () => {
    finished = 0;
    const whole = new WholeAnswer(200, HEADERS, BODY);
    server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      response.once('finish', () => finished++);
      if (request.url === '/whole') return whole.send(response);
      response.writeHead(200, HEADERS);
      response.end(BODY);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

  /** What comes back for these bytes until the server, or `answers` answers later the client, ends the connection. */
  function exchange(text: string, answers: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(text));
      let received = '';
      socket.setEncoding('utf8').on('data', (part: string) => {
        received += part;
        if (received.split(BODY).length > answers) socket.end();
      });
      socket.on('close', () => resolve(received)).on('error', reject);
    });
  }

  const get = (path: string, rest = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${rest}\r\n`;
  const undated = (text: string): string => text.replace(/Date: [^\r]*/g, 'Date: now');

  test('is what Node sends, the first time and later', async () => {
    const ordinary = undated(await exchange(get('/ordinary'), 1));
    expect(ordinary).toContain('Date: now');
    for (let round = 0; round < 3; round++) expect(undated(await exchange(get('/whole'), 1))).toBe(ordinary);
  });

  test('requests follow one another on a connection, also when they are sent together with others', async () => {
    const paths = ['/whole', '/whole', '/ordinary', '/whole', '/ordinary', '/whole'];
    const one = undated(await exchange(get('/ordinary'), 1));
    const together = await exchange(paths.map((path) => get(path)).join(''), paths.length);
    expect(undated(together)).toBe(one.repeat(paths.length));
    expect(finished).toBe(1 + paths.length);
  });

  test.each([
    ['asks to close', get('/whole', 'Connection: close\r\n')],
    ['speaks HTTP/1.0', 'GET /whole HTTP/1.0\r\n\r\n'],
  ])('a client that %s gets its answer and the end', async (_what, request) => {
    await exchange(get('/whole'), 1);
    const answer = await exchange(request, Infinity);
    expect(answer).toContain('Connection: close');
    expect(answer.endsWith(BODY)).toBe(true);
  });

  test('HEAD gets no body', async () => {
    await exchange(get('/whole'), 1);
    const answer = await exchange(get('/whole', 'Connection: close\r\n').replace('GET', 'HEAD'), Infinity);
    expect(answer.endsWith('\r\n\r\n')).toBe(true);
  });
});
