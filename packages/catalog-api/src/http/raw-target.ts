import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { ParserError } from './broken-request';

/**
 * Go takes raw UTF-8 in a request line (`curl http://…/v1/kv/ç` sends it); Node's parser stops there. The request comes
 * back with its target escaped, as a connection of its own for this one exchange. Undefined when that is not what is
 * wrong, or when the request did not arrive in one piece: the parser has dropped the pieces before.
 */
export function revived(error: ParserError, socket: Socket): Duplex | undefined {
  if (error.code !== 'HPE_INVALID_URL' || !error.rawPacket) return undefined;
  const head = error.rawPacket.toString('latin1');
  const line = /^([A-Z]+) (\S*[\x80-\xff]\S*) (HTTP\/1\.[01])\r\n/.exec(head);
  if (!line || !isWhole(head)) return undefined;
  const [whole, method, target, version] = line as unknown as [string, string, string, string];
  const escaped = target.replace(/[\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const rest = head.slice(whole.length).replace(/^connection:[^\r]*\r\n/im, '');
  return exchangeOver(socket, Buffer.from(`${method} ${escaped} ${version}\r\nConnection: close\r\n${rest}`, 'latin1'));
}

function isWhole(request: string): boolean {
  const end = request.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = request.slice(0, end);
  if (/^transfer-encoding:/im.test(head)) return false;
  const announced = Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0);
  return request.length - end - 4 === announced;
}

/** Reads as `request`, writes to the client. */
function exchangeOver(socket: Socket, request: Buffer): Duplex {
  const duplex = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, () => done()),
    final: (done) => void socket.end(() => done()),
    destroy: (_error, done) => {
      socket.destroySoon();
      done(null);
    },
  });
  socket.once('close', () => duplex.destroy());
  duplex.push(request);
  return duplex;
}
