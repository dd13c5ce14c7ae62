import { Controller, Inject } from '@nestjs/common';
import type { Metrics } from '@tribune/platform';
import { bytes, text, type Reply } from '../http/reply';
import { Route } from '../http/route';
import type { AgentControl } from '../options';
import { CONTROL, METRICS } from '../tokens';

/** What an orchestrator asks the agent as a whole, as platform's AdminServer answers for a piece that runs alone. */
@Controller()
export class ProbesController {
  constructor(
    @Inject(CONTROL) private readonly control: AgentControl,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  /** The process turns. */
  @Route('GET', '/healthz')
  alive(): Reply {
    return text(200, 'ok\n');
  }

  /** It can do its work, or why not. */
  @Route('GET', '/readyz')
  ready(): Reply {
    const state = this.control.readiness?.() ?? { ready: true };
    return state.ready ? text(200, 'ready\n') : text(503, `${state.reason}\n`);
  }

  @Route('GET', '/metrics')
  async scrape(): Promise<Reply> {
    return bytes('text/plain; version=0.0.4; charset=utf-8', await this.metrics.expose());
  }
}
