import { Controller, Inject } from '@nestjs/common';
import type { Clock, LogSource, Metrics } from '@tribune/platform';
import type { AgentApi } from '@tribune/protocol';
import type { Call } from '../http/call';
import { badRequest, HttpError, serverError } from '../http/http-error';
import { bytes, empty, json, type Reply } from '../http/reply';
import { Route } from '../http/route';
import type { AgentControl, CatalogApiOptions } from '../options';
import { AGENT, CLOCK, CONTROL, LOG_SOURCE, METRICS, OPTIONS } from '../tokens';
import { agentMetricsJson } from './agent-metrics.json';
import { AgentSelfService } from './agent-self.service';
import { enableFlag } from './enable-flag';
import { hostFacts } from './host-facts';
import { jsonFormat, logLevelOf, logLines, textFormat } from './log-stream';
import { outcomeReply } from './outcome-reply';

/** The agent as a process: what it is, how it does, what it logs, and its switches. */
@Controller()
export class AgentSelfController {
  constructor(
    private readonly self: AgentSelfService,
    @Inject(AGENT) private readonly agent: AgentApi,
    @Inject(CONTROL) private readonly control: AgentControl,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(LOG_SOURCE) private readonly log: LogSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Route('GET', '/v1/agent/self')
  async get(): Promise<Reply> {
    return json(await this.self.self());
  }

  @Route('GET', '/v1/agent/host')
  async host(): Promise<Reply> {
    return json(await hostFacts('/', this.clock.wallMs()));
  }

  @Route('GET', '/v1/agent/version')
  version(): Reply {
    return json({ SHA: '', BuildDate: '', HumanVersion: this.options.version, FIPS: '' });
  }

  @Route('GET', '/v1/agent/metrics')
  async readMetrics(call: Call): Promise<Reply> {
    const wantsOpenMetrics = (call.header('accept') ?? '').startsWith('application/openmetrics-text');
    if (call.query.get('format') !== 'prometheus' && !wantsOpenMetrics) {
      return json(await agentMetricsJson(this.metrics, this.clock.wallMs()));
    }
    if (!(this.options.prometheusRetentionMs > 0)) {
      throw new HttpError(415, 'Prometheus is not enabled since its retention time is not positive');
    }
    return bytes('text/plain; version=0.0.4; charset=utf-8', await this.metrics.expose());
  }

  @Route('GET', '/v1/agent/monitor')
  monitor(call: Call): Reply {
    const given = call.query.get('loglevel');
    const level = logLevelOf(given);
    if (!level) throw badRequest(`Bad request: Unknown log level: ${given}`);
    const format = call.query.has('logjson') ? jsonFormat : textFormat;
    return {
      status: 200,
      headers: [],
      body: { kind: 'stream', chunks: logLines(this.log, level, format, call.signal) },
    };
  }

  @Route('PUT', '/v1/agent/reload')
  async reload(): Promise<Reply> {
    const problems = await this.control.reload();
    if (problems.length > 0) throw serverError(problems.join('\n'));
    return empty(200);
  }

  @Route('PUT', '/v1/agent/maintenance')
  async maintenance(call: Call): Promise<Reply> {
    return outcomeReply(await this.agent.nodeMaintenance(enableFlag(call), call.query.get('reason')));
  }
}
