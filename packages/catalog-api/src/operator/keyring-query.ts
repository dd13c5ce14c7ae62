import { badRequest } from '../http/http-error';
import type { Query } from '../http/query';

/** As many members as Consul lets an answer be relayed through. */
const RELAYS_MAX = 5;
const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** `?relay-factor=`: through how many other members each answer also comes. */
export function relayFactorOf(query: Query): number {
  const given = query.get('relay-factor');
  if (given === '') return 0;
  if (!/^[+-]?\d+$/.test(given)) {
    throw badRequest(
      `Bad request: Error parsing relay factor: strconv.Atoi: parsing ${JSON.stringify(given)}: invalid syntax`,
    );
  }
  const factor = Number(given);
  if (factor >= 0 && factor <= RELAYS_MAX) return factor;
  throw badRequest(`Bad request: Invalid relay-factor: Relay factor must be in range: [0, ${RELAYS_MAX}]`);
}

/** `?local-only=`: the LAN pool only; undefined when it is not given. */
export function localOnlyOf(query: Query): boolean | undefined {
  const given = query.get('local-only');
  if (given === '') return undefined;
  if (TRUE.includes(given)) return true;
  if (FALSE.includes(given)) return false;
  throw badRequest(
    `Bad request: Error parsing local-only: strconv.ParseBool: parsing ${JSON.stringify(given)}: invalid syntax`,
  );
}
