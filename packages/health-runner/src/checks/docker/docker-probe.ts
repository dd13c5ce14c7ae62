import { request } from 'node:http';
import { messageOf } from '@tribune/platform';
import type { Observation } from '../../core/check-state';
import { TailBuffer } from '../../core/output';
import { critical, passing, warning, type Probe } from '../probe';

export interface DockerProbeOptions {
  readonly container: string;
  readonly args: readonly string[];
  /** `unix:///…` or `tcp://host:port`, as in DOCKER_HOST. */
  readonly dockerHost: string;
  readonly timeoutMs: number;
  readonly outputBytesMax: number;
}

/** Runs a command inside a container by the Docker Engine API (`exec`); exit codes mean what they mean for scripts. */
export function dockerProbe(options: DockerProbeOptions): Probe {
  const { container, args, outputBytesMax } = options;
  return {
    async run(signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]);
      const engine = (method: string, path: string, body: unknown): Promise<Answer> =>
        callEngine(options.dockerHost, { method, path, body, signal: limit, outputBytesMax });
      try {
        const path = `/containers/${encodeURIComponent(container)}/exec`;
        const created = await engine('POST', path, { AttachStdout: true, AttachStderr: true, Cmd: args });
        if (created.status !== 201) return critical(`create exec failed for container ${container}: ${created.text}`);
        const { Id: id } = JSON.parse(created.text) as { Id: string };
        const started = await engine('POST', `/exec/${id}/start`, { Detach: false, Tty: false });
        if (started.status !== 200) return critical(`start exec failed for container ${container}: ${started.text}`);
        const inspected = await engine('GET', `/exec/${id}/json`, undefined);
        return judge(
          (JSON.parse(inspected.text) as { ExitCode: number }).ExitCode,
          withoutFrames(started.bytes, outputBytesMax),
        );
      } catch (thrown) {
        return critical(`create exec failed for container ${container}: ${messageOf(thrown)}`);
      }
    },
  };
}

function judge(code: number, output: string): Observation {
  if (code === 0) return passing(output);
  return code === 1 ? warning(output) : critical(output);
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly bytes: Buffer;
}

interface EngineCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly signal: AbortSignal;
  readonly outputBytesMax: number;
}

function callEngine(dockerHost: string, call: EngineCall): Promise<Answer> {
  const body = call.body === undefined ? '' : JSON.stringify(call.body);
  const where = dockerHost.startsWith('unix://')
    ? { socketPath: dockerHost.slice('unix://'.length) }
    : { host: new URL(dockerHost).hostname, port: new URL(dockerHost).port };
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(
      { ...where, method: call.method, path: call.path, headers, agent: false, signal: call.signal },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          // The engine's own answers are small; a command's output is only kept as far as it is shown.
          if (length <= 4 * call.outputBytesMax) chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({ status: response.statusCode!, text: bytes.toString(), bytes });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Without a terminal the output comes in frames: stream (1 byte), three zeros, length (4 bytes, big endian), data. */
function withoutFrames(bytes: Buffer, bytesMax: number): string {
  const tail = new TailBuffer(bytesMax);
  for (let at = 0; at + 8 <= bytes.length;) {
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    tail.write(bytes.subarray(at + 8, Math.min(end, bytes.length)));
    at = end;
  }
  return tail.toString();
}
