import { Controller, Inject } from '@nestjs/common';
import type { MembershipApi, Pool } from '@tribune/protocol';
import type { Call } from '../http/call';
import { serverError } from '../http/http-error';
import { empty, json, type Reply } from '../http/reply';
import { Route } from '../http/route';
import type { AgentControl } from '../options';
import { CONTROL, MEMBERSHIP } from '../tokens';
import { memberJson } from './member.json';

/** Who is in the pool, and joining and leaving it. */
@Controller()
export class AgentMembersController {
  constructor(
    @Inject(MEMBERSHIP) private readonly membership: MembershipApi,
    @Inject(CONTROL) private readonly control: AgentControl,
  ) {}

  @Route('GET', '/v1/agent/members')
  async members(call: Call): Promise<Reply> {
    const segment = call.query.get('segment');
    if (segment !== '' && segment !== '_all') {
      throw serverError('Network segments are not supported in this version of Consul');
    }
    return json((await this.membership.members(poolOf(call))).map(memberJson));
  }

  @Route('PUT', '/v1/agent/join/')
  async join(call: Call): Promise<Reply> {
    const { joined, errors } = await this.membership.join(poolOf(call), [call.tail]);
    if (joined === 0) throw serverError(multiError(errors));
    return empty(200);
  }

  @Route('PUT', '/v1/agent/leave')
  async leave(): Promise<Reply> {
    await this.control.leave();
    return empty(200);
  }

  @Route('PUT', '/v1/agent/force-leave/')
  async forceLeave(call: Call): Promise<Reply> {
    const result = await this.membership.forceLeave(poolOf(call), call.tail, call.query.has('prune'));
    if (result === 'unknown') throw serverError(`agent: No node found with name '${call.tail}'`);
    return empty(200);
  }
}

const poolOf = ({ query }: Call): Pool => (query.get('wan') === '' ? 'lan' : 'wan');

/** The text of HashiCorp's go-multierror. */
function multiError(errors: readonly string[]): string {
  const head = errors.length === 1 ? '1 error occurred:' : `${errors.length} errors occurred:`;
  return `${head}\n${errors.map((error) => `\t* ${error}\n`).join('')}\n`;
}
