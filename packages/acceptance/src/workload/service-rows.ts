import type { KvAction, KvRow } from '@tribune/simulator';
import type { Answer, HttpClient } from '../http';

/** What a registration knows: it is put and taken away, not compared or locked. */
export type Registering = Extract<KvAction, { kind: 'get' | 'put' | 'delete' }>;

/** One instance of a service, of which each registration brings a tag of its own: a row like one of the KV store. */
export function askService(door: HttpClient, node: string, service: string, action: Registering): Promise<Answer> {
  switch (action.kind) {
    case 'get':
      return door.send('GET', `/v1/catalog/service/${node}-${service}`);
    case 'put':
      return door.send('PUT', '/v1/catalog/register', JSON.stringify(registration(node, service, action.value)));
    case 'delete':
      return door.send('PUT', '/v1/catalog/deregister', JSON.stringify({ Node: node, ServiceID: service }));
  }
}

const registration = (node: string, service: string, tag: string) => ({
  Node: node,
  Address: '127.0.0.1',
  Service: { ID: service, Service: `${node}-${service}`, Tags: [tag] },
});

interface InstanceJson {
  readonly ServiceTags: readonly string[];
  readonly ModifyIndex: number;
}

/** What `/v1/catalog/service` answered. */
export function serviceRow([instance]: readonly InstanceJson[]): KvRow | undefined {
  return instance && { value: instance.ServiceTags[0]!, modifyIndex: instance.ModifyIndex, lockIndex: 0, session: '' };
}
