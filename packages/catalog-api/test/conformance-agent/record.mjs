// Records what a real Consul answers to requests.json, for conformance-agent.int.test.ts to compare with.
//   node record.mjs /path/to/consul
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const requests = JSON.parse(readFileSync(join(here, 'requests.json'), 'utf8'));
const KEPT_HEADERS = ['content-type', 'x-consul-reason', 'allow'];

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const send = (port, { method, path, body, headers }) =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => {
        const kept = KEPT_HEADERS.filter((name) => response.headers[name] !== undefined);
        const answer = { status: response.statusCode, headers: {}, body: text };
        for (const name of kept) answer.headers[name] = response.headers[name];
        resolve(answer);
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });

const [http, lan, wan, server] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
const folder = mkdtempSync(join(tmpdir(), 'record-'));
const config = {
  node_name: 'n1',
  ports: { http, serf_lan: lan, serf_wan: wan, server, dns: -1, grpc: -1 },
  connect: { enabled: false },
};
writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
const args = ['agent', '-dev', '-bind', '127.0.0.1', '-log-level', 'err', '-config-file', join(folder, 'config.json')];
const consul = spawn(process.argv[2], args, { stdio: 'ignore' });
try {
  for (;;) {
    const ready = await send(http, { method: 'GET', path: '/v1/catalog/service/consul' }).catch(() => undefined);
    if (ready?.body.includes('n1')) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const answers = [];
  // Status 0: the handler panicked and the connection was cut. Ours must refuse such a request.
  const cut = { status: 0, headers: {}, body: '' };
  for (const one of requests) answers.push(await send(http, one).catch(() => cut));
  writeFileSync(
    join(here, 'answers.json'),
    `[\n${answers.map((answer) => `  ${JSON.stringify(answer)}`).join(',\n')}\n]\n`,
  );
  console.log(`${answers.length} answers`);
} finally {
  consul.kill('SIGKILL');
  rmSync(folder, { recursive: true });
}
