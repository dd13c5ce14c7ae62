import http from 'node:http';
import net from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly elapsedMs: number;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly chunked?: boolean;
}

/** One exchange on a connection of its own; the path goes on the wire as given. */
export function exchange(port: number, { method, path, headers, body, chunked }: Request): Promise<Answer> {
  const started = performance.now();
  const sent: Record<string, string> = { ...headers };
  if (!chunked && (body || ['PUT', 'POST', 'PATCH', 'DELETE'].includes(method)))
    sent['Content-Length'] = String(body?.length ?? 0);
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, headers: sent, agent: false });
    request.on('error', reject);
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(parts);
        const isPacked = response.headers['content-encoding'] === 'gzip';
        resolve({
          status: response.statusCode!,
          headers: response.headers as Record<string, string>,
          body: isPacked ? gunzipSync(bytes) : bytes,
          elapsedMs: performance.now() - started,
        });
      });
    });
    if (body) request.write(body);
    request.end();
  });
}

/** Raw bytes in, the first answer out: for requests that a client library refuses to make. */
export function rawExchange(port: number, bytes: string): Promise<Answer> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes.replaceAll('{HOST}', `127.0.0.1:${port}`)));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', reject);
    socket.on('close', () => {
      const all = Buffer.concat(parts).toString('latin1');
      const cut = all.indexOf('\r\n\r\n');
      if (cut < 0) return reject(new Error('closed without an answer'));
      const [statusLine, ...lines] = all.slice(0, cut).split('\r\n');
      const pairs = lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]);
      resolve({
        status: Number(statusLine!.split(' ')[1]),
        headers: Object.fromEntries(pairs) as Record<string, string>,
        body: Buffer.from(all.slice(cut + 4), 'latin1'),
        elapsedMs: performance.now() - started,
      });
    });
  });
}
