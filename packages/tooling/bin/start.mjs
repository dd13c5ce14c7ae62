#!/usr/bin/env node
// `npm start`: set-up, then a development agent in this terminal. What follows `--` goes to the agent.
import { request } from 'node:http';
import { spawnAgent, whenToldToStop } from './lifeline.mjs';
import { setup } from './setup.mjs';

const NEXT_STEPS = `
The agent is up. In another terminal, from this folder:

  curl -X PUT -d '{"Name":"web","Port":8080,"Check":{"HTTP":"http://127.0.0.1:8080/","Interval":"2s"}}' \\
       http://127.0.0.1:8500/v1/agent/service/register      # a service and its check
  curl 'http://127.0.0.1:8500/v1/health/service/web?pretty'  # found by HTTP
  dig @127.0.0.1 -p 8600 web.service.consul SRV               # found by DNS
  curl -X PUT -d 'blue' http://127.0.0.1:8500/v1/kv/app/color # configured
  node_modules/.bin/tribune kv get app/color                  # the same by command line
  node_modules/.bin/tribune members

README.md goes on from here. Ctrl-C stops the agent and removes its data.
`;

function leaderKnown() {
  return new Promise((resolve) => {
    const probe = request({ host: '127.0.0.1', port: 8500, path: '/v1/status/leader', timeout: 1000 }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.on('end', () => resolve(response.statusCode === 200 && body.trim() !== '""'));
    });
    probe.on('error', () => resolve(false));
    probe.end();
  });
}

async function tellNextSteps() {
  while (agent.exitCode === null && !(await leaderKnown())) await new Promise((resolve) => setTimeout(resolve, 100));
  if (agent.exitCode === null) console.log(NEXT_STEPS);
}

setup();
const agent = spawnAgent(['-dev', ...process.argv.slice(2)], 'inherit');
whenToldToStop(() => agent.kill('SIGINT'));
agent.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 0)));
if (process.argv.length === 2) void tellNextSteps();
