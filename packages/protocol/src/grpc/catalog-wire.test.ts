import type { CheckServiceNode } from '../model/catalog';
import * as wire from './catalog-wire';
import { loadService } from './load-service';

const full: CheckServiceNode = {
  node: {
    id: '40e4a748-2192-161a-0510-9bf59fe950b5',
    node: 'n1',
    address: '10.0.0.1',
    datacenter: 'dc1',
    taggedAddresses: { lan: '10.0.0.1' },
    meta: { 'a=b': 'ç' },
    createIndex: 3,
    modifyIndex: Number.MAX_SAFE_INTEGER,
  },
  service: {
    node: 'n1',
    id: 'web-1',
    service: 'web',
    kind: 'connect-proxy',
    tags: ['a', 'b'],
    address: 'fd00::1',
    port: 65_535,
    taggedAddresses: { wan: { address: '1.2.3.4', port: 7 } },
    meta: { k: 'v' },
    weights: { passing: 5, warning: 0 },
    enableTagOverride: true,
    proxy: { DestinationServiceName: 'db', Config: { id: 9223372036854775807n } },
    connectNative: true,
    createIndex: 4,
    modifyIndex: 5,
  },
  checks: [
    {
      node: 'n1',
      checkId: 'c',
      name: 'n',
      status: 'warning',
      notes: 'x',
      output: 'y',
      serviceId: 'web-1',
      serviceName: 'web',
      serviceTags: ['a'],
      type: 'http',
      definition: { Interval: '10s' },
      createIndex: 6,
      modifyIndex: 7,
    },
  ],
};

/** Through the real encoding, as a message of that method's request or response. */
function throughBytes<T>(method: string, direction: 'request' | 'response', message: T): T {
  const definition = loadService('tribune.catalog.v1.Catalog').definition[method]!;
  return direction === 'request'
    ? (definition.requestDeserialize(definition.requestSerialize(message)) as T)
    : (definition.responseDeserialize(definition.responseSerialize(message)) as T);
}

describe('the catalog on the wire', () => {
  it('keeps every field of an instance', () => {
    const message = { revision: '1', instances: [wire.instanceToWire(full)] };
    const [instance] = throughBytes('Instances', 'response', message).instances;
    expect(instance!.status).toBe('warning');
    expect(wire.instanceFromWire(instance!)).toEqual(full);
  });

  it('keeps every field of a registration but the indexes', () => {
    const { createIndex: _c, modifyIndex: _m, ...node } = full.node;
    const { createIndex: _sc, modifyIndex: _sm, node: _sn, ...service } = full.service;
    const registration = { node, skipNodeUpdate: true, service, checks: full.checks };
    const decoded = wire.registrationFromWire(
      throughBytes('Register', 'request', wire.registrationToWire(registration)),
    );
    expect(decoded).toMatchObject({ ...registration, checks: [{ checkId: 'c', createIndex: 0, modifyIndex: 0 }] });
  });

  it('fills in what a client left out', () => {
    const request = throughBytes('Register', 'request', {
      node: { node: 'n' },
      service: { service: 's' },
    } as unknown as wire.WireRegister);
    expect(wire.registrationFromWire(request)).toMatchObject({
      node: { node: 'n', address: '', meta: null },
      service: { service: 's', id: '', tags: [], weights: { passing: 1, warning: 1 }, proxy: null },
      checks: [],
    });
  });

  it('keeps queries and deregistrations', () => {
    const query = {
      service: 'web',
      tags: ['a'],
      passingOnly: true,
      consistency: 'stale',
      connect: true,
      address: '10.0.0.9',
    } as const;
    expect(wire.instancesQueryFromWire(throughBytes('Instances', 'request', wire.instancesQueryToWire(query)))).toEqual(
      query,
    );
    for (const gone of [{ node: 'n' }, { node: 'n', serviceId: 's' }, { node: 'n', checkId: 'c' }]) {
      expect(
        wire.deregistrationFromWire(throughBytes('Deregister', 'request', wire.deregistrationToWire(gone))),
      ).toEqual(gone);
    }
  });

  it('names the field of an index beyond 2^53', () => {
    const node = { ...wire.nodeToWire(full.node), modifyIndex: '9007199254740993' };
    expect(() => wire.nodeFromWire(node)).toThrow(/^node\.modify_index: 9007199254740993/);
  });
});
