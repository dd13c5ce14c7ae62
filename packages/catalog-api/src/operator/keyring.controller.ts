import { Controller, Inject } from '@nestjs/common';
import type { KeyringResponse, MembershipApi } from '@tribune/protocol';
import type { Call } from '../http/call';
import { badRequest, serverError } from '../http/http-error';
import { empty, json, type Reply } from '../http/reply';
import { Route } from '../http/route';
import { decodeBytes } from '../json/decode-body';
import { goBool, goString, goUint64, struct } from '../json/go-type';
import type { CatalogApiOptions } from '../options';
import { MEMBERSHIP, OPTIONS } from '../tokens';
import { keyringProblems, keyringRowJson } from './keyring.json';
import { localOnlyOf, relayFactorOf } from './keyring-query';

/** The body of every change; only the key counts. */
const keyringRequest = struct('keyringArgs', {
  Key: goString,
  Token: goString,
  RelayFactor: goUint64,
  LocalOnly: goBool,
});

type Change = 'install' | 'use' | 'remove';

/** The gossip keys of every pool that this agent is in. */
@Controller()
export class KeyringController {
  constructor(
    @Inject(MEMBERSHIP) private readonly membership: MembershipApi,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
  ) {}

  @Route('GET', '/v1/operator/keyring')
  async list({ query }: Call): Promise<Reply> {
    const relayFactor = relayFactorOf(query);
    const isLocalOnly = localOnlyOf(query) ?? false;
    const all = await this.run('list', '', relayFactor);
    const responses = isLocalOnly ? all.filter(({ pool }) => pool === 'lan') : all;
    this.refuseFailures(responses);
    return json(responses.map((response) => keyringRowJson(response, this.options.datacenter)));
  }

  @Route('POST', '/v1/operator/keyring')
  install(call: Call): Promise<Reply> {
    return this.change(call, 'install');
  }

  @Route('PUT', '/v1/operator/keyring')
  use(call: Call): Promise<Reply> {
    return this.change(call, 'use');
  }

  @Route('DELETE', '/v1/operator/keyring')
  remove(call: Call): Promise<Reply> {
    return this.change(call, 'remove');
  }

  private async change(call: Call, operation: Change): Promise<Reply> {
    const body = await call.body(this.options.limits.bodyBytesMax);
    const { Key } = decodeBytes(body, keyringRequest, true, 'Bad request: Request decode failed: ');
    const relayFactor = relayFactorOf(call.query);
    if (localOnlyOf(call.query) === true) {
      throw badRequest('Bad request: Invalid use of local-only: local-only can only be set for list requests');
    }
    this.refuseFailures(await this.run(operation, Key, relayFactor));
    return empty(200);
  }

  /** A client is not in the WAN pool: through it the keys of the two pools would drift apart. */
  private async run(operation: 'list' | Change, key: string, relayFactor: number): Promise<readonly KeyringResponse[]> {
    const { tags } = await this.membership.localMember();
    if (tags.role !== 'consul') throw serverError('keyring operations must run against a server node');
    return wanFirst(await this.membership.keyring(operation, key, relayFactor));
  }

  private refuseFailures(responses: readonly KeyringResponse[]): void {
    const problems = keyringProblems(responses, this.options.datacenter);
    if (problems.length === 0) return;
    const errors = problems.length === 1 ? '1 error' : `${problems.length} errors`;
    throw serverError(`${errors} occurred:\n${problems.map((problem) => `\t* ${problem}\n`).join('')}\n`);
  }
}

/** The WAN pool first, as Consul has it. */
const wanFirst = (responses: readonly KeyringResponse[]): readonly KeyringResponse[] =>
  [...responses].sort((a, b) => (a.pool < b.pool ? 1 : -1));
